"""Searches whose good answers stood only in a language that the reader did not ask in.

The best of these answers is counted, per week and language: a counter, and nothing of what was
asked. A work found this way again and again is what to translate next.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from cms.languages import INTERFACE_CODES
from search.asking import Asking
from search.engines.base import Hit
from translations.models import AnsweredElsewhere

LOOKED_AT = 5
"""Of the first page, so many hits are good answers; a reader seldom looks further."""

KEPT_DAYS = 396
"""Thirteen months, so that a month can be compared with the same one a year ago."""


def note_answer(query: Asking, hits: Sequence[Hit], language: str, **_kwargs: Any) -> None:
    """Count a search, told by ``search.signals.searched``, if it was answered only elsewhere."""
    best = answered_elsewhere(query, hits, language)
    if best is not None:
        count_answer(best, language)


def answered_elsewhere(query: Asking, hits: Sequence[Hit], language: str) -> int | None:
    """The work that answered best, where no good answer can be read in the page's language.

    A reader whose own words stand in a text asked in its language, whatever the page's is. A
    search that was narrowed says what its reader wants, and is another one than the first.
    """
    plan = query.plan
    if language not in INTERFACE_CODES or plan.filters or plan.text_language:
        return None
    if plan.sort != "relevance" or not hits:
        return None
    good = hits[:LOOKED_AT]
    readable = any(language in hit.languages or "words" in hit.reasons for hit in good)
    return None if readable else good[0].work


def week_of(day: datetime.date) -> datetime.date:
    """The Monday of a day's week."""
    return day - datetime.timedelta(days=day.weekday())


def count_answer(work: int, language: str) -> None:
    """Count one search for a work; most often one UPDATE."""
    key = {"week": week_of(timezone.localdate()), "language": language, "work_id": work}
    rows = AnsweredElsewhere.objects.filter(**key)
    if not rows.update(count=F("count") + 1):
        AnsweredElsewhere.objects.bulk_create([AnsweredElsewhere(**key)], ignore_conflicts=True)
        rows.update(count=F("count") + 1)


def counted_since(days: int) -> QuerySet[AnsweredElsewhere]:
    """The counters of the weeks that the last days belong to."""
    first = week_of(timezone.localdate() - datetime.timedelta(days=days))
    return AnsweredElsewhere.objects.filter(week__gte=first)


def per_theme(rows: QuerySet[AnsweredElsewhere]) -> list[tuple[int, int]]:
    """How many searches each theme answered elsewhere: concept and count, the most first.

    A work under two themes counts for both.
    """
    themes = rows.filter(work__themes__isnull=False).order_by().values_list("work__themes")
    return list(themes.annotate(total=Sum("count")).order_by("-total", "work__themes"))


def prune() -> None:
    """Remove counters older than thirteen months."""
    oldest = timezone.localdate() - datetime.timedelta(days=KEPT_DAYS)
    AnsweredElsewhere.objects.filter(week__lt=oldest).delete()
