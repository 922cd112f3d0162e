"""Checking: what the index holds is compared with what the database says, and repaired."""

from __future__ import annotations

from dataclasses import dataclass

from cms.leases import hold
from search.engine import get_engine
from search.indexing import outbox
from search.indexing.drain import WRITER, WRITER_SECONDS, Drained, drain_under
from search.indexing.fingerprints import fingerprints
from search.models import IndexedWork


@dataclass(frozen=True, slots=True)
class Differences:
    """Works that the index lacks, holds as they no longer are, or holds and should not.

    ``waiting`` are works with a change in the outbox: those are not judged.
    """

    missing: frozenset[int]
    stale: frozenset[int]
    extra: frozenset[int]
    waiting: int

    @property
    def works(self) -> frozenset[int]:
        """All that differ."""
        return self.missing | self.stale | self.extra


def compare(*, wait: float = 60) -> Differences:
    """Compare while nobody writes. Raises as `drain` does."""
    with hold(WRITER, WRITER_SECONDS, wait=wait):
        return _compare()


def repair(*, wait: float = 60) -> tuple[Differences, Drained]:
    """Compare, and write what differs together with all that waits. Raises as `drain` does."""
    with hold(WRITER, WRITER_SECONDS, wait=wait) as lease:
        found = _compare()
        outbox.record_changes(sorted(found.works), "check")
        lease.renew()
        return found, drain_under(lease, retries=True)


def _compare() -> Differences:
    held = dict(get_engine().versions())
    noted = {row.work: row for row in IndexedWork.objects.all()}
    current = fingerprints()
    waiting = outbox.pending_entries().keys()
    stale = {
        work
        for work in current.keys() & held.keys()
        if work not in noted
        or noted[work].version != held[work]
        or noted[work].fingerprint != current[work]
    }
    return Differences(
        missing=frozenset(current.keys() - held.keys() - waiting),
        stale=frozenset(stale - waiting),
        extra=frozenset(held.keys() - current.keys() - waiting),
        waiting=len(waiting),
    )
