"""The SQLite file of a generation: everything but the words, and the moment a change happens."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from search.engines.base import EngineUnavailable, SchemaMismatch, VectorKind
from search.records import SCHEMA_VERSION

FORMAT = 2
"""Raised when the files of this engine change so that an index must be rebuilt."""

FILE_NAME = "columns.sqlite"
_BUSY_SECONDS = 20

# Rows of one work stand under numbers of one range, so that they go by range.
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE works (
    work INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    change INTEGER NOT NULL,
    stamp INTEGER NOT NULL,
    columns TEXT,
    vocabulary BLOB,
    first_edition INTEGER, end_edition INTEGER,
    first_passage INTEGER, end_passage INTEGER
);
CREATE INDEX works_by_change ON works (change);
CREATE TABLE editions (
    edition INTEGER PRIMARY KEY,
    slug TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL
);
CREATE TABLE title_words (
    word TEXT NOT NULL, edition INTEGER NOT NULL, place INTEGER NOT NULL,
    PRIMARY KEY (word, edition)
) WITHOUT ROWID;
CREATE INDEX title_words_by_edition ON title_words (edition);
CREATE TABLE files (
    work INTEGER NOT NULL, number INTEGER NOT NULL,
    label TEXT NOT NULL, format TEXT NOT NULL, locator_kind TEXT NOT NULL,
    PRIMARY KEY (work, number)
) WITHOUT ROWID;
CREATE TABLE passages (
    passage INTEGER PRIMARY KEY,
    work INTEGER NOT NULL, file INTEGER, language TEXT NOT NULL,
    locator INTEGER, heading TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TABLE vocabulary (
    word TEXT NOT NULL, written TEXT NOT NULL, works INTEGER NOT NULL, change INTEGER NOT NULL,
    PRIMARY KEY (word, written)
) WITHOUT ROWID;
CREATE INDEX vocabulary_by_change ON vocabulary (change);
CREATE TABLE garbage (stamp INTEGER PRIMARY KEY);
CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def create(folder: Path, vectors: VectorKind | None) -> None:
    """Make the file of a new generation, which holds vectors of one kind or none."""
    with connection(folder, mode="rwc") as store:
        store.execute("PRAGMA journal_mode = WAL")
        store.executescript(f"BEGIN; {_SCHEMA}")
        store.executemany(
            "INSERT INTO meta VALUES (?, ?)",
            [
                ("schema_version", SCHEMA_VERSION),
                ("format", FORMAT),
                ("change", 0),
                *((counter, 1) for counter in ("stamp", "slice", "edition", "passage")),
            ],
        )
        if vectors:
            write_note(store, "vectors", [vectors.encoder, vectors.dimensions])
        store.execute("COMMIT")


def connect(folder: Path, *, mode: str = "rw") -> sqlite3.Connection:
    """A connection in autocommit mode; a missing file is an error, not an empty database."""
    store = sqlite3.connect(
        f"{(folder / FILE_NAME).absolute().as_uri()}?mode={mode}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    store.execute("PRAGMA synchronous = FULL")
    return store


@contextmanager
def connection(folder: Path, *, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """A connection that is closed at the end."""
    store = connect(folder, mode=mode)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def transaction(store: sqlite3.Connection, kind: str = "DEFERRED") -> Iterator[None]:
    """All of it or nothing: commit at the end, roll back on any error."""
    store.execute(f"BEGIN {kind}")
    try:
        yield
    except BaseException:
        if store.in_transaction:
            store.execute("ROLLBACK")
        raise
    store.execute("COMMIT")


def check_schema(store: sqlite3.Connection) -> None:
    """Refuse an index that another version of the records or of this engine made."""
    meta = read_meta(store)
    if "schema_version" not in meta or "change" not in meta:
        raise EngineUnavailable("The search index was never finished. Rebuild it.")
    found, expected = (meta["schema_version"], meta["format"]), (SCHEMA_VERSION, FORMAT)
    if found != expected:
        raise SchemaMismatch(
            f"The search index has schema {found[0]}.{found[1]}, this version of the site needs "
            f"{expected[0]}.{expected[1]}. Rebuild it with `manage.py search_index rebuild`."
        )


def read_meta(store: sqlite3.Connection) -> dict[str, int]:
    """The counters and versions of a generation."""
    return dict(store.execute("SELECT key, value FROM meta"))


def write_note(store: sqlite3.Connection, key: str, value: Any) -> None:
    """Keep something that JSON can hold."""
    store.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, json.dumps(value)))


def read_note(store: sqlite3.Connection, key: str) -> str | None:
    """The JSON of what was kept, if anything was."""
    row = store.execute("SELECT value FROM notes WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else None


def read_kind(store: sqlite3.Connection) -> VectorKind | None:
    """The kind of vectors that a generation holds."""
    note = read_note(store, "vectors")
    return VectorKind(*json.loads(note)) if note else None


def read_change(store: sqlite3.Connection) -> int:
    """The number of the last change."""
    row = store.execute("SELECT value FROM meta WHERE key = 'change'").fetchone()
    if row is None:
        raise EngineUnavailable("The search index was never finished. Rebuild it.")
    return int(row[0])
