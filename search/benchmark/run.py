"""One measurement after another, each in a process of its own."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import django

from search.benchmark.measuring import Stopwatch, Timed, resident_bytes
from search.benchmark.questions import make_questions
from search.benchmark.searching import CLIENTS, Ask, Searching, asker, search_all
from search.benchmark.subjects import elasticsearch, embedded, node_bytes
from search.benchmark.texts import Texts, read_texts
from search.benchmark.works import make_works
from search.engines.base import Engine
from search.engines.elasticsearch import Connection
from search.indexing.writing import BATCH_WORKS
from search.records import Record

WAGTAIL = "wagtail"
"""Wagtail's own backend on Elasticsearch, beside the engines."""

QUESTIONS = 160
"""Questions for one client, as many others for eight, and as many others to warm up."""

CHANGED_WORKS = 500
"""Works of a finished index that are written again."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to measure: ``subject`` is the name of an engine, or `WAGTAIL`."""

    subject: str
    works: int
    corpus: Path
    demonstration: Path
    connection: Connection | None = None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one measurement found. Sizes are bytes; ``None`` is what cannot be told.

    ``built_per_second`` is the rebuild's pace, ``changed_per_second`` that of changes written to
    the serving index in the worker's batches; the making of synthetic texts is not counted.
    """

    subject: str
    works: int
    rebuild_seconds: float
    changed_per_second: float | None
    index_bytes: int
    before_bytes: int | None
    built_bytes: int | None
    searched_bytes: int | None
    node_bytes: int | None
    one: Searching
    several: Searching

    @property
    def built_per_second(self) -> float:
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
    context = (
        elasticsearch(task.connection, task.prefix) if task.connection is not None else embedded()
    )
    before = resident_bytes()
    with context as engine:
        rebuild_seconds = _seconds(lambda works: _rebuild(engine, works), texts, task.works)
        built = resident_bytes()
        changed = min(CHANGED_WORKS, task.works)
        change_seconds = _seconds(lambda works: _change(engine, works), texts, changed, version=2)
        one, several = _search(asker(engine), texts, task.works)
        return Measured(
            subject=task.subject,
            works=task.works,
            rebuild_seconds=rebuild_seconds,
            changed_per_second=changed / change_seconds,
            index_bytes=engine.status().size_bytes,
            before_bytes=before,
            built_bytes=built,
            searched_bytes=resident_bytes(),
            node_bytes=node_bytes(task.connection) if task.connection else None,
            one=one,
            several=several,
        )


def _measure_wagtail(task: Task, texts: Texts) -> Measured:
    # Imported here, as it declares a model, which wants Django to be set up.
    from search.benchmark.wagtail import wagtail_search

    if task.connection is None:
        raise ValueError("Wagtail's backend is measured on Elasticsearch.")
    before = resident_bytes()
    with wagtail_search(task.connection, task.prefix) as index:
        rebuild_seconds = _seconds(index.rebuild, texts, task.works)
        built = resident_bytes()
        one, several = _search(index.ask, texts, task.works)
        return Measured(
            subject=WAGTAIL,
            works=task.works,
            rebuild_seconds=rebuild_seconds,
            changed_per_second=None,
            index_bytes=index.size_bytes(),
            before_bytes=before,
            built_bytes=built,
            searched_bytes=resident_bytes(),
            node_bytes=node_bytes(task.connection),
            one=one,
            several=several,
        )


def _seconds(
    write: Callable[[Iterable[Record]], None], texts: Texts, works: int, version: int = 1
) -> float:
    """How long writing takes, without the making of what is written."""
    records = Timed(make_works(texts, range(1, works + 1), version))
    watch = Stopwatch()
    with watch.running():
        write(records)
    return watch.seconds - records.seconds


def _rebuild(engine: Engine, records: Iterable[Record]) -> None:
    index = engine.new_index()
    index.write(records)
    index.swap()


def _change(engine: Engine, records: Iterable[Record]) -> None:
    """Write as the worker does, a batch at a time."""
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == BATCH_WORKS:
            engine.write(batch)
            batch = []
    if batch:
        engine.write(batch)


def _search(ask: Ask, texts: Texts, works: int) -> tuple[Searching, Searching]:
    warm, one, several = (
        make_questions(texts, QUESTIONS, works, part) for part in ("warm", "one", "several")
    )
    search_all(ask, warm, 1)
    return search_all(ask, one, 1), search_all(ask, several, CLIENTS)
