"""What the collector of memory is told."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from cms.memory import keep_loaded


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


def test_what_is_loaded_is_not_gone_through_again() -> None:
    keep_loaded()
    assert gc.get_freeze_count() > len(gc.get_objects())


def test_a_page_s_worth_of_objects_does_not_start_a_collection_again_and_again() -> None:
    keep_loaded()
    before = gc.get_stats()[0]["collections"]
    kept = [[number] for number in range(9_000)]
    assert gc.get_stats()[0]["collections"] - before <= 1
    del kept
