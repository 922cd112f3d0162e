"""What the network does, at its four levels, along a timeline."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.urls import reverse

from browse.holdings import Holdings
from browse.listing import listed_works
from cms.labels import in_order
from cms.names import name_in
from network.models import Activity


@dataclass(frozen=True, slots=True)
class Entry:
    """An activity of the timeline with its number of works."""

    activity: Activity
    works: int

    @property
    def summary(self) -> str:
        """What it was, in the active language or the nearest."""
        return name_in(self.activity.summaries)


@dataclass(frozen=True, slots=True)
class YearGroup:
    """The activities of one year; without a year those that go on."""

    year: int | None
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class LevelLink:
    """A level to narrow the timeline to, or all."""

    label: str
    count: int
    url: str
    current: bool


def latest_first(activities: Iterable[Activity], language: str) -> list[Activity]:
    """Activities by their dates, those without one last; those of one date by their names."""
    named = in_order(activities, str, language)
    return sorted(named, key=lambda row: row.date or datetime.date.min, reverse=True)


def timeline(holdings: Holdings, level: str, language: str) -> dict[str, Any]:
    """The activities of a level, or of all, by year, the latest first."""
    rows = latest_first(Activity.objects.select_related("place"), language)
    counts = holdings.activities()
    wanted = level if level in Activity.Level.values else ""
    shown = [row for row in rows if wanted in ("", row.level)]
    return {
        "levels": _levels(rows, wanted),
        "level": wanted,
        "years": _by_year(Entry(row, counts[row.slug]) for row in shown if row.date),
        "ongoing": [Entry(row, counts[row.slug]) for row in shown if not row.date],
        "total": len(shown),
    }


def _by_year(entries: Iterable[Entry]) -> list[YearGroup]:
    groups = groupby(
        entries, key=lambda entry: entry.activity.date.year if entry.activity.date else 0
    )
    return [YearGroup(year, tuple(group)) for year, group in groups]


def _levels(rows: Iterable[Activity], chosen: str) -> list[LevelLink]:
    address = reverse("activities")
    counts = Counter(row.level for row in rows)
    return [
        LevelLink(
            str(level.label),
            counts[level.value],
            address if level.value == chosen else f"{address}?level={level.value}",
            level.value == chosen,
        )
        for level in Activity.Level
    ]


def activity_context(
    activity: Activity, holdings: Holdings, language: str, number: str
) -> dict[str, Any]:
    """An activity with its organisations and a page of its works."""
    works = activity.works.values_list("pk", flat=True)
    address = reverse("activity", args=[activity.slug])
    return {
        "activity": activity,
        "summary": name_in(activity.summaries),
        "organisations": in_order(activity.organisations.all(), str, language),
        "level_url": f"{reverse('activities')}?level={activity.level}",
        **listed_works(works, holdings, language, address, number),
    }
