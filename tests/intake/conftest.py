"""Fixtures of the intake."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.intake.unions import Union
from tests.library import Library


@pytest.fixture
def union(library: Library, settings: Any, tmp_path: Path) -> Union:
    settings.MEDIA_ROOT = tmp_path / "files"
    return Union.build("marmara")


@pytest.fixture
def other_union(union: Union) -> Union:
    return Union.build("bekaa")
