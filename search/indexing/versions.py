"""Versions of records: numbers that only grow, also over a restored backup of the database."""

from __future__ import annotations

import time

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from search.models import RecordClock

_ROW = 1


def next_version() -> int:
    """A version above all that were given before.

    Take it before reading what the record is made from: a change that is committed later is then
    written with a higher one. The milliseconds since the epoch are its least value, so a
    database that was restored from a backup does not give numbers the index has seen already.
    """
    least = time.time_ns() // 1_000_000
    with transaction.atomic():
        rows = RecordClock.objects.filter(pk=_ROW)
        if not rows.update(last=Greatest(F("last") + 1, least)):
            RecordClock.objects.bulk_create(
                [RecordClock(pk=_ROW, last=least)], ignore_conflicts=True
            )
            rows.update(last=Greatest(F("last") + 1, least))
        return int(rows.values_list("last", flat=True).get())
