"""Keyed hashes that live for a day or a week, so that nothing joins one period to the next.

A hash is an HMAC-SHA-256 cut to 128 bits. Its key is drawn by lot in the process that first
needs it, stands in a table that all processes share, and is deleted, together with the hashes that
it made, when its period is over: by the scheduler, and by the first search of the next period.
Without the key a hash can be compared with nothing any more.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import secrets

from insight.models import HashKey, QueryCount, Visit

KEY_BYTES = 32
HASH_CHARACTERS = 32


def week_of(day: datetime.date) -> datetime.date:
    """The Monday of a day's week."""
    return day - datetime.timedelta(days=day.weekday())


def visit_mark(day: datetime.date, address: str, browser: str, text: str) -> str:
    """What tells this visit from the others of its day."""
    return _mark(_key(HashKey.Purpose.VISIT, day), address, browser, text)


def query_mark(day: datetime.date, text: str) -> str:
    """What tells this question from the others of its week."""
    return _mark(_key(HashKey.Purpose.QUERY, week_of(day)), text)


def forget_past(day: datetime.date) -> None:
    """Delete the keys and hashes of the days and weeks before this one.

    Counters stay where they have a text; a question that was not asked often enough is forgotten.
    """
    week = week_of(day)
    HashKey.objects.filter(purpose=HashKey.Purpose.VISIT, begins__lt=day).delete()
    HashKey.objects.filter(purpose=HashKey.Purpose.QUERY, begins__lt=week).delete()
    Visit.objects.filter(day__lt=day).delete()
    past = QueryCount.objects.filter(week__lt=week).exclude(mark="")
    past.filter(text="").delete()
    past.update(mark="")


def forget_everything_hashed() -> None:
    """Delete all keys and hashes: nothing is counted any more."""
    HashKey.objects.all().delete()
    Visit.objects.all().delete()
    QueryCount.objects.filter(text="").delete()
    QueryCount.objects.exclude(mark="").update(mark="")


def _key(purpose: HashKey.Purpose, begins: datetime.date) -> bytes:
    key = HashKey.objects.filter(purpose=purpose, begins=begins).first()
    if key is None:
        fresh = {"key": secrets.token_bytes(KEY_BYTES)}
        key, _ = HashKey.objects.get_or_create(purpose=purpose, begins=begins, defaults=fresh)
        forget_past(begins)
    return bytes(key.key)


def _mark(key: bytes, *parts: str) -> str:
    """The hash of some texts; their lengths keep one from running into the next."""
    hashed = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode()
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()[:HASH_CHARACTERS]
