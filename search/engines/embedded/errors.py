"""What tantivy, SQLite and the file system raise, as the port's errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from search.engines.base import EngineUnavailable, IndexLocked

_REBUILD = "Rebuild it with `manage.py search_index rebuild`."


@contextmanager
def unavailable_on_error(doing: str) -> Iterator[None]:
    """Turn errors of the index's files into `EngineUnavailable`, saying what was being done."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise EngineUnavailable(f"The search index failed while {doing}: {error}.") from error


@contextmanager
def tantivy_errors(doing: str) -> Iterator[None]:
    """Around calls of tantivy alone: it raises ``ValueError``, and panics on damaged files."""
    try:
        yield
    except (ValueError, OSError) as error:
        if "LockBusy" in str(error):
            raise IndexLocked("Another process is writing to the search index.") from error
        raise EngineUnavailable(f"The word index failed while {doing}: {error}.") from error
    except BaseException as error:
        # pyo3's PanicException derives from BaseException and cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        message = f"The word index is damaged (seen while {doing}). {_REBUILD}"
        raise EngineUnavailable(message) from error
