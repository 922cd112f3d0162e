"""Draining the outbox: changed works are written to the serving index, by one process."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from cms.leases import Held, hold
from search.engine import get_engine
from search.engines.base import Engine
from search.indexing import outbox
from search.indexing.writing import BATCH_WORKS, Written, batches, write_works

logger = logging.getLogger(__name__)

WRITER = "search: writer"
"""The lease that whoever writes to the serving index holds."""

WRITER_SECONDS = 60.0
"""A writer that died is waited for so long. A batch that takes longer is written again."""


@dataclass(slots=True)
class Drained:
    """How many works were written, and how many could not be.

    ``without_vector`` counts the passages that the works were written without a vector of.
    """

    written: int = 0
    failed: int = 0
    without_vector: int = 0


def drain(*, wait: float = 0, retries: bool = False, seconds: float | None = None) -> Drained:
    """Write what waits in the outbox, until nothing is due or ``seconds`` have passed.

    With ``retries`` works that failed are tried at once. Raises `LeaseTaken` if another
    process writes and goes on for ``wait`` seconds, and `EngineUnavailable` if the engine is
    down: then everything waits as it was.
    """
    with hold(WRITER, WRITER_SECONDS, wait=wait) as lease:
        return drain_under(lease, retries=retries, seconds=seconds)


def drain_under(lease: Held, *, retries: bool = False, seconds: float | None = None) -> Drained:
    """`drain` by who holds the writer's lease already."""
    engine = get_engine()
    drained = Drained()
    ends = time.monotonic() + seconds if seconds is not None else None
    tried: set[int] = set()
    while works := [work for work in _next_works(retries, tried) if work not in tried]:
        vectors = engine.status().vectors
        encoder = vectors.encoder if vectors else ""
        for batch in batches(works):
            written = _write_batch(engine, lease, batch, encoder)
            drained.written += len(written.fingerprints)
            drained.without_vector += written.without_vector
            drained.failed += len(written.failed)
            tried.update(written.failed)
            if ends is not None and time.monotonic() > ends:
                return drained
    return drained


def _next_works(retries: bool, tried: set[int]) -> list[int]:
    """Works to write next. With ``retries`` those just tried would come again and again."""
    return outbox.due_works(BATCH_WORKS + len(tried), retries=retries)


def _write_batch(engine: Engine, lease: Held, works: Sequence[int], encoder: str) -> Written:
    """Write some works and note it.

    Their entries are read first: a change that comes later has an entry that stays. Killed
    before the note, the same is written again.
    """
    lease.renew()
    entries = outbox.pending_entries(works)
    written = write_works(engine.write, works, engine.status, encoder)
    with transaction.atomic():
        lease.confirm()
        written.keep()
        outbox.mark_done([key for work in written.fingerprints for key in entries.get(work, ())])
        for work, error in written.failed.items():
            outbox.mark_failed(entries.get(work, ()), error)
    return written
