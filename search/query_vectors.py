"""The vector of a question within a time budget: no search waits longer, whatever happens.

Questions are encoded by a few threads that take them from a short queue. A search waits for its own
until its budget is used up and then goes on without; the answer that comes too late is remembered
for whoever asks the same next. Where the queue is full, because a server hangs or the machine is
overloaded, a search does not wait at all. Nothing has to be switched on again when the encoder
comes back: each question tries.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from django.conf import settings

from search.encoder import get_encoder
from search.encoders.base import Encoder, EncoderUnavailable, Vectors

logger = logging.getLogger(__name__)

THREADS = 4
"""Questions encoded at a time, each by one thread of an encoder in this process."""

WAITING = 16
"""Questions that may wait for a thread. At 5 ms each the last one has its vector in 20 ms."""

REMEMBERED = 2000
"""Questions whose vectors are kept, the latest asked: 1.5 kB each."""

Reason = Literal["", "none", "late", "busy", "failed"]


@dataclass(frozen=True, slots=True)
class QueryVector:
    """A question's vector, or why there is none.

    ``vector``: float32, shape ``(dimensions,)``, length 1; it may be compared with vectors of
    ``encoder`` only. ``reason`` is ``none`` (the site has no encoder), ``late`` (it took longer
    than the budget), ``busy`` (too many wait already) or ``failed``.
    """

    vector: Vectors | None = None
    encoder: str = ""
    reason: Reason = ""

    @property
    def late(self) -> bool:
        """Whether the vector was only not there in time: asked again, it may be."""
        return self.reason in ("late", "busy")


@dataclass(eq=False, slots=True)
class _Job:
    text: str
    done: threading.Event = field(default_factory=threading.Event)
    result: QueryVector = QueryVector(reason="failed")


class QueryVectors:
    """Encodes questions in threads of its own, and remembers the last ones.

    ``encoder`` is asked for the encoder in those threads, for loading one takes seconds. ``wait``
    waits for an event so many seconds; a search calls it at most once, with its budget.
    """

    def __init__(
        self,
        encoder: Callable[[], Encoder | None],
        *,
        threads: int = THREADS,
        waiting: int = WAITING,
        remembered: int = REMEMBERED,
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self._encoder = encoder
        self._threads = threads
        self._remembered = remembered
        self._wait = wait
        self._queue: queue.Queue[_Job] = queue.Queue(waiting)
        self._lock = threading.Lock()
        self._jobs: dict[str, _Job] = {}
        self._known: OrderedDict[str, QueryVector] = OrderedDict()
        self._running = 0

    def get(self, text: str, budget: float) -> QueryVector:
        """The vector of a question, waiting no longer than ``budget`` seconds. Never raises."""
        with self._lock:
            if text in self._known:
                self._known.move_to_end(text)
                return self._known[text]
            job = self._job(text)
        if job is None:
            return QueryVector(reason="busy")
        if not job.done.is_set() and not (budget > 0 and self._wait(job.done, budget)):
            return QueryVector(reason="late")
        return job.result

    def _job(self, text: str) -> _Job | None:
        """The job of this question, which may be another reader's too; none if too many wait."""
        if text in self._jobs:
            return self._jobs[text]
        if self._running < self._threads:
            self._running += 1
            name = f"query-vectors-{self._running}"
            # A thread that waits for a server must not hold up the end of the process.
            threading.Thread(target=self._work, name=name, daemon=True).start()
        job = _Job(text)
        try:
            self._queue.put_nowait(job)
        except queue.Full:
            return None
        self._jobs[text] = job
        return job

    def _work(self) -> None:
        while True:
            job = self._queue.get()
            job.result = self._encoded(job.text)
            with self._lock:
                del self._jobs[job.text]
                if job.result.vector is not None:
                    self._remember(job.text, job.result)
            job.done.set()

    def _encoded(self, text: str) -> QueryVector:
        try:
            encoder = self._encoder()
            if encoder is None:
                return QueryVector(reason="none")
            return QueryVector(encoder.queries([text])[0], encoder.name)
        except EncoderUnavailable as error:
            logger.warning("A question has no vector: %s", error)
        except Exception:
            logger.exception("A question cannot be encoded.")
        return QueryVector(reason="failed")

    def _remember(self, text: str, found: QueryVector) -> None:
        """Keep an answer; those of an encoder that was replaced meanwhile are forgotten."""
        if self._known and next(reversed(self._known.values())).encoder != found.encoder:
            self._known.clear()
        self._known[text] = found
        while len(self._known) > self._remembered:
            self._known.popitem(last=False)


_vectors = QueryVectors(get_encoder)


def query_vector(text: str, budget_seconds: float | None = None) -> QueryVector:
    """The vector of a question, or why there is none. Never raises.

    Waits no longer than ``budget_seconds``, which is ``SEARCH_QUERY_BUDGET_MS`` if ``None``.
    """
    if budget_seconds is None:
        budget_seconds = settings.SEARCH_QUERY_BUDGET_MS / 1000
    return _vectors.get(text, budget_seconds)


def warm_up() -> None:
    """Have the encoder loaded in the background, so that the first search need not miss it."""
    query_vector("?", 0)
