"""How long counters are kept: by week for thirteen months, then their sums by month."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from insight.keys import forget_everything_hashed, forget_past
from insight.models import MonthCount, QueryCount, WeekCount
from insight.visits import is_on

MONTHS = 13


def tidy_up() -> None:
    """Throw old keys away, and sum up old weeks; where nothing is counted, throw all keys away."""
    today = timezone.localdate()
    if is_on():
        forget_past(today)
    else:
        forget_everything_hashed()
    sum_old_weeks(today)


def oldest_kept(today: datetime.date) -> datetime.date:
    """The first day of the oldest month whose weeks are kept."""
    months = today.year * 12 + today.month - 1 - MONTHS
    return datetime.date(months // 12, months % 12 + 1, 1)


@transaction.atomic
def sum_old_weeks(today: datetime.date) -> None:
    """Add the weeks that began before the oldest kept month to their months, without any text."""
    first = oldest_kept(today)
    QueryCount.objects.filter(week__lt=first).delete()
    for row in WeekCount.objects.select_for_update().filter(week__lt=first):
        month, _ = MonthCount.objects.get_or_create(
            month=row.week.replace(day=1), language=row.language
        )
        MonthCount.objects.filter(pk=month.pk).update(
            visits=F("visits") + row.visits,
            nothing=F("nothing") + row.nothing,
            by_meaning=F("by_meaning") + row.by_meaning,
            opened=F("opened") + row.opened,
        )
        row.delete()
