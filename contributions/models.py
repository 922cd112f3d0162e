"""What is kept of what readers send, and for how long (``contributions.jobs``)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.languages import INTERFACE_LANGUAGES
from network.models import Organisation
from publications.models import GoodPractice, LibraryDocument, Work

LANGUAGE_CHOICES = [(language.code, language.name) for language in INTERFACE_LANGUAGES]


class Contribution(models.Model):
    """A practice that an officer offers: kept step by step, then sent as a draft page.

    The texts are plain, with Markdown's lists and paragraphs. ``page`` is the draft made of them,
    ``base`` the revision of it that last said what the texts say. Once a moderator returns it,
    author and editors may both change it (``contributions.returning``).
    """

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contributions"
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.CASCADE,
        related_name="contributions",
        verbose_name=_("Union"),
    )
    municipality = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Municipality"),
    )
    language = models.CharField(_("Language"), max_length=10, choices=LANGUAGE_CHOICES)
    title = models.CharField(_("Title"), max_length=255)
    summary = models.TextField(_("Summary"), blank=True)
    challenge = models.TextField(_("The challenge"), blank=True)
    actions = models.TextField(_("What was done"), blank=True)
    results = models.TextField(_("Results and their evidence"), blank=True)
    costs = models.TextField(_("Costs and staffing"), blank=True)
    transferability = models.TextField(_("What others need to copy it"), blank=True)
    contact_role = models.CharField(_("Contact"), max_length=200, blank=True)
    page = models.OneToOneField(
        GoodPractice, on_delete=models.SET_NULL, null=True, related_name="contribution"
    )
    base = models.ForeignKey(
        "wagtailcore.Revision", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-changed_at", "-pk"]

    def __str__(self) -> str:
        return self.title


class ContributionFile(models.Model):
    """A file of a contribution, in its union's collection."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="files")
    document = models.OneToOneField(
        LibraryDocument, on_delete=models.CASCADE, related_name="contribution_file"
    )

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.document.title)


class FromReader(models.Model):
    """What both questions and notes are: about a work, to an organisation, on a day."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=255)
    text = models.TextField()
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title


class Question(FromReader):
    """A question about a practice. ``title`` is the work's, as the reader saw it.

    It waits to be mailed to the editors until ``mailed_at``; a mail server that is away is tried
    again (``attempts``).
    """

    name = models.CharField(max_length=100)
    email = models.EmailField()
    mailed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["-sent_at", "-pk"]


class Note(FromReader):
    """What a reader added to saying whether a page helped. Nothing tells who wrote it."""

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-sent_at", "-pk"]


class Helpfulness(models.Model):
    """How often readers said that a work's page helped, and that it did not. Only sums."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="helpfulness")
    language = models.CharField(max_length=10)
    helped = models.PositiveIntegerField(default=0)
    did_not = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-did_not", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["work", "language"], name="one_helpfulness_per_work_and_language"
            )
        ]

    def __str__(self) -> str:
        return f"{self.work_id}: {self.helped}/{self.did_not}"


class DayKey(models.Model):
    """The key of a day's hashes; gone with the day, so that nothing can be joined to them."""

    day = models.DateField(primary_key=True)
    key = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.day)


class DayCount(models.Model):
    """How often something was done today by one who is known by a keyed hash alone."""

    day = models.DateField()
    token = models.CharField(max_length=64)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "token"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


TEXTS: tuple[str, ...] = ("challenge", "actions", "results", "costs", "transferability")
"""The fields that are rich text on the page."""


def own_contributions(user: Any) -> models.QuerySet[Contribution]:
    """A user's contributions; nobody sees another's."""
    return Contribution.objects.filter(author=user).select_related("organisation", "page")
