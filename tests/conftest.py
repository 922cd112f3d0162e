"""Fixtures of all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from tests.contributions.union import Union
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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The tests' database, with what the migrations put into it for every test.

    A test with transactions of its own empties all tables at its end. Django fills them again only
    before a test that asks for that, and relies on the order of tests for all others.
    """
    with django_db_blocker.unblock():
        contents = connection.creation.serialize_db_to_string()

    def empty_and_fill_again(_case: TransactionTestCase) -> None:
        # Numbers go on from where they were: on PostgreSQL they would meet those of the old rows.
        options = {"reset_sequences": False, "inhibit_post_migrate": True}
        call_command("flush", verbosity=0, interactive=False, **options)
        connection.creation.deserialize_db_from_string(contents)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_and_fill_again)
        yield


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A request's language stays active in its thread; every test begins without it."""
    yield
    translation.deactivate()


@pytest.fixture
def library(db: None) -> Library:
    """An empty library in all locales, to put works into."""
    return Library.build()


@pytest.fixture
def union(library: Library) -> Union:
    """A union with its people."""
    return Union.of(library)
