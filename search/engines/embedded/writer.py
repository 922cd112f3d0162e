"""Writing to a generation: one writer, all of a commit or nothing."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tantivy

from search.analysis import fold
from search.engines.embedded import store as db
from search.engines.embedded.columns import visibility_row
from search.engines.embedded.errors import tantivy_errors
from search.engines.embedded.fields import (
    FORMS,
    GAP,
    TextForms,
    language_key,
    names_text,
    passages_schema,
    slices_schema,
    text_forms,
)
from search.engines.embedded.slices import Slice, cut, is_public
from search.engines.embedded.spelling import Spelling, pack, unpack
from search.records import EditionRecord, Passage, Record

SLICES, PASSAGES = "slices", "passages"
"""The folders of the two word indexes in a generation."""

SCHEMAS = {SLICES: slices_schema, PASSAGES: passages_schema}

_HEAP_BYTES = 96_000_000
"""What tantivy may hold in memory of documents not yet written, per index."""

_COUNTERS = ("stamp", "slice", "edition", "passage")


@dataclass
class _Pending:
    """A work that is written with the next commit."""

    version: int
    stamp: int
    columns: dict[str, Any] | None = None
    vocabulary: set[Spelling] = field(default_factory=set)
    editions: list[tuple[Any, ...]] = field(default_factory=list)
    title_words: list[tuple[str, int, int]] = field(default_factory=list)
    files: list[tuple[Any, ...]] = field(default_factory=list)
    passages: list[tuple[Any, ...]] = field(default_factory=list)


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
        self._pending: dict[int, _Pending] = {}
        self._garbage = [stamp for (stamp,) in self._store.execute("SELECT stamp FROM garbage")]
        self._added = False
        self.buffered = 0

    def add(self, record: Record) -> None:
        """Add, replace or remove a work with the next commit; an older version is ignored."""
        pending = self._pending.get(record.work)
        if record.version < (pending.version if pending else self._version(record.work)):
            return
        if pending:
            self._delete([pending.stamp])
        entry = _Pending(record.version, self._take("stamp"))
        if record.editions:
            with tantivy_errors("adding a work"):
                self._fill(entry, record)
            self._added = True
        self._pending[record.work] = entry

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
            [(self._next[counter], counter) for counter in _COUNTERS],
        )
        self._store.executemany(
            "INSERT INTO garbage VALUES (?)",
            [(entry.stamp,) for entry in self._pending.values() if entry.columns],
        )

    # What a record becomes.

    def _fill(self, entry: _Pending, record: Record) -> None:
        editions = [self._take("edition") for _ in record.editions]
        for number, edition in zip(editions, record.editions, strict=True):
            entry.editions.append((number, edition.slug, edition.title, edition.summary))
            entry.title_words.extend(_title_words(edition, number))
        slices = []
        for part in cut(record):
            ordinal = self._take("slice")
            slices.append((part.edition, ordinal, *visibility_row(part.visibility)))
            self._add_slice(entry, record, part, ordinal)
        entry.columns = _columns(record, editions, slices)
        for edition in record.editions:
            entry.files.extend(
                (record.work, file.number, file.label, file.format, file.locator_kind)
                for file in edition.files
            )

    def _add_slice(self, entry: _Pending, record: Record, part: Slice, ordinal: int) -> None:
        vocabulary = entry.vocabulary if is_public(part, record) else None
        document = tantivy.Document()
        document.add_unsigned("ordinal", ordinal)
        document.add_unsigned("stamp", entry.stamp)
        if part.with_page:
            edition = record.editions[part.edition]
            for name in ("title", "summary", "facts"):
                text = getattr(edition, name)
                _add_forms(document, name, [text_forms(text, edition.language, vocabulary)])
            document.add_text("author", names_text(record.authors))
            document.add_text("place", names_text(record.places))
        forms: list[TextForms] = []
        for one in part.texts:
            file = one.file.number if one.file else None
            for passage in one.passages:
                form = text_forms(passage.text, passage.language, vocabulary)
                self._add_passage(entry, (record.work, file, ordinal), passage, form)
                forms.append(form)
            forms.append(TextForms(GAP, GAP))
        _add_forms(document, "text", forms)
        self._writers[SLICES].add_document(document)

    def _add_passage(
        self,
        entry: _Pending,
        place: tuple[int, int | None, int],
        passage: Passage,
        forms: TextForms,
    ) -> None:
        """Add a passage; ``place`` is its work, its file and its slice."""
        work, file, part = place
        number = self._take("passage")
        document = tantivy.Document()
        document.add_unsigned("ordinal", number)
        document.add_unsigned("slice", part)
        document.add_unsigned("stamp", entry.stamp)
        _add_forms(document, "text", [forms])
        self._writers[PASSAGES].add_document(document)
        row = (passage.language, passage.locator, passage.heading, passage.text)
        entry.passages.append((number, work, file, *row))
        self.buffered += len(passage.text)

    # What a commit changes in SQLite.

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

    def _insert(self, work: int, entry: _Pending, change: int) -> None:
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


def _title_words(edition: EditionRecord, number: int) -> list[tuple[str, int, int]]:
    """The folded words of a title, each with the place where it stands first."""
    places: dict[str, int] = {}
    for token in fold(edition.title, language_key(edition.language)):
        places.setdefault(token.term, token.position)
    return [(word, number, place) for word, place in places.items()]


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


def _add_forms(document: tantivy.Document, part: str, forms: Sequence[TextForms]) -> None:
    for form in FORMS:
        text = " ".join(filter(None, (getattr(one, form) for one in forms)))
        if text:
            document.add_text(f"{part}_{form}", text)


def _columns(
    record: Record, editions: Sequence[int], slices: Sequence[tuple[Any, ...]]
) -> dict[str, Any]:
    """What readers hold in memory of a work: see `Columns`."""
    return {
        "date": record.date,
        "kind": [record.kind],
        "year": [] if record.year is None else [str(record.year)],
        "country": sorted(set(record.countries)),
        "theme": sorted(set(record.themes)),
        "organisation": sorted(set(record.organisations)),
        "editions": [
            (number, edition.language, *visibility_row(edition.visibility))
            for number, edition in zip(editions, record.editions, strict=True)
        ],
        "slices": slices,
        "files": [
            (index, file.language, *visibility_row(file.visibility))
            for index, edition in enumerate(record.editions)
            for file in edition.files
        ],
    }


def _range(rows: Sequence[tuple[Any, ...]]) -> tuple[int | None, int | None]:
    """The numbers of a work's rows: they were given one after the other."""
    return (rows[0][0], rows[-1][0] + 1) if rows else (None, None)


def _insert_rows(store: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        store.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608
