"""Writing to a generation: one writer, all of a commit or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tantivy

from search.engines.embedded import meanings
from search.engines.embedded import store as db
from search.engines.embedded.entries import COUNTERS, Entry, EntryMaker
from search.engines.embedded.errors import tantivy_errors
from search.engines.embedded.fields import passages_schema, slices_schema
from search.engines.embedded.spelling import pack, unpack
from search.engines.spellings import Spelling
from search.records import Record

SLICES, PASSAGES = "slices", "passages"
"""The folders of the two word indexes in a generation."""

SCHEMAS = {SLICES: slices_schema, PASSAGES: passages_schema}

_HEAP_BYTES = 96_000_000
"""What tantivy may hold in memory of documents not yet written, per index."""


class GenerationWriter:
    """Adds records to a generation. The caller holds the generation's lock.

    What readers may still be using is never taken from tantivy in the commit that replaces
    it, but in the next one (its stamp waits in the table ``garbage``).
    """

    def __init__(self, folder: Path) -> None:
        self._store = db.connect(folder)
        try:
            db.check_schema(self._store)
            with tantivy_errors("opening it for writing"):
                self._writers = {name: _open(folder / name) for name in SCHEMAS}
        except BaseException:
            self._store.close()
            raise
        self._next = db.read_meta(self._store)
        self._folder = folder
        self._kind = db.read_kind(self._store)
        self._pending: dict[int, Entry] = {}
        self._garbage = [stamp for (stamp,) in self._store.execute("SELECT stamp FROM garbage")]
        self._added = False
        self.buffered = 0
        """Characters of text that wait for the next commit."""

    def add(self, record: Record) -> None:
        """Add, replace or remove a work with the next commit; an older version is ignored."""
        pending = self._pending.get(record.work)
        if record.version < (pending.version if pending else self._version(record.work)):
            return
        if pending:
            self._delete([pending.stamp])
        made = EntryMaker(record, self._take)
        with tantivy_errors("adding a work"):
            for name, documents in ((SLICES, made.slices), (PASSAGES, made.passages)):
                for document in documents:
                    self._writers[name].add_document(document)
        if self._kind is None or record.encoder != self._kind.encoder:
            made.entry.meanings.clear()
        self._pending[record.work] = made.entry
        self._added = self._added or bool(made.slices)
        self.buffered += sum(len(row[-1]) for row in made.entry.passages)

    def commit(self) -> None:
        """Make all that was added durable and seen, in one moment."""
        if not self._pending:
            return
        with db.transaction(self._store, "IMMEDIATE"):
            self._reserve()
        if self._added:
            self._delete(self._garbage)
            with tantivy_errors("writing it"):
                for writer in self._writers.values():
                    writer.commit()
        meanings.append(
            self._folder, (row for entry in self._pending.values() for row in entry.meanings)
        )
        with db.transaction(self._store, "IMMEDIATE"):
            self._apply()
        self._pending.clear()
        self._garbage = [stamp for (stamp,) in self._store.execute("SELECT stamp FROM garbage")]
        self._added = False
        self.buffered = 0

    def close(self) -> None:
        """Give up what was not committed, and let go of the files; again does nothing."""
        self._store.close()
        writers = list(self._writers.values())
        self._writers.clear()  # what is not committed goes with the last reference
        if not self._pending:
            with tantivy_errors("merging its parts"):
                for writer in writers:
                    writer.wait_merging_threads()

    def _version(self, work: int) -> int:
        row = self._store.execute("SELECT version FROM works WHERE work = ?", (work,)).fetchone()
        return row[0] if row else -1

    def _take(self, counter: str) -> int:
        number = self._next[counter]
        self._next[counter] += 1
        return number

    def _delete(self, stamps: Sequence[int]) -> None:
        """Take documents out of both word indexes, by query: by term does nothing to numbers."""
        if not stamps:
            return
        with tantivy_errors("deleting from it"):
            for name, writer in self._writers.items():
                query = tantivy.Query.term_set_query(SCHEMAS[name](), "stamp", stamps)
                writer.delete_documents_by_query(query)

    def _reserve(self) -> None:
        """Make sure that no number of this commit is ever given again, whatever happens."""
        self._store.executemany(
            "UPDATE meta SET value = ? WHERE key = ?",
            [(self._next[counter], counter) for counter in COUNTERS],
        )
        self._store.executemany(
            "INSERT INTO garbage VALUES (?)",
            [(entry.stamp,) for entry in self._pending.values() if entry.columns],
        )

    def _apply(self) -> None:
        change = db.read_change(self._store) + 1
        words: Counter[Spelling] = Counter()
        for work, entry in self._pending.items():
            words.subtract(self._forget(work))
            words.update(entry.vocabulary)
            self._insert(work, entry, change)
        self._count_words(words, change)
        self._store.executemany(
            "DELETE FROM garbage WHERE stamp = ?",
            [
                *((entry.stamp,) for entry in self._pending.values() if entry.columns),
                *((stamp,) for stamp in self._garbage if self._added),
            ],
        )
        self._store.execute("UPDATE meta SET value = ? WHERE key = 'change'", (change,))

    def _forget(self, work: int) -> set[Spelling]:
        """Remove what stands of a work; gives the words that it had."""
        row = self._store.execute(
            "SELECT stamp, vocabulary, first_edition, end_edition, first_passage, end_passage"
            " FROM works WHERE work = ?",
            (work,),
        ).fetchone()
        if row is None:
            return set()
        stamp, vocabulary, first_edition, end_edition, first_passage, end_passage = row
        for table, column, first, end in (
            ("editions", "edition", first_edition, end_edition),
            ("title_words", "edition", first_edition, end_edition),
            ("passages", "passage", first_passage, end_passage),
        ):
            self._store.execute(
                f"DELETE FROM {table} WHERE {column} >= ? AND {column} < ?",  # noqa: S608
                (first, end),
            )
        self._store.execute("DELETE FROM files WHERE work = ?", (work,))
        if first_edition is not None:
            self._store.execute("INSERT OR IGNORE INTO garbage VALUES (?)", (stamp,))
        return unpack(vocabulary)

    def _insert(self, work: int, entry: Entry, change: int) -> None:
        self._store.execute(
            "INSERT OR REPLACE INTO works VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                work,
                entry.version,
                change,
                entry.stamp,
                json.dumps(entry.columns) if entry.columns else None,
                pack(entry.vocabulary) if entry.vocabulary else None,
                *_range(entry.editions),
                *_range(entry.passages),
            ),
        )
        _insert_rows(self._store, "editions", entry.editions)
        _insert_rows(self._store, "title_words", entry.title_words)
        _insert_rows(self._store, "files", entry.files)
        _insert_rows(self._store, "passages", entry.passages)

    def _count_words(self, words: Counter[Spelling], change: int) -> None:
        self._store.executemany(
            "INSERT INTO vocabulary VALUES (?, ?, ?, ?) ON CONFLICT (word, written)"
            " DO UPDATE SET works = works + excluded.works, change = excluded.change",
            [(*spelling, count, change) for spelling, count in words.items() if count],
        )


def _open(folder: Path) -> tantivy.IndexWriter:
    writer = tantivy.Index.open(str(folder)).writer(_HEAP_BYTES, 1)
    # A killed writer leaves files of a commit that never was; the next commit would take the
    # same names and be refused.
    writer.garbage_collect_files()
    return writer


def create_word_indexes(folder: Path) -> None:
    """Make the two word indexes of a new generation."""
    for name, schema in SCHEMAS.items():
        (folder / name).mkdir()
        with tantivy_errors("making it"):
            tantivy.Index(schema(), path=str(folder / name), reuse=False)


def _range(rows: Sequence[tuple[Any, ...]]) -> tuple[int | None, int | None]:
    """The numbers of a work's rows: they were given one after the other."""
    return (rows[0][0], rows[-1][0] + 1) if rows else (None, None)


def _insert_rows(store: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        store.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
