"""Rebuilding: a new index is written beside the serving one and swapped in when it is whole.

Meanwhile the worker goes on writing changes to the serving index. What changed since the
rebuild began is written to the new one too: first while others may still write, then, holding
the writer's lease, what came in between, and the swap.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from cms.leases import Held, LeaseTaken, hold, is_held
from cms.models import JobRun
from cms.scheduling import recorded
from publications.models import Work
from search.encoder import get_encoder
from search.engine import get_engine
from search.engines.base import Engine, EngineUnavailable, IndexLocked, NewIndex, VectorKind
from search.indexing import outbox
from search.indexing.drain import WRITER, WRITER_SECONDS
from search.indexing.encoding import kind_of, note
from search.indexing.writing import Write, Written, batches, forget, write_works
from search.meaning import add_means
from search.models import IndexedWork, OutboxEntry
from search.ranking.statistics import MeansCollector
from search.records import Record

logger = logging.getLogger(__name__)

REBUILD = "search: rebuild"
"""The lease that whoever builds a new index holds."""

REBUILD_SECONDS = 900.0
"""A builder that died on another machine is waited for so long."""

WRITER_WAIT_SECONDS = 600.0
"""How long a finished index waits for the writer's lease before it is given up."""

CLOCK_MARGIN = datetime.timedelta(seconds=5)
"""How far the clocks of two machines may be apart. (Beyond it, reconcile finds the difference.)"""

MAX_FAILED = 50
"""More works than this that cannot be written, and it is the index that is at fault."""

NOT_AGAIN_BEFORE = datetime.timedelta(minutes=10)
"""A rebuild that nobody asked for comes at most so often."""

Progress = Callable[[int, int], None]


class RebuildFailed(Exception):
    """The new index was given up; the old one serves as before."""


@dataclass(slots=True)
class Rebuilt:
    """How many works the new index holds, and the errors of works that could not be written.

    ``vectors`` is their kind; ``without_vector`` of the ``passages`` wait for the worker to encode
    them.
    """

    works: int
    failed: dict[int, str]
    vectors: VectorKind | None
    passages: int
    without_vector: int


def is_rebuilding() -> bool:
    """Whether some process builds a new index now."""
    return is_held(REBUILD)


def rebuild(progress: Progress = lambda done, total: None) -> Rebuilt:
    """Build a new index of the whole library and make it the serving one.

    ``progress`` is told how many works are done, of how many. Raises `LeaseTaken` if another
    process does the same, `EngineUnavailable` or `RebuildFailed` if it cannot be built.
    """
    with hold(REBUILD, REBUILD_SECONDS) as lease, recorded("rebuild"):
        return _Rebuild(get_engine(), lease, progress).run()


def wanted_vectors() -> VectorKind | None:
    """The kind of vectors that a new index is to hold; ``None`` where the settings want none.

    Where the encoder cannot be had now, it is the kind of the serving index.
    """
    if settings.SEARCH_ENCODER == "none":
        return None
    encoder = get_encoder()
    if encoder is not None:
        return kind_of(encoder)
    try:
        return get_engine().status().vectors
    except EngineUnavailable:
        return None


def rebuild_if_of_another_encoder() -> bool:
    """Rebuild if there is an encoder and the index does not hold its kind of vectors.

    Vectors that the cache has are in the new index at once, the others as they are encoded.
    Says whether it was done, and does it as rarely as `rebuild_if_broken`.
    """
    wanted = wanted_vectors()
    if wanted is None or get_engine().status().vectors == wanted or _was_rebuilt_lately():
        return False
    logger.info("The search index is to hold vectors of %s.", wanted.encoder)
    return _rebuilt()


def rebuild_if_broken() -> bool:
    """Rebuild if the index cannot be used though the engine lets a new one be made.

    That is so when there is no index yet, when it is damaged, and when another version of the
    site made it. Says whether it was done. Not done again and again: if the last one was
    minutes ago, the fault lies elsewhere.
    """
    if not _stays_broken(get_engine()) or _was_rebuilt_lately():
        return False
    return _rebuilt()


def _rebuilt() -> bool:
    """Rebuild, and say whether it could be done."""
    try:
        rebuilt = rebuild(_logged())
    except LeaseTaken:
        return False
    except (EngineUnavailable, RebuildFailed) as error:
        logger.warning("The search index cannot be built again: %s", error)
        return False
    logger.info("Built a search index of %d works.", rebuilt.works)
    return True


def _stays_broken(engine: Engine) -> bool:
    """Whether the index cannot be used, asked a few times: a moment's fault is no reason."""
    for pause in (0.0, 0.5, 1.0):
        time.sleep(pause)
        try:
            engine.status()
        except IndexLocked:
            return False
        except EngineUnavailable as error:
            fault = error
        else:
            return False
    logger.warning("The search index cannot be used: %s", fault)
    return True


def _was_rebuilt_lately() -> bool:
    since = timezone.now() - NOT_AGAIN_BEFORE
    return JobRun.objects.filter(name="rebuild", succeeded_at__gt=since).exists()


def _logged() -> Progress:
    """Progress as a line of the log every ten seconds."""
    last = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last > 10:
            last = time.monotonic()
            logger.info("Building the search index: %d of %d works.", done, total)

    return progress


class _Rebuild:
    """One rebuild, from the first work to the swap."""

    def __init__(self, engine: Engine, lease: Held, progress: Progress) -> None:
        self._engine = engine
        self._lease = lease
        self._progress = progress
        self._began = timezone.now()
        self._written: dict[int, Written] = {}
        """The batch that last wrote each work."""
        self._failed: dict[int, Exception] = {}
        self._carried: set[int] = set()
        """Entries of the outbox whose changes are in the new index."""
        self._vectors = wanted_vectors()
        self._means = MeansCollector(self._vectors.encoder if self._vectors else "")

    def run(self) -> Rebuilt:
        new = self._engine.new_index(self._vectors)
        with ExitStack() as undo:
            undo.callback(new.discard)
            self._write_all(new)
            self._carry_over(new)
            self._lease.renew()
            new.settle()
            with hold(WRITER, WRITER_SECONDS, wait=WRITER_WAIT_SECONDS) as writer:
                self._carry_over(new, writer)
                self._describe(new)
                new.swap()
                undo.pop_all()
                self._keep(writer)
        outbox.record_changes(self._failed, "rebuild")
        return self._outcome()

    def _outcome(self) -> Rebuilt:
        counts = [batch.passages[work] for work, batch in self._written.items()]
        return Rebuilt(
            works=sum(bool(batch.fingerprints[work]) for work, batch in self._written.items()),
            failed={work: str(error) for work, error in self._failed.items()},
            vectors=self._vectors,
            passages=sum(count for count, _ in counts),
            without_vector=sum(without for _, without in counts) if self._vectors else 0,
        )

    def _write_all(self, new: NewIndex) -> None:
        waiting = outbox.pending_entries()
        works = list(Work.objects.order_by("pk").values_list("pk", flat=True))
        self._progress(0, len(works))
        done = 0

        def write(records: Iterable[Record]) -> None:
            records = list(records)
            new.write(records)
            add_means(self._means, records)

        for batch in batches(works):
            self._write(write, batch)
            done += len(batch)
            self._progress(done, len(works))
        if self._failed and not self._written:
            raise RebuildFailed(f"No work can be written: {next(iter(self._failed.values()))}")
        self._carried.update(key for keys in waiting.values() for key in keys)

    def _carry_over(self, new: NewIndex, writer: Held | None = None) -> None:
        """Write what changed since, as often as it takes when nobody else may write."""
        while changed := self._changed():
            for batch in batches(list(changed)):
                if writer:
                    writer.renew()
                self._write(new.write, batch)
            self._carried.update(key for keys in changed.values() for key in keys)
            if writer is None:
                return

    def _changed(self) -> outbox.Entries:
        """Entries that waited or came since the rebuild began, without those carried over."""
        since = self._began - CLOCK_MARGIN
        rows = OutboxEntry.objects.filter(Q(done_at=None) | Q(done_at__gte=since))
        found: dict[int, list[int]] = {}
        for work, key in rows.order_by("pk").values_list("work", "pk"):
            if key not in self._carried:
                found.setdefault(work, []).append(key)
        return found

    def _describe(self, new: NewIndex) -> None:
        """Give the new index its statistics; the floor is the old one's until it is found anew."""
        if self._vectors is None:
            return
        statistics = self._means.statistics()
        try:
            old = self._engine.statistics()
        except EngineUnavailable:
            old = None
        if old is not None and old.encoder == statistics.encoder:
            statistics = replace(statistics, floor=old.floor)
        new.describe(statistics)

    def _write(self, write: Write, works: Sequence[int]) -> None:
        self._lease.renew()
        encoder = self._vectors.encoder if self._vectors else ""
        written = write_works(write, works, _unknown, encoder)
        for work in written.fingerprints:
            earlier = self._written.get(work)
            if earlier:
                del earlier.fingerprints[work]
            self._written[work] = written
            self._failed.pop(work, None)
        self._failed |= written.failed
        if len(self._failed) > MAX_FAILED:
            work, error = self._failed.popitem()
            raise RebuildFailed(f"Too many works cannot be written; work {work}: {error}")

    def _keep(self, writer: Held) -> None:
        """Note what the index that now serves holds."""
        gone = set(IndexedWork.objects.values_list("pk", flat=True)) - set(self._written)
        forget(gone)
        for batch in {id(batch): batch for batch in self._written.values()}.values():
            writer.renew()
            batch.keep()
        note(described_at=None)
        outbox.mark_done(
            [
                key
                for work, keys in outbox.pending_entries().items()
                if work not in self._failed
                for key in keys
                if key in self._carried
            ]
        )


def _unknown() -> None:
    """A new index has no state to ask for; works that fail are counted instead."""
