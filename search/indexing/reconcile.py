"""Reconciling: works that differ from what was indexed of them go into the outbox."""

from __future__ import annotations

from search.indexing import outbox
from search.indexing.fingerprints import fingerprints
from search.models import IndexedWork


def reconcile() -> int:
    """Find every work that changed without saying so; says how many there were.

    What was indexed is read first and what waits last, so a work that is indexed meanwhile is
    at worst indexed once more.
    """
    indexed = dict(IndexedWork.objects.values_list("work", "fingerprint"))
    current = fingerprints()
    waiting = outbox.pending_entries()
    changed = {work for work, text in current.items() if indexed.get(work) != text}
    changed |= indexed.keys() - current.keys()
    return outbox.record_changes(sorted(changed - waiting.keys()), "reconcile")
