"""Counters of what is searched, works looked at again, and links that were tried.

No row says who searched. What tells one visit from another, or one question from another, are
keyed hashes whose keys are thrown away (`insight.keys`).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting
from wagtail.models import Page

from publications.models import Work


class HashKey(models.Model):
    """The key of a day's or a week's hashes. When its time is over the row is deleted."""

    class Purpose(models.TextChoices):
        """What is hashed. Only seen in the database, so not translated."""

        VISIT = "v", "visit"
        QUERY = "q", "query"

    purpose = models.CharField(max_length=1, choices=Purpose.choices)
    begins = models.DateField()
    key = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "begins"], name="one_key_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.begins}"


class Visit(models.Model):
    """A question that somebody put today; the row is deleted with the day's key.

    ``mark`` is the keyed hash of address, browser and question. ``opened`` says that a result was
    opened, so that it counts once.
    """

    mark = models.CharField(max_length=32, unique=True)
    day = models.DateField(db_index=True)
    opened = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.mark


class Counts(models.Model):
    """What is counted: visits, those that found nothing or by meaning alone, those that opened."""

    language = models.CharField(_("language"), max_length=10)
    visits = models.PositiveIntegerField(_("searches"), default=0)
    nothing = models.PositiveIntegerField(_("without result"), default=0)
    by_meaning = models.PositiveIntegerField(_("found by meaning only"), default=0)
    opened = models.PositiveIntegerField(_("opened"), default=0)

    class Meta:
        abstract = True


class WeekCount(Counts):
    """All searches of a week (its Monday) on the pages of one language."""

    week = models.DateField(_("week"))

    class Meta:
        ordering = ["-week", "language"]
        constraints = [
            models.UniqueConstraint(fields=["week", "language"], name="one_count_of_a_week")
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.language}: {self.visits}"


class QueryCount(Counts):
    """The searches for one question in a week, on the pages of one language.

    ``mark`` is the keyed hash of the question, empty when the week is over. ``text`` is empty until
    there were `insight.counting.TEXT_AFTER` visits; a row that has no text goes with the week.
    """

    week = models.DateField(_("week"))
    mark = models.CharField(max_length=32, blank=True)
    text = models.CharField(_("search"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        ordering = ["-week", "-visits", "text"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["week", "language", "mark"],
                condition=~models.Q(mark=""),
                name="one_count_of_a_query",
            )
        ]

    def __str__(self) -> str:
        return self.text


class MonthCount(Counts):
    """The searches of a month (its first day), when its weeks are too old to be kept."""

    month = models.DateField(_("month"))

    class Meta:
        ordering = ["-month", "language"]
        constraints = [
            models.UniqueConstraint(fields=["month", "language"], name="one_count_of_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.month} {self.language}: {self.visits}"


@register_setting(icon="view")
class InsightSettings(BaseGenericSetting):
    """The switch of administrators; operators have another one, the setting ``INSIGHT``."""

    count_searches = models.BooleanField(
        _("Count searches"),
        default=True,
        help_text=_("Only counters are kept: nothing tells who searched for what."),
    )

    class Meta:
        verbose_name = _("Insight")


class Review(models.Model):
    """Somebody looked at a work and found it still right."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="reviews")
    at = models.DateTimeField(_("reviewed"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.work_id}: {self.at:%Y-%m-%d}"


class LinkCheck(models.Model):
    """An address that published pages link to, and what became of trying it.

    ``key`` is the SHA-256 of the address. A link is broken when it failed on
    `insight.links.FAILED_DAYS` different days and never succeeded between them.
    """

    class State(models.TextChoices):
        """What the last try gave."""

        NEW = "new", _("Not tried yet")
        FINE = "fine", pgettext_lazy("of a link", "Works")
        UNCLEAR = "unclear", _("Answers, but not to programs")
        FAILED = "failed", _("Failed")

    key = models.CharField(max_length=64, unique=True)
    url = models.TextField(_("address"))
    state = models.CharField(
        _("state"), max_length=10, choices=State.choices, default=State.NEW, db_index=True
    )
    problem = models.CharField(max_length=40, blank=True)
    failed_days = models.PositiveSmallIntegerField(default=0)
    first_failed = models.DateTimeField(_("failing since"), null=True, blank=True)
    last_failed = models.DateTimeField(null=True, blank=True)
    last_checked = models.DateTimeField(_("last tried"), null=True, blank=True)
    next_check = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")

    def __str__(self) -> str:
        return self.url


class LinkUse(models.Model):
    """A page that links to an address."""

    link = models.ForeignKey(LinkCheck, on_delete=models.CASCADE, related_name="uses")
    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "page"], name="one_use_of_a_link_by_a_page")
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.link_id}"
