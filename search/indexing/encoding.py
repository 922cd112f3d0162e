"""Encoding: what passages lack gets its vectors, and their works are indexed again.

Which works lack vectors stands in ``IndexedWork``, the vectors that are made go to the cache batch
by batch. So whoever is stopped or killed loses a batch at most, and the next one goes on there.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from cms.background import enqueue_missing
from cms.leases import Held, hold
from publications.models import Work
from search.encoder import loaded_encoder
from search.encoders.base import Encoder, EncoderUnavailable
from search.engine import get_engine
from search.engines.base import VectorKind
from search.indexing import outbox
from search.indexing.writing import batches
from search.models import Encoding, IndexedWork, OutboxEntry
from search.texts import texts_in
from search.vectors import encode_missing, prune_vectors
from search.works import build_records

ENCODER = "search: encoder"
"""The lease that whoever encodes passages holds."""

ENCODER_SECONDS = 300.0
"""Who died while encoding on another machine is waited for so long; a batch takes less."""

WORKS_AT_ONCE = 16
"""Works whose texts are encoded together: short ones would leave a batch half empty."""

INDEXED_AFTER = 20.0
"""Works that are complete wait at most so many seconds to be indexed together."""

FIRST_PAUSE = datetime.timedelta(seconds=15)
LAST_PAUSE = datetime.timedelta(minutes=10)
"""How long an encoder that fails is left alone, the first time and at most."""

_ROW = 1

Stop = Callable[[], bool]
Progress = Callable[[int, int], None]
"""Told how many passages are done, and how many there are to do in all."""


class OtherEncoder(Exception):
    """The index holds vectors of another encoder, or none: it must be built again."""

    def __init__(self, encoder: Encoder, vectors: VectorKind | None) -> None:
        held = f"those of {vectors.encoder} ({vectors.dimensions} numbers)" if vectors else "none"
        super().__init__(
            f"The encoder {encoder.name} makes vectors of {encoder.dimensions} numbers, and the "
            f"index holds {held}. The worker builds the index again by itself; "
            "`manage.py search_index rebuild` does it at once."
        )


def encode_works(stop: Stop, progress: Progress | None = None, *, wait: float = 0) -> int:
    """Encode what is missing, the newest works first, until nothing is or ``stop`` says so.

    Gives how many works are complete now; they are in the outbox. Raises `LeaseTaken` if another
    process encodes and goes on for ``wait`` seconds, `EncoderUnavailable`, `EngineUnavailable`, and
    `OtherEncoder` if the vectors would be of no use to the index.
    """
    with hold(ENCODER, ENCODER_SECONDS, wait=wait) as lease:
        with _failures_noted(()):
            usable_encoder()
        return _Run(lease, stop, progress or (lambda done, total: None)).run()


def usable_encoder() -> Encoder:
    """The encoder, if the serving index holds its vectors; raises as `encode_works` if not."""
    loaded = loaded_encoder()
    problem = " ".join(loaded.problems)
    name = loaded.encoder.name if loaded.encoder else ""
    note(encoder=name, problem=problem)
    if loaded.encoder is None:
        raise EncoderUnavailable(problem or "There is no encoder: SEARCH_ENCODER is none.")
    vectors = get_engine().status().vectors
    if vectors != kind_of(loaded.encoder):
        raise OtherEncoder(loaded.encoder, vectors)
    return loaded.encoder


def kind_of(encoder: Encoder) -> VectorKind:
    """The kind of vectors that an encoder makes."""
    return VectorKind(encoder.name, encoder.dimensions)


def encoding_state() -> Encoding:
    """How encoding fares."""
    return Encoding.objects.filter(pk=_ROW).first() or Encoding(pk=_ROW)


def passages_and_missing() -> tuple[int, int]:
    """How many passages the serving index holds, and how many of them have no vector."""
    sums = IndexedWork.objects.aggregate(all=Sum("passages"), without=Sum("without_vector"))
    return sums["all"] or 0, sums["without"] or 0


def library_texts() -> Iterator[str]:
    """Every text of the library that is encoded: passages and sentences, some more than once."""
    works = list(Work.objects.order_by("pk").values_list("pk", flat=True))
    for batch in batches(works):
        for record in build_records(batch, 0):
            yield from texts_in(record)


def prune() -> int:
    """Remove the vectors that no text of the library has; says how many."""
    return prune_vectors(library_texts())


def sweep() -> int:
    """Ask the worker to encode if something is missing and the encoder is not left alone."""
    next_try = encoding_state().next_try
    if next_try is not None and next_try > timezone.now():
        return 0
    return look_at_encoder() if _incomplete().exists() else 0


def look_at_encoder() -> int:
    """Ask the worker whether the index holds the vectors of the encoder that there is now."""
    from search import tasks

    return 0 if settings.SEARCH_ENCODER == "none" else enqueue_missing(tasks.encode_works, [()])


class _Run:
    """One run by who holds the lease."""

    def __init__(self, lease: Held, stop: Stop, progress: Progress) -> None:
        self._lease = lease
        self._stop = stop
        self._progress = progress
        self._total = _incomplete().aggregate(sum=Sum("without_vector"))["sum"] or 0
        self._done = 0
        self._count = 0
        self._complete: list[int] = []
        """Works to be indexed, which the outbox does not know yet."""
        self._began = time.monotonic()

    def run(self) -> int:
        self._progress(0, self._total)
        try:
            while works := self._next_works():
                with _failures_noted(works):
                    complete = self._encode(works)
                if complete:
                    self._finish(works)
                if self._stop():
                    break
        finally:
            self._index()
        return self._count

    def _next_works(self) -> dict[int, int]:
        """Works to encode next, and how many of their passages have no vector.

        After a failure one alone, for its own texts may be what the encoder cannot take.
        """
        size = 1 if encoding_state().attempts else WORKS_AT_ONCE
        rows = _incomplete(self._complete).order_by("-version", "-work")
        return dict(rows.values_list("work", "without_vector")[:size])

    def _encode(self, works: dict[int, int]) -> bool:
        """Encode the texts of some works; says whether all of them have vectors now."""
        records = build_records(list(works), 0)
        texts = [text for record in records for text in texts_in(record)]
        while True:
            self._lease.renew()
            encoded = encode_missing(texts, seconds=0)
            if encoded.made:
                note(attempts=0, next_try=None)
            share = 1 - encoded.left / max(len(texts), 1)
            self._progress(self._done + int(share * sum(works.values())), self._total)
            if not encoded.left or self._stop():
                return not encoded.left

    def _finish(self, works: dict[int, int]) -> None:
        self._done += sum(works.values())
        self._count += len(works)
        self._complete += works
        if time.monotonic() - self._began > INDEXED_AFTER:
            self._index()

    def _index(self) -> None:
        outbox.record_changes(self._complete, "encoded")
        self._complete = []
        self._began = time.monotonic()


def _incomplete(others: Collection[int] = ()) -> QuerySet[IndexedWork]:
    """Works with passages that have no vector, without those that are indexed soon anyway."""
    due = Q(encode_after=None) | Q(encode_after__lte=timezone.now())
    waiting = OutboxEntry.objects.pending().values("work")
    rows = IndexedWork.objects.filter(due, without_vector__gt=0)
    return rows.exclude(work__in=waiting).exclude(work__in=others)


@contextmanager
def _failures_noted(works: Collection[int]) -> Iterator[None]:
    """Leave an encoder that fails alone, longer each time; then others before these works."""
    try:
        yield
    except EncoderUnavailable as error:
        attempts = encoding_state().attempts + 1
        pause = min(FIRST_PAUSE * 2 ** min(attempts - 1, 16), LAST_PAUSE)
        until = timezone.now() + pause
        note(problem=str(error), attempts=attempts, next_try=until)
        if attempts > 1:
            rows = IndexedWork.objects.filter(work__in=works)
            rows.update(encode_after=until + LAST_PAUSE)
        raise


def note(**values: Any) -> None:
    """Keep some of how encoding fares."""
    if not Encoding.objects.filter(pk=_ROW).update(**values):
        Encoding.objects.bulk_create([Encoding(pk=_ROW)], ignore_conflicts=True)
        Encoding.objects.filter(pk=_ROW).update(**values)
