"""An index for each test, and questions to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from publications.access import Reader
from search.engine import audiences_for, get_engine
from search.indexing.rebuild import rebuild
from search.query import build_plan, parse

Find = Callable[..., list[int]]


@pytest.fixture
def no_index(settings, tmp_path: Path) -> Path:
    """A folder for the index, in which there is none yet."""
    settings.SEARCH_FOLDER = tmp_path / "search"
    return settings.SEARCH_FOLDER


@pytest.fixture
def index(no_index: Path, db: None) -> Path:
    """An empty index."""
    rebuild()
    return no_index


@pytest.fixture
def find(index: Path) -> Find:
    """The works that a question finds, for a reader (anonymous by default)."""

    def found(words: str, reader: Reader | None = None) -> list[int]:
        plan = build_plan(
            parse(words),
            language="en",
            audiences=audiences_for(reader or Reader()),
            now=int(time.time()),
            size=100,
        )
        return [hit.work for hit in get_engine().search(plan).hits]

    return found
