"""The engine itself: the port's methods over readers, writers and generations."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from threading import Lock

import numpy as np

from search.engines.base import (
    EngineUnavailable,
    FoundPassage,
    IndexStatus,
    Results,
    TitleSuggestion,
    VectorKind,
)
from search.engines.embedded import store as db
from search.engines.embedded.columns import View
from search.engines.embedded.errors import unavailable_on_error
from search.engines.embedded.generations import Generations, locked, sync_folder
from search.engines.embedded.hits import build_hits, find_passages
from search.engines.embedded.nearest import first_passages, means_something, nearest
from search.engines.embedded.reader import Reader, Session
from search.engines.embedded.selecting import Selection
from search.engines.embedded.suggesting import suggest_titles
from search.engines.embedded.writer import GenerationWriter, create_word_indexes
from search.plan import Plan
from search.ranking.candidates import Candidate
from search.ranking.statistics import Statistics
from search.records import Record
from search.stages import stage

_WRITE_WAIT_SECONDS = 5.0
"""How long a write waits for another one before it is refused; the caller tries again later."""

_SWAP_WAIT_SECONDS = 120.0
"""How long a finished rebuild waits for a running write: giving up would waste it."""

_COMMIT_AT_CHARACTERS = 20_000_000
"""A rebuild commits when so much text waits in memory."""


class EmbeddedEngine:
    """An engine in a folder; see the package's docstring. Safe for threads and processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._generations = Generations(folder)
        self._reader: Reader | None = None
        self._process = os.getpid()
        self._lock = Lock()

    def answering(self) -> AbstractContextManager[None]:
        """No question to a folder waits."""
        return nullcontext()

    def search(self, plan: Plan) -> Results:
        """Run a plan."""
        with self._session() as session:
            selection = Selection(session, plan)
            with stage("facets"):
                total, facets = int(selection.works.sum()), selection.facets()
            with stage("hits"):
                hits = build_hits(session, plan, selection)
            return Results(
                total, hits, facets, selection.ranking.at_least, selection.means_something
            )

    def passages_of(
        self, works: Sequence[int], plan: Plan
    ) -> Mapping[int, tuple[FoundPassage, ...]]:
        """The best visible passages of some works for a plan."""
        with self._session() as session:
            selection = Selection(session, plan)
            slots = selection.columns.slots_of_works(works)
            found = find_passages(session, plan, selection, np.array(list(slots.values()), int))
            return dict(zip(slots, found, strict=True))

    def candidates(self, plan: Plan) -> Sequence[Candidate]:
        """The visible passages of each language that are nearest to what is meant."""
        with self._session() as session:
            meanings = session.snapshot.meanings
            if meanings is None or not means_something(plan, meanings):
                return ()
            return nearest(meanings, View(session.snapshot.columns, plan), plan)

    def meaning_of(self, work: int, plan: Plan) -> Sequence[Candidate]:
        """The first passages of a work that the plan's reader may see and that have vectors."""
        with self._session() as session:
            meanings = session.snapshot.meanings
            if meanings is None:
                return ()
            return first_passages(meanings, View(session.snapshot.columns, plan), work)

    def statistics(self) -> Statistics | None:
        """What ranking must know of the vectors; ``None`` for an index without."""
        with self._session() as session:
            return session.reader.statistics(session.store)

    def describe(self, statistics: Statistics) -> None:
        """Keep what ranking must know of the vectors of the serving index."""
        with (
            unavailable_on_error("describing its vectors"),
            locked(self._generations.write_lock, _WRITE_WAIT_SECONDS),
            db.connection(self._generations.current()) as store,
            db.transaction(store, "IMMEDIATE"),
        ):
            db.write_note(store, "statistics", statistics.as_json())

    def suggest(
        self, prefix: str, *, language: str, audiences: frozenset[str], now: int, limit: int = 8
    ) -> tuple[TitleSuggestion, ...]:
        """Works whose visible titles hold words beginning as typed, ``language`` first."""
        plan = Plan(language=language, audiences=audiences, now=now)
        with self._session() as session:
            return suggest_titles(session, prefix, plan, limit)

    def spell(self, words: Sequence[str]) -> Mapping[str, str]:
        """Better spellings for words that public texts do not hold, from public texts alone."""
        with self._session() as session:
            vocabulary = session.reader.vocabulary
            vocabulary.load(session.store, session.snapshot.columns.change)
        return vocabulary.spell(words)

    def versions(self) -> Iterator[tuple[int, int]]:
        """Work and version of every record, for ``search_index check``."""
        with self._session() as session:
            rows = session.store.execute(
                "SELECT work, version FROM works WHERE columns IS NOT NULL ORDER BY work"
            ).fetchall()
        return iter(rows)

    def status(self) -> IndexStatus:
        """What the serving index says of itself."""
        with self._session() as session:
            folder = session.reader.folder
            (passages,) = session.store.execute("SELECT count(*) FROM passages").fetchone()
            return IndexStatus(
                name=folder.name,
                schema_version=db.read_meta(session.store)["schema_version"],
                works=len(session.snapshot.columns.works),
                passages=passages,
                size_bytes=_size(folder),
                vectors=db.read_kind(session.store),
            )

    def write(self, records: Iterable[Record]) -> None:
        """Apply changes to the serving index, all or none; durable when it returns."""
        with unavailable_on_error("writing"):
            self._generations.current()
            with locked(self._generations.write_lock, _WRITE_WAIT_SECONDS):
                writer = GenerationWriter(self._generations.current())
                try:
                    for record in records:
                        writer.add(record)
                    writer.commit()
                finally:
                    writer.close()

    def new_index(self, vectors: VectorKind | None = None) -> EmbeddedNewIndex:
        """Begin an index of the present schema beside the serving one."""
        with unavailable_on_error("beginning a new index"):
            return EmbeddedNewIndex(self._generations, vectors)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with unavailable_on_error("reading"):
            session = self.begin_session()
            try:
                yield session
            finally:
                session.end()

    def begin_session(self) -> Session:
        """A session in the serving generation; the caller ends it."""
        while True:
            folder = self._generations.current()
            try:
                return self._reader_of(folder).begin()
            except (EngineUnavailable, sqlite3.Error, OSError):
                # A swap may have taken the generation away while it was opened.
                if self._generations.current() == folder:
                    raise

    def _reader_of(self, folder: Path) -> Reader:
        with self._lock:
            if self._process != os.getpid():
                # After a fork the parent's connections must not be used, nor closed here.
                self._process, self._reader = os.getpid(), None
            if self._reader is None or self._reader.folder != folder:
                fresh = Reader(folder)
                if self._reader:
                    self._reader.close()
                self._reader = fresh
            return self._reader


class EmbeddedNewIndex:
    """An index being built beside the serving one."""

    def __init__(self, generations: Generations, vectors: VectorKind | None) -> None:
        self._generations = generations
        generations.folder.mkdir(parents=True, exist_ok=True)
        with locked(generations.generations_lock, _WRITE_WAIT_SECONDS):
            generations.remove_abandoned()
            self._folder, self._lock = generations.begin()
        try:
            db.create(self._folder, vectors)
            create_word_indexes(self._folder)
            self._writer = GenerationWriter(self._folder)
        except BaseException:
            self._remove()
            raise

    def write(self, records: Iterable[Record]) -> None:
        """Add or replace works; a record without editions removes its work."""
        with unavailable_on_error("writing a new index"):
            for record in records:
                self._writer.add(record)
                if self._writer.buffered >= _COMMIT_AT_CHARACTERS:
                    self._writer.commit()

    def describe(self, statistics: Statistics) -> None:
        """Keep what ranking must know of the vectors."""
        with (
            unavailable_on_error("describing a new index"),
            db.connection(self._folder) as store,
            db.transaction(store, "IMMEDIATE"),
        ):
            db.write_note(store, "statistics", statistics.as_json())

    def settle(self) -> None:
        """Write out what is held in memory, so that a swap is short."""
        with unavailable_on_error("writing out a new index"):
            self._writer.commit()

    def swap(self) -> None:
        """Make this index the serving one, atomically, and remove the old one."""
        generations = self._generations
        with unavailable_on_error("swapping in a new index"):
            self._writer.commit()
            self._writer.close()
            sync_folder(generations.folder)
            with (
                locked(generations.generations_lock, _SWAP_WAIT_SECONDS),
                locked(generations.write_lock, _SWAP_WAIT_SECONDS),
            ):
                generations.serve(self._folder)
                generations.remove_abandoned()
            self._lock.release()

    def discard(self) -> None:
        """Remove this index; the serving one stays as it is."""
        with unavailable_on_error("discarding a new index"):
            self._writer.close()
            self._remove()

    def _remove(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._lock.release()


def _size(folder: Path) -> int:
    """Bytes of all files in a folder; files may come and go meanwhile."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += path.stat().st_size if path.is_file() else 0
    return total
