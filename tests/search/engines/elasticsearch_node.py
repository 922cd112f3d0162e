"""Fixtures that give tests a real Elasticsearch.

``tests/conftest.py`` offers them to every test. Nodes are started once for a run of the tests, on
free ports with data of their own, and stopped and removed at its end. ``TEST_ELASTICSEARCH_URL``
names a node to use that runs already.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scripts.elasticsearch_node import Distribution, Node, NotAvailable, free_port
from scripts.elasticsearch_node.places import home
from tests.conftest import missing

HEAP = "512m"


@contextmanager
def running_node(name: str, *, secure: bool = False) -> Iterator[Node]:
    """A node that runs as long as the context; skips the test where none can be had."""
    remove_abandoned_nodes()
    try:
        distribution = Distribution.provide()
    except NotAvailable as problem:
        what, *_ = str(problem).splitlines()
        missing(f"Elasticsearch ({what.rstrip('.:')}; `make elasticsearch` says how)")
    node = Node(f"test-{name}-{os.getpid()}", free_port(), HEAP, secure)
    try:
        node.start(distribution)
        yield node
    finally:
        node.remove()


def remove_abandoned_nodes() -> None:
    """Stop and remove nodes whose run of the tests was killed before it could."""
    for folder in home().glob("nodes/test-*"):
        try:
            os.kill(int(folder.name.rpartition("-")[2]), 0)
        except ProcessLookupError:
            Node(folder.name, 0).remove()
        except PermissionError:
            continue


@pytest.fixture(scope="session")
def elasticsearch_node() -> Iterator[Node]:
    """A node of this run's own, to be stopped, frozen or looked into."""
    with running_node("plain") as node:
        yield node


@pytest.fixture(scope="session")
def secure_elasticsearch_node() -> Iterator[Node]:
    """A node with TLS and a password (``node.security``)."""
    with running_node("secure", secure=True) as node:
        yield node


@pytest.fixture(scope="session")
def elasticsearch_url(request: pytest.FixtureRequest) -> str:
    """The address of a node without security."""
    if url := os.environ.get("TEST_ELASTICSEARCH_URL"):
        return url
    node: Node = request.getfixturevalue("elasticsearch_node")
    return node.url
