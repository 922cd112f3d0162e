"""A cluster of three nodes with one replica, of which one is killed: ``make test-cluster``.

Runs for minutes and takes two gigabytes, so it is run when asked for alone.
"""

from __future__ import annotations

import itertools
import os
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Self

import pytest
from elasticsearch import ApiError, Elasticsearch, TransportError

from scripts.elasticsearch_node import Distribution, Node, free_port
from search.engines.elasticsearch import Connection, ElasticsearchEngine
from tests.search.engines.elasticsearch_node import HEAP, own_name, remove_abandoned_nodes
from tests.search.engines.making import make_edition, make_record, search
from tests.search.indexing.processes import wait_until

pytestmark = pytest.mark.skipif(
    os.environ.get("TEST_CLUSTER") != "1", reason="only when asked for: make test-cluster"
)

SITE_SECONDS = Connection(("http://localhost:9200",)).search_seconds
"""What the site waits for a search: then its readers get the catalogue."""

PATIENT_SECONDS = 30.0
"""What these searches wait: three nodes and their starting may take all that a machine has."""

STANDING = 50
"""Works that are there from the beginning and never change."""

BULK = 20
SEARCHERS = 2


class Cluster:
    """Three nodes that know each other, and the client that asks them of themselves."""

    def __init__(self, distribution: Distribution, names: list[str]) -> None:
        self._distribution = distribution
        transports = [free_port() for _ in names]
        shared = {
            "discovery.type": "multi-node",
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in transports),
            "cluster.initial_master_nodes": ",".join(names),
            "cluster.name": f"reslog-{names[0]}",
        }
        self.nodes = {
            name: Node(name, free_port(), HEAP, settings={**shared, "transport.port": str(port)})
            for name, port in zip(names, transports, strict=True)
        }
        self.urls = tuple(node.url for node in self.nodes.values())
        self._client = Elasticsearch(list(self.urls), request_timeout=30)

    def start(self) -> None:
        """Start the nodes that do not run; all at once, for none answers alone."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            starting = [
                pool.submit(node.start, self._distribution)
                for node in self.nodes.values()
                if node.process() is None
            ]
            for one in starting:
                one.result()
        wait_until(self._is_whole, 180)

    def remove(self) -> None:
        """Stop the nodes and remove what they hold."""
        self._client.close()
        for node in self.nodes.values():
            node.remove()

    def master(self) -> Node:
        """The node that the others have elected."""
        state = self._client.cluster.state(metric=["master_node", "nodes"])
        return self.nodes[state["nodes"][state["master_node"]]["name"]]

    def kill(self, node: Node) -> None:
        """End a node as a power cut does."""
        number = node.process()
        assert number is not None
        os.kill(number, signal.SIGKILL)
        wait_until(lambda: node.process() is None)

    def _is_whole(self) -> bool:
        try:
            health = self._client.cluster.health()
        except (ApiError, TransportError):
            return False
        return health["status"] == "green" and health["number_of_nodes"] == len(self.nodes)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with ExitStack() as undo:
        remove_abandoned_nodes()
        names = [undo.enter_context(own_name("cluster")) for _ in range(3)]
        cluster = Cluster(Distribution.provide(), names)
        undo.callback(cluster.remove)
        cluster.start()
        yield cluster


@pytest.fixture
def engine(cluster: Cluster) -> ElasticsearchEngine:
    """The engine as a site has it, on an index with works in it, and a replica of that."""
    engine = ElasticsearchEngine(
        Connection(cluster.urls, search_seconds=PATIENT_SECONDS),
        index_prefix=f"test-{secrets.token_hex(4)}",
    )
    fresh = engine.new_index()
    fresh.write(
        make_record(work, make_edition(title=f"Lighthouse {work}", body="It stands."))
        for work in range(STANDING)
    )
    fresh.swap()
    cluster.start()
    return engine


@dataclass
class Load:
    """Searches and bulk writes, from entering the context to leaving it."""

    engine: ElasticsearchEngine
    seconds: list[float] = field(default_factory=list)
    written: dict[int, int] = field(default_factory=dict)
    """The version of each work whose write was acknowledged."""
    errors: list[Exception] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._ended = threading.Event()
        roles = [*[self._search] * SEARCHERS, self._write]
        self._threads = [threading.Thread(target=self._repeat, args=(role,)) for role in roles]
        self._rounds = itertools.count(1)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def go_on(self, searches: int, writes: int) -> None:
        """Let so many more searches and bulks be done."""
        searched, written = len(self.seconds) + searches, len(self.written) + BULK * writes
        wait_until(lambda: len(self.seconds) >= searched and len(self.written) >= written)

    def _repeat(self, role: Callable[[], None]) -> None:
        while not self._ended.wait(0.02):
            try:
                role()
            except Exception as error:  # noqa: BLE001 - counted by the test
                self.errors.append(error)

    def _search(self) -> None:
        began = time.monotonic()
        found = search(self.engine, "lighthouse")
        self.seconds.append(time.monotonic() - began)
        assert found.total == STANDING

    def _write(self) -> None:
        version = next(self._rounds)
        numbers = range(1000 + version * BULK, 1000 + (version + 1) * BULK)
        edition = make_edition(title=f"Harbour {version}", body="It lies.")
        self.engine.write([make_record(work, edition, version=version) for work in numbers])
        self.written |= dict.fromkeys(numbers, version)


@pytest.mark.parametrize("which", ["master", "another"])
def test_killed_node_fails_no_search_and_loses_no_acknowledged_write(
    which: str, cluster: Cluster, engine: ElasticsearchEngine
) -> None:
    master = cluster.master()
    others = [node for node in cluster.nodes.values() if node != master]
    with Load(engine) as load:
        load.go_on(searches=20, writes=3)
        cluster.kill(master if which == "master" else others[0])
        load.go_on(searches=60, writes=10)
        cluster.start()
        load.go_on(searches=20, writes=3)
    times = sorted(load.seconds)
    middle, worst = times[len(times) // 2], times[-1]
    print(  # noqa: T201
        f"\n{which}: {len(times)} searches, median {middle:.2f} s, worst {worst:.2f} s; "
        f"{sum(one > SITE_SECONDS for one in times)} above {SITE_SECONDS} s; "
        f"{len(load.written)} works written; {len(load.errors)} errors"
    )
    assert load.errors == []
    held = dict(engine.versions())
    assert {work: held.get(work) for work in load.written} == load.written
    assert search(engine, "harbour").total == len(load.written)
