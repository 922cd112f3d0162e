"""The engine on a real Elasticsearch: the contract, and what is its own."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

import pytest
from elasticsearch import Elasticsearch

from search.engines.base import Engine
from search.engines.elasticsearch import Connection, ElasticsearchEngine
from tests.search.engines.contract import EngineContract
from tests.search.engines.elasticsearch_node import elasticsearch_node, elasticsearch_url

__all__ = ["elasticsearch_node", "elasticsearch_url"]

PATIENT_SECONDS = 30.0
"""Where no deadline is tested a search may take its time: the machine has other things to do."""

NewEngine = Callable[[], ElasticsearchEngine]


def connect(url: str, prefix: str, **waiting: float) -> ElasticsearchEngine:
    """An engine on the indexes of a prefix."""
    waiting.setdefault("search_seconds", PATIENT_SECONDS)
    return ElasticsearchEngine(Connection((url,), **waiting), index_prefix=prefix)


@pytest.fixture(scope="class")
def prefix_of_class() -> str:
    """Begins the names of all indexes of one test class."""
    return f"test-{secrets.token_hex(4)}"


@pytest.fixture(scope="class")
def new_engine(elasticsearch_url: str, prefix_of_class: str) -> Iterator[NewEngine]:
    """Makes engines, each with an empty index of its own; they are removed at the end."""
    made: list[ElasticsearchEngine] = []

    def make() -> ElasticsearchEngine:
        prefix = f"{prefix_of_class}-{len(made)}"
        engine = connect(elasticsearch_url, prefix)
        engine.new_index().swap()
        made.append(engine)
        return engine

    yield make
    indices = Elasticsearch(elasticsearch_url).indices
    if names := list(indices.get(index=f"{prefix_of_class}-*")):
        indices.delete(index=names)


class TestContract(EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def make_engine(cls, new_engine: NewEngine) -> Callable[[], Engine]:
        return new_engine

    @pytest.fixture
    def same_index(self, elasticsearch_url: str) -> Callable[[Engine], Engine]:
        def second(engine: Engine) -> Engine:
            assert isinstance(engine, ElasticsearchEngine)
            return connect(elasticsearch_url, engine.index_prefix)

        return second
