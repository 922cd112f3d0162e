"""What indexing keeps in the database: what is to do, what was done, and for whom."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, Panel

from cms.languages import INTERFACE_LANGUAGES
from glossary.models import Concept
from publications.models import Edition


class OutboxQuerySet(models.QuerySet["OutboxEntry"]):
    """Queries about the outbox."""

    def pending(self) -> OutboxQuerySet:
        """Changes that are not in the index yet."""
        return self.filter(done_at__isnull=True)


class OutboxEntry(models.Model):
    """A change to a work that the index does not know yet.

    Written in the transaction of the change. It says only which work changed: the worker
    writes the work as it then is, so however many changes wait, one record is enough. ``work``
    is no foreign key, for the work may be gone.
    """

    work = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["work"], condition=models.Q(done_at__isnull=True), name="outbox_pending"
            ),
            models.Index(fields=["done_at"], name="outbox_done"),
        ]

    def __str__(self) -> str:
        return f"{self.work}: {self.reason}"


class IndexedWork(models.Model):
    """What the serving index last got of a work; a work without a row is not in it.

    ``fingerprint`` sums up everything the record was made from
    (``search.indexing.fingerprints``). ``without_vector`` of its ``passages`` had no vector of the
    index's encoder. ``encode_after`` is set where their texts could not be encoded: then they are
    left alone until that time.
    """

    work = models.BigIntegerField(primary_key=True)
    version = models.BigIntegerField()
    fingerprint = models.CharField(max_length=32)
    indexed_at = models.DateTimeField()
    passages = models.PositiveIntegerField(default=0)
    without_vector = models.PositiveIntegerField(default=0)
    encode_after = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-version"],
                condition=models.Q(without_vector__gt=0),
                name="work_without_vectors",
            )
        ]

    def __str__(self) -> str:
        return f"{self.work}: {self.version}"


class RecordClock(models.Model):
    """The last version given to records. One row (``search.indexing.versions``)."""

    last = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.last)


class Audience(models.Model):
    """An audience that something in an index has, or once had (``publications.access``)."""

    key = models.CharField(max_length=1000, unique=True)

    def __str__(self) -> str:
        return self.key


class Vector(models.Model):
    """A text's vector as one encoder made it, so that no text is encoded twice.

    ``encoder`` is the encoder's name, ``kind`` whether the text was encoded as something to be
    found or as a question, ``hash`` the SHA-256 of the text in UTF-8, ``vector`` its numbers as
    half floats, the lower byte first (``search.vectors``).
    """

    class Kind(models.TextChoices):
        """How a text was encoded. Only seen in the database, so not translated."""

        PASSAGE = "p", "passage"
        QUERY = "q", "query"

    encoder = models.CharField(max_length=200)
    kind = models.CharField(max_length=1, choices=Kind.choices)
    hash = models.BinaryField(max_length=32)
    vector = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["encoder", "kind", "hash"], name="one_vector_of_a_text")
        ]

    def __str__(self) -> str:
        return f"{self.encoder}: {bytes(self.hash).hex()[:12]}"


class Encoding(models.Model):
    """How encoding fares, as whoever encodes last saw it. One row (``search.indexing.encoding``).

    ``encoder`` is what it encodes with, ``problem`` why that is nothing, or not what the settings
    name. After ``attempts`` that failed one after the other nothing is tried before ``next_try``.
    ``described`` says how many passages had vectors when the statistics of the serving index were
    made, ``described_at`` when that was (``search.statistics``).
    """

    encoder = models.CharField(max_length=200, blank=True)
    problem = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try = models.DateTimeField(null=True, blank=True)
    described = models.PositiveIntegerField(default=0)
    described_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.encoder


class PromotionQuerySet(models.QuerySet["Promotion"]):
    """Queries about promotions."""

    def current(self, day: datetime.date) -> PromotionQuerySet:
        """Those that are shown on a day."""
        begun = Q(starts=None) | Q(starts__lte=day)
        return self.filter(begun, Q(ends=None) | Q(ends__gte=day))


class Promotion(models.Model):
    """A work that the editors recommend to who asks for a phrase or a concept.

    ``language`` is that of the pages on which it is shown. ``edition`` stands for its work: readers
    get the work's edition that is nearest to them, if they may see one. ``ends`` is the last day.
    """

    language = models.CharField(
        _("language of the pages"),
        max_length=10,
        choices=[(language.code, language.name) for language in INTERFACE_LANGUAGES],
    )
    phrase = models.CharField(
        _("phrase"),
        max_length=200,
        blank=True,
        help_text=_("Searches with these words next to each other, in any of their forms."),
    )
    concept = models.ForeignKey(
        Concept,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("concept"),
        help_text=_("Instead of a phrase: searches that name the concept by any of its labels."),
    )
    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="+", verbose_name=_("work")
    )
    starts = models.DateField(_("first day"), null=True, blank=True)
    ends = models.DateField(_("last day"), null=True, blank=True)

    objects = PromotionQuerySet.as_manager()

    panels: list[Panel] = [
        FieldPanel("language"),
        FieldPanel("phrase"),
        FieldPanel("concept"),
        FieldPanel(
            "edition",
            heading=_("work"),
            help_text=_(
                "Any of its editions: readers get the one nearest to them. Who may not see the "
                "work is not shown it here either."
            ),
        ),
        FieldRowPanel([FieldPanel("starts"), FieldPanel("ends")]),
    ]

    class Meta:
        verbose_name = _("recommended work")
        verbose_name_plural = _("recommended works")
        ordering = ["language", "phrase", "pk"]
        indexes = [models.Index(fields=["language"])]

    def __str__(self) -> str:
        return f"{self.phrase or self.concept} → {self.edition.title}"

    def clean(self) -> None:
        """Ask for a phrase or a concept, and for days in their order."""
        super().clean()
        errors: dict[str, Any] = {}
        self.phrase = " ".join(self.phrase.split())
        if bool(self.phrase) == bool(self.concept_id):
            errors["phrase"] = _("Give a phrase or a concept, one of the two.")
        if self.starts and self.ends and self.ends < self.starts:
            errors["ends"] = _("The last day lies before the first.")
        if errors:
            raise ValidationError(errors)
