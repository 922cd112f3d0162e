"""One measurement after another, each in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import django

from search.benchmark.measuring import Stopwatch, Timed, progress, resident_bytes
from search.benchmark.questions import make_questions, with_labels
from search.benchmark.recall import RECALL_QUESTIONS, Recall, measure_recall
from search.benchmark.searching import CLIENTS, Ask, Searching, asker, search_all
from search.benchmark.stopping import Stopping, measure_stopping
from search.benchmark.subjects import elasticsearch, embedded, node_bytes
from search.benchmark.texts import Texts, read_texts
from search.benchmark.vectors import RealVectors, with_meaning
from search.benchmark.works import make_works
from search.encoder import get_encoder
from search.engines.base import Engine
from search.engines.elasticsearch import Connection
from search.evaluation.concepts import shipped_concepts
from search.indexing.writing import BATCH_WORKS
from search.meaning import add_means
from search.query.concepts import Labels, Matcher
from search.query_vectors import query_vector
from search.ranking.statistics import MeansCollector
from search.records import Record

WAGTAIL = "wagtail"
"""Wagtail's own backend on Elasticsearch, beside the engines."""

_TOLD_EACH = 1000

QUESTIONS = 160
"""Questions for one client, as many others for eight, and as many others to warm up."""

CHANGED_WORKS = 500
"""Works of a finished index that are written again."""


PLAIN_WORKS = 1000
"""Works whose indexing without vectors is measured."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to measure: ``subject`` is the name of an engine, or `WAGTAIL`.

    Without ``real`` vectors the index has words alone. ``recall`` compares what an engine finds
    by vectors with the nearest of all, ``stopping`` searches while an encoder's server hangs.
    """

    subject: str
    works: int
    corpus: Path
    demonstration: Path
    connection: Connection | None = None
    prefix: str = ""
    real: RealVectors | None = None
    recall: bool = False
    stopping: bool = False


@dataclass(frozen=True, slots=True)
class Measured:
    """What one measurement found. Sizes are bytes; ``None`` is what was not measured.

    ``built_per_second`` is a rebuild's pace, with vectors if there are any, ``plain_per_second``
    without; ``changed_per_second`` is that of changes written to the serving index in the worker's
    batches. The making of synthetic texts is not counted. ``words`` are searches by words alone,
    ``meaning`` with concepts and vectors: of one client, and of several.
    """

    subject: str
    works: int
    vectors: bool
    rebuild_seconds: float
    plain_per_second: float | None
    changed_per_second: float | None
    index_bytes: int
    before_bytes: int | None
    built_bytes: int | None
    searched_bytes: int | None
    node_bytes: int | None
    words: tuple[Searching, Searching]
    meaning: tuple[Searching, Searching] | None = None
    recall: tuple[Recall, ...] = ()
    stopping: Stopping | None = None

    @property
    def built_per_second(self) -> float:
        """Works per second of the rebuild."""
        return self.works / self.rebuild_seconds


def measure(task: Task) -> Measured:
    """Measure in a new process, whose memory holds nothing else."""
    with ProcessPoolExecutor(
        1, mp_context=multiprocessing.get_context("spawn"), initializer=django.setup
    ) as process:
        return process.submit(_measure, task).result()


def _measure(task: Task) -> Measured:
    texts = read_texts(task.corpus, task.demonstration)
    if task.subject == WAGTAIL:
        return _measure_wagtail(task, texts)
    before = resident_bytes()
    with _engine(task) as engine:
        rebuild_seconds = _rebuild(engine, texts, task.works, task.real)
        built = resident_bytes()
        changed = min(CHANGED_WORKS, task.works)
        change_seconds = _change(engine, texts, changed, task.real)
        words = _search(asker(engine), texts, task.works, "by words")
        meaning = _by_meaning(engine, task, texts) if task.real else None
        measured = Measured(
            subject=task.subject,
            works=task.works,
            vectors=task.real is not None,
            rebuild_seconds=rebuild_seconds,
            plain_per_second=None,
            changed_per_second=changed / change_seconds,
            index_bytes=engine.status().size_bytes,
            before_bytes=before,
            built_bytes=built,
            searched_bytes=resident_bytes(),
            node_bytes=node_bytes(task.connection) if task.connection else None,
            words=words,
            meaning=meaning,
        )
        recall = _recall(engine, task, texts)
        stopping = _stopping(engine, task, texts)
    plain = _plain(task, texts)
    return replace(measured, recall=recall, stopping=stopping, plain_per_second=plain)


def _engine(task: Task) -> AbstractContextManager[Engine]:
    return elasticsearch(task.connection, task.prefix) if task.connection else embedded()


def _plain(task: Task, texts: Texts) -> float | None:
    """The works per second of a rebuild without vectors, in an index of its own."""
    if task.real is None:
        return None
    works = min(PLAIN_WORKS, task.works)
    with _engine(task) as engine:
        return works / _rebuild(engine, texts, works, None)


def _by_meaning(engine: Engine, task: Task, texts: Texts) -> tuple[Searching, Searching]:
    # Loading the encoder takes seconds, which are nobody's budget.
    get_encoder()
    concepts = shipped_concepts()
    ask = asker(engine, Matcher(concepts), query_vector)
    return _search(ask, texts, task.works, "by meaning", concepts)


def _recall(engine: Engine, task: Task, texts: Texts) -> tuple[Recall, ...]:
    encoder = get_encoder() if task.recall else None
    if task.real is None or encoder is None:
        return ()
    progress("recall")
    questions = make_questions(texts, RECALL_QUESTIONS, task.works, "recall")
    vectors = encoder.queries([question.text for question in questions])
    records = with_meaning(make_works(texts, range(1, task.works + 1)), task.real)
    return measure_recall(engine, records, vectors, task.real.kind)


def _stopping(engine: Engine, task: Task, texts: Texts) -> Stopping | None:
    if not task.stopping:
        return None
    progress("searches while an encoder's server is stopped")
    return measure_stopping(engine, texts, task.works)


def _measure_wagtail(task: Task, texts: Texts) -> Measured:
    # Imported here, as it declares a model, which wants Django to be set up.
    from search.benchmark.wagtail import wagtail_search

    if task.connection is None:
        raise ValueError("Wagtail's backend is measured on Elasticsearch.")
    before = resident_bytes()
    with wagtail_search(task.connection, task.prefix) as index:
        rebuild_seconds = _seconds(index.rebuild, make_works(texts, range(1, task.works + 1)))
        built = resident_bytes()
        words = _search(index.ask, texts, task.works, "by words")
        return Measured(
            subject=WAGTAIL,
            works=task.works,
            vectors=False,
            rebuild_seconds=rebuild_seconds,
            plain_per_second=None,
            changed_per_second=None,
            index_bytes=index.size_bytes(),
            before_bytes=before,
            built_bytes=built,
            searched_bytes=resident_bytes(),
            node_bytes=node_bytes(task.connection),
            words=words,
        )


def _seconds(write: Callable[[Iterable[Record]], None], records: Iterable[Record]) -> float:
    """How long writing takes, without the making of what is written."""
    timed = Timed(records)
    watch = Stopwatch()
    with watch.running():
        write(timed)
    return watch.seconds - timed.seconds


def _records(
    texts: Texts, works: int, real: RealVectors | None, version: int = 1
) -> Iterator[Record]:
    records = make_works(texts, range(1, works + 1), version)
    return with_meaning(records, real) if real else records


def _rebuild(engine: Engine, texts: Texts, works: int, real: RealVectors | None) -> float:
    """The seconds of a rebuild, as `search.indexing.rebuild` does it from records on."""
    kind = real.kind if real else None
    means = MeansCollector(kind.encoder if kind else "")

    def counted(records: Iterable[Record]) -> Iterator[Record]:
        for number, record in enumerate(records, start=1):
            add_means(means, [record])
            if number % _TOLD_EACH == 0:
                progress(f"{number} works written")
            yield record

    def write(records: Iterable[Record]) -> None:
        index = engine.new_index(kind)
        index.write(counted(records))
        if kind:
            index.describe(means.statistics())
        index.settle()
        index.swap()

    progress(f"rebuild of {works} works, {'with' if real else 'without'} vectors")
    return _seconds(write, _records(texts, works, real))


def _change(engine: Engine, texts: Texts, works: int, real: RealVectors | None) -> float:
    """The seconds of writing works again as the worker does, a batch at a time."""

    def write(records: Iterable[Record]) -> None:
        rest = iter(records)
        while batch := list(islice(rest, BATCH_WORKS)):
            engine.write(batch)

    progress(f"{works} changed works")
    return _seconds(write, _records(texts, works, real, version=2))


def _search(
    ask: Ask, texts: Texts, works: int, how: str, concepts: Mapping[str, Labels] | None = None
) -> tuple[Searching, Searching]:
    """Searches of one client and of several; those by meaning ask other questions."""
    warm, one, several = (
        with_labels(make_questions(texts, QUESTIONS, works, f"{how}: {part}"), concepts or {})
        for part in ("warm", "one", "several")
    )
    progress(f"searches {how}")
    search_all(ask, warm, 1)
    return search_all(ask, one, 1), search_all(ask, several, CLIENTS)
