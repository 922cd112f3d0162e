"""The outbox: works that changed and are not in the index yet."""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from cms.background import enqueue_missing, enqueue_on_commit
from search.models import OutboxEntry

FIRST_RETRY = datetime.timedelta(seconds=10)
LAST_RETRY = datetime.timedelta(hours=1)
KEEP_DONE = datetime.timedelta(days=7)
"""How long done entries are kept: for operators, and longer than any rebuild lasts."""

_ROWS_AT_ONCE = 1000
_ERROR_LENGTH = 1000

Entries = Mapping[int, list[int]]
"""The keys of the outbox's entries, by work."""


def record_changes(works: Iterable[int | None], reason: str) -> int:
    """Note that works changed, in the transaction of the change; says how many there are."""
    entries = [OutboxEntry(work=work, reason=reason) for work in set(works) if work is not None]
    if entries:
        OutboxEntry.objects.bulk_create(entries, batch_size=_ROWS_AT_ONCE)
        enqueue_drain_on_commit()
    return len(entries)


def enqueue_drain_on_commit() -> None:
    """Ask the worker to drain the outbox, once the transaction commits."""
    from search.tasks import drain_outbox

    enqueue_on_commit(drain_outbox)


def sweep() -> int:
    """Ask the worker again if something is due and no task for it waits; says whether it did."""
    from search.tasks import drain_outbox

    return enqueue_missing(drain_outbox, [()]) if due_works(1) else 0


def due_works(limit: int, *, retries: bool = False) -> list[int]:
    """Works with a change that is due, the oldest first; with ``retries``, due or not."""
    rows = OutboxEntry.objects.pending()
    if not retries:
        rows = rows.filter(Q(next_try=None) | Q(next_try__lte=timezone.now()))
    works: dict[int, None] = {}
    for work in rows.order_by("pk").values_list("work", flat=True).iterator(chunk_size=500):
        works[work] = None
        if len(works) == limit:
            break
    return list(works)


def pending_entries(works: Collection[int] | None = None) -> Entries:
    """The entries that wait, of some works or of all."""
    rows = OutboxEntry.objects.pending()
    if works is not None:
        rows = rows.filter(work__in=works)
    found: dict[int, list[int]] = defaultdict(list)
    for work, key in rows.values_list("work", "pk"):
        found[work].append(key)
    return found


def mark_done(keys: Collection[int]) -> None:
    """Note that the changes of some entries are in the index."""
    keys = list(keys)
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        rows = OutboxEntry.objects.filter(pk__in=keys[start : start + _ROWS_AT_ONCE])
        rows.update(done_at=timezone.now(), error="", next_try=None)


def mark_failed(keys: Collection[int], error: Exception) -> None:
    """Let the entries of one work wait longer after each attempt."""
    rows = OutboxEntry.objects.filter(pk__in=list(keys))
    attempts = 1 + max(rows.values_list("attempts", flat=True), default=0)
    rows.update(
        attempts=attempts,
        next_try=timezone.now() + _pause(attempts),
        error=f"{type(error).__name__}: {error}"[:_ERROR_LENGTH],
    )


def _pause(attempts: int) -> datetime.timedelta:
    """Twice as long each time, up to an hour, give or take a half so that works spread out."""
    pause = min(FIRST_RETRY * 2 ** min(attempts - 1, 16), LAST_RETRY)
    return pause * random.uniform(0.5, 1.5)  # noqa: S311 - no secret


def prune() -> int:
    """Remove entries that were done long ago."""
    old = OutboxEntry.objects.filter(done_at__lt=timezone.now() - KEEP_DONE)
    return old.delete()[0]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits, since how many seconds the oldest, and the errors of works that failed."""

    entries: int = 0
    works: int = 0
    oldest_seconds: int = 0
    failed: Mapping[int, str] = field(default_factory=dict)


def backlog() -> Backlog:
    """What waits in the outbox."""
    rows = OutboxEntry.objects.pending()
    oldest = rows.order_by("pk").values_list("created_at", flat=True).first()
    age = (timezone.now() - oldest).total_seconds() if oldest else 0
    failed = rows.exclude(error="").order_by("pk").values_list("work", "error")
    return Backlog(
        entries=rows.count(),
        works=rows.values("work").distinct().count(),
        oldest_seconds=max(int(age), 0),
        failed=dict(failed[:20]),
    )
