"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from tests.library import Library

pytest_plugins = [
    "tests.search.engines.elasticsearch_node",
    "tests.search.encoders.fixtures",
]

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def missing(what: str) -> None:
    """Skip because something is not here; fail where everything is required."""
    if REQUIRE_ALL:
        pytest.fail(f"REQUIRE_ALL=1, and {what} is missing")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder with corpus, hostile files and evaluation data."""
    folder = Path(os.environ.get("TEST_DATA") or ROOT.parent / "shared")
    if not (folder / "corpus").is_dir():
        missing(f"the test data (TEST_DATA={folder})")
    return folder


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request's language stays active in its thread; every test begins without it."""
    yield
    translation.deactivate()


@pytest.fixture
def library(db: None) -> Library:
    """An empty library in all locales, to put works into."""
    return Library.build()
