"""What is asked for, what a translation was made from, what a machine wrote, what was not found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.languages import INTERFACE_LANGUAGES
from publications.models import Edition, Work

PAGE_LANGUAGES = [(language.code, language.name) for language in INTERFACE_LANGUAGES]


class EditionTextQuerySet(models.QuerySet["EditionText"]):
    """Queries about published texts."""

    def out_of_date(self) -> EditionTextQuerySet:
        """Those of live editions whose original says something else than when they were made.

        Also those that were published with parts left to translate.
        """
        other = ~Q(original_fingerprint=F("original__text__fingerprint"))
        rows = self.filter(other, edition__live=True, edition__alias_of__isnull=True)
        return rows.filter(original__live=True, original__text__isnull=False)


class EditionText(models.Model):
    """The text that an edition has published, as a fingerprint of its translated fields.

    A translation also has the edition that it was made from and the fingerprint of that text. It
    is out of date when the original's own fingerprint has become another one. An empty
    ``original_fingerprint`` says that it was published with parts left to translate; without an
    ``original`` nothing is known.
    """

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="text")
    fingerprint = models.CharField(max_length=64)
    original = models.ForeignKey(
        Edition, on_delete=models.SET_NULL, null=True, related_name="translated_texts"
    )
    original_fingerprint = models.CharField(max_length=64, blank=True)

    objects = EditionTextQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.fingerprint[:8]}"


class TranslationRequest(models.Model):
    """Somebody misses a work in a language. It is done when that edition is published."""

    class Origin(models.TextChoices):
        """Where a request came from."""

        EDITOR = "editor", _("An editor")
        SEARCH = "search", _("A search without a result")

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="translation_requests")
    language = models.CharField(_("language"), max_length=10, choices=PAGE_LANGUAGES)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    class Meta:
        verbose_name = _("translation request")
        verbose_name_plural = _("translation requests")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["work", "language"],
                condition=Q(done_at__isnull=True),
                name="one_open_request_of_a_translation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.work_id} ({self.language})"


class MachineDraft(models.Model):
    """An edition holds text that a machine translated, until a person accepts it.

    ``shown_unreviewed`` says that readers see such text: it was published before it was accepted.
    """

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="machine_draft")
    translator = models.CharField(_("translator"), max_length=100)
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    shown_unreviewed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("machine draft")
        verbose_name_plural = _("machine drafts")

    def __str__(self) -> str:
        return f"{self.edition_id} ({self.translator})"


class AnsweredElsewhere(models.Model):
    """How often, in a week, a work answered best but could not be read in the reader's language.

    A counter alone: nothing of what was asked is kept. ``week`` is the Monday it began with,
    ``language`` that of the page on which was asked.
    """

    week = models.DateField(_("week"))
    language = models.CharField(_("language"), max_length=10, choices=PAGE_LANGUAGES)
    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="answered_elsewhere")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("answer in another language")
        verbose_name_plural = _("answers in another language")
        constraints = [
            models.UniqueConstraint(
                fields=["week", "language", "work"], name="one_counter_of_a_work_in_a_week"
            )
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.work_id} ({self.language}): {self.count}"
