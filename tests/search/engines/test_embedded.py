"""The embedded engine: the contract, and what is its own (files, locks, crashes)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.engines.base import Engine
from search.engines.embedded import EmbeddedEngine
from tests.search.engines.contract import EngineContract


def new_engine(folder: Path) -> EmbeddedEngine:
    """An engine with an empty index."""
    engine = EmbeddedEngine(folder)
    engine.new_index().swap()
    return engine


class TestContract(EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def make_engine(cls, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Engine]:
        return lambda: new_engine(tmp_path_factory.mktemp("index"))

    @pytest.fixture
    def same_index(self) -> Callable[[Engine], Engine]:
        def second(engine: Engine) -> Engine:
            assert isinstance(engine, EmbeddedEngine)
            return EmbeddedEngine(engine.folder)

        return second
