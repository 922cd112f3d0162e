"""The work: one publication, good practice or guidance, in however many languages and files.

It holds every fact that does not depend on language, once. Its primary key is its permanent
number, which stands in addresses and is never given to another work.
"""

from __future__ import annotations

import uuid

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from cms.dates import Precision, partial_display
from glossary.models import Concept
from network.models import Activity, Country, Organisation, Place


class Work(models.Model):
    """A work. Editors change it in the form of any of its editions (``publications.facts``).

    A work that was joined into another keeps its row and its facts, has no editions, and its
    number leads to the other (``publications.joining``); ``joined_editions`` are the keys of the
    pages that it gave away.
    """

    class Licence(models.TextChoices):
        """What readers may do with a work; the empty value says that nothing is stated."""

        CC0 = "cc0-1.0", _("CC0 1.0 (public domain)")
        CC_BY = "cc-by-4.0", _("CC BY 4.0")
        CC_BY_SA = "cc-by-sa-4.0", _("CC BY-SA 4.0")
        CC_BY_NC = "cc-by-nc-4.0", _("CC BY-NC 4.0")
        CC_BY_NC_ND = "cc-by-nc-nd-4.0", _("CC BY-NC-ND 4.0")
        ALL_RIGHTS = "all-rights-reserved", _("All rights reserved")

    class Validation(models.TextChoices):
        """How far the claims of a good practice were checked."""

        SELF_REPORTED = "self-reported", _("Reported by the municipality itself")
        REVIEWED = "reviewed", _("Reviewed by the union")
        EVIDENCE_CHECKED = "evidence-checked", _("Evidence checked")

    translation_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    date = models.DateField(_("date"), null=True, blank=True)
    date_precision = models.CharField(
        _("precision of the date"), max_length=5, choices=Precision.choices, default=Precision.YEAR
    )
    authors = models.JSONField(_("authors"), default=list, blank=True)
    licence = models.CharField(_("licence"), max_length=30, choices=Licence.choices, blank=True)
    themes = models.ManyToManyField(Concept, blank=True, related_name="works")
    countries = models.ManyToManyField(Country, blank=True, related_name="works")
    places = models.ManyToManyField(Place, blank=True, related_name="works")
    activities = models.ManyToManyField(
        Activity, blank=True, related_name="works", verbose_name=_("activities")
    )
    municipality = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="practices",
        verbose_name=_("municipality"),
    )
    validation = models.CharField(
        _("validation"), max_length=20, choices=Validation.choices, blank=True
    )
    period_start = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    period_end = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    facts_version = models.PositiveIntegerField(default=0, editable=False)
    last_file_number = models.PositiveIntegerField(default=0, editable=False)
    joined_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, editable=False, related_name="joined"
    )
    joined_editions = models.JSONField(default=list, editable=False)
    split_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, editable=False, related_name="split_off"
    )

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("works")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(_("Work %(number)s") % {"number": self.pk})

    @property
    def number(self) -> int:
        """The permanent number."""
        return int(self.pk)

    def date_display(self) -> str:
        """The date as far as it is known, in the active language."""
        return partial_display(self.date, self.date_precision)

    def next_file_number(self) -> int:
        """Take the next permanent file number of this work."""
        with transaction.atomic():
            Work.objects.filter(pk=self.pk).update(
                last_file_number=models.F("last_file_number") + 1
            )
            self.refresh_from_db(fields=["last_file_number"])
        return self.last_file_number

    def organisations_as(self, role: str) -> list[Organisation]:
        """The organisations that have a role in this work."""
        rows = self.work_organisations.all()
        return [row.organisation for row in rows if row.role == role]


class WorkOrganisation(models.Model):
    """An organisation's part in a work."""

    class Role(models.TextChoices):
        """What the organisation did."""

        PUBLISHER = "publisher", _("Publisher")
        PARTNER = "partner", _("Partner")

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="work_organisations")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="work_organisations"
    )
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["work", "organisation", "role"], name="one_role_of_an_organisation_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} ({self.role})"


class WorkIdentifier(models.Model):
    """A number or name that identifies a work outside this library."""

    class Scheme(models.TextChoices):
        """The kind of identifier."""

        ISBN = "isbn", "ISBN"
        DOI = "doi", "DOI"
        OTHER = "other", _("Other")

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=Scheme.choices)
    value = models.CharField(max_length=200, db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.value}"


class MovedFile(models.Model):
    """Where a file of a work is that went to another work with its edition."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="moved_files")
    number = models.PositiveIntegerField()
    now_work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="+")
    now_number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "number"], name="a_file_moves_to_one_place")
        ]

    def __str__(self) -> str:
        return f"{self.work_id}/{self.number} → {self.now_work_id}/{self.now_number}"
