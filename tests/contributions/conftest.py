"""Fixtures of what readers send."""

from __future__ import annotations

import pytest

from tests.contributions.union import Union
from tests.library import Library


@pytest.fixture
def union(library: Library) -> Union:
    """A union with its people."""
    return Union.of(library)
