"""Reading a generation: connections, and snapshots in which words and columns agree."""

from __future__ import annotations

import json
import sqlite3
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import tantivy

from cms.collation import TitleKey, title_key
from search.engines.base import EngineUnavailable
from search.engines.embedded import store as db
from search.engines.embedded.columns import Columns
from search.engines.embedded.errors import tantivy_errors
from search.engines.embedded.meanings import Meanings
from search.engines.embedded.spelling import Vocabulary
from search.engines.embedded.writer import PASSAGES, SLICES
from search.ranking.statistics import Statistics

_ATTEMPTS = 50
"""Tries to catch the index between two changes; each takes milliseconds, a change longer."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a generation after one change."""

    columns: Columns
    slices: tantivy.Searcher
    passages: tantivy.Searcher
    meanings: Meanings | None


@dataclass(frozen=True, slots=True)
class Session:
    """A snapshot, and a transaction that reads the same state from SQLite."""

    reader: Reader
    snapshot: Snapshot
    store: sqlite3.Connection

    def title_keys(self, editions: list[int], language: str) -> list[TitleKey]:
        """For each edition, what its title is sorted by for readers of a language."""
        known = self.reader.title_keys.setdefault(language, {})
        missing = [edition for edition in editions if edition not in known]
        if missing:
            rows = self.store.execute(
                "SELECT edition, title FROM editions WHERE edition BETWEEN ? AND ?",
                (min(missing), max(missing)),
            )
            known.update((edition, title_key(title, language)) for edition, title in rows)
        return [known[edition] for edition in editions]

    def end(self) -> None:
        """Let go of it."""
        self.reader.take_back(self.store)


class Reader:
    """Reads one generation, from any number of threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.vocabulary = Vocabulary()
        self.title_keys: dict[str, dict[int, TitleKey]] = {}
        self._lock = Lock()
        self._idle: deque[sqlite3.Connection] = deque()
        self._closed = False
        self._columns = Columns.empty()
        self._snapshot: Snapshot | None = None
        self._described: tuple[str, Statistics] | None = None
        with db.connection(folder) as store:
            db.check_schema(store)
            self._kind = db.read_kind(store)
        with tantivy_errors("opening it"):
            self._slices = _open(folder / SLICES)
            self._passages = _open(folder / PASSAGES)

    def begin(self) -> Session:
        """The latest state, kept until the session's end."""
        try:
            store = self._idle.pop()
        except IndexError:
            store = db.connect(self.folder)
        try:
            return Session(self, self._begin(store), store)
        except BaseException:
            store.close()
            raise

    def take_back(self, store: sqlite3.Connection) -> None:
        """Keep a connection for the next session."""
        if store.in_transaction:
            store.execute("ROLLBACK")
        if self._closed:
            store.close()
        else:
            self._idle.append(store)

    def close(self) -> None:
        """Close idle connections; those in use are closed when their session ends."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _begin(self, store: sqlite3.Connection) -> Snapshot:
        """Begin a transaction whose state a snapshot shows too.

        What a state needs is in tantivy before SQLite shows it, and leaves tantivy only after
        SQLite shows the next state. So searchers that were opened after a state was seen, and
        before the next one could be seen, hold all of it.
        """
        for _ in range(_ATTEMPTS):
            snapshot = self._snapshot
            store.execute("BEGIN")
            change = db.read_change(store)
            if snapshot and snapshot.columns.change == change:
                return snapshot
            fresh = self._load(store, change)
            store.execute("ROLLBACK")
            if fresh and db.read_change(store) == change:
                self._snapshot = fresh
        raise EngineUnavailable("The search index changes faster than it can be read.")

    def _load(self, store: sqlite3.Connection, change: int) -> Snapshot | None:
        """The snapshot of a change; nothing when another thread is already further."""
        with self._lock:
            if change < self._columns.change:
                return None
            rows = store.execute(
                "SELECT work, columns FROM works WHERE change > ? ORDER BY stamp",
                (self._columns.change,),
            )
            self._columns = self._columns.changed(change, rows)
            with tantivy_errors("reading its latest state"):
                return Snapshot(
                    self._columns,
                    _searcher(self._slices),
                    _searcher(self._passages),
                    self._meanings(store),
                )

    def _meanings(self, store: sqlite3.Connection) -> Meanings | None:
        if self._kind is None:
            return None
        return Meanings(self.folder, self._kind, db.read_meta(store)["passage"], self._columns)

    def statistics(self, store: sqlite3.Connection) -> Statistics | None:
        """What ranking must know of the vectors; read again only when it changed."""
        note = db.read_note(store, "statistics")
        if note is None:
            return Statistics(self._kind.encoder) if self._kind else None
        if self._described is None or self._described[0] != note:
            self._described = note, Statistics.from_json(json.loads(note))
        return self._described[1]


def _open(folder: Path) -> tantivy.Index:
    index = tantivy.Index.open(str(folder))
    index.config_reader("manual")
    return index


def _searcher(index: tantivy.Index) -> tantivy.Searcher:
    index.reload()
    return index.searcher()
