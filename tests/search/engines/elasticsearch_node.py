"""Fixtures that give tests a real Elasticsearch.

``tests/conftest.py`` offers them to every test. Nodes are started once for a run of the tests, on
free ports with data of their own, and stopped and removed at its end. ``TEST_ELASTICSEARCH_URL``
names a node to use that runs already.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

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
    with own_name(name) as full_name:
        node = Node(full_name, free_port(), HEAP, secure)
        try:
            node.start(distribution)
            yield node
        finally:
            node.remove()


@contextmanager
def own_name(name: str) -> Iterator[str]:
    """A name for a node that no other node has; it stays ours as long as the context.

    A lock on a file says so. The system lets go of it when the process ends in whatever way, and it
    is seen by processes that do not see one another's numbers.
    """
    full_name = f"test-{name}-{secrets.token_hex(4)}"
    lock = _lock(full_name)
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        try:
            yield full_name
        finally:
            lock.unlink()


def remove_abandoned_nodes() -> None:
    """Stop and remove nodes whose run of the tests was killed before it could."""
    for lock in (home() / "nodes").glob("test-*.lock"):
        with suppress(FileNotFoundError, BlockingIOError), lock.open("r+") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            Node(lock.stem, 0).remove()
            lock.unlink()


def _lock(name: str) -> Path:
    return home() / "nodes" / f"{name}.lock"


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
