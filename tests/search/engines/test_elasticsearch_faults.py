"""A site at work while a real node stops, hangs, refuses writes or starts again.

Readers always get an answer, editors always can save, and when the node is back everything
arrives. The times that readers waited are printed (``pytest -s``).
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from elasticsearch import Elasticsearch

from scripts.elasticsearch_node import Distribution, Node
from search import engine as engine_of_site
from search.engine import elasticsearch_connection, get_engine
from search.engines.base import IndexBlocked
from search.engines.elasticsearch import ElasticsearchEngine
from search.engines.elasticsearch import client as elasticsearch_client
from search.indexing.check import compare
from search.indexing.drain import drain
from search.indexing.rebuild import rebuild
from search.models import OutboxEntry
from tests.library import Library
from tests.search.engines.elasticsearch_node import running_node
from tests.search.engines.load import Answer, Load, Saved, ask, database_in_a_file
from tests.search.indexing.processes import wait_until

WORD = "lighthouses"
PREFIX = f"test-{secrets.token_hex(4)}"
PROMISED_SECONDS = 2.0
"""Within this time a reader has an answer, whatever the node does."""

PATIENT_SECONDS = 60.0
"""What a search may take where it must not give up: the machine has other things to do."""

Fault = Callable[[Node], AbstractContextManager[None]]


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A node that nobody else uses."""
    with running_node("faults") as node:
        yield node


@pytest.fixture(scope="module")
def node_client(node: Node) -> Iterator[Elasticsearch]:
    """The node, past the site."""
    with Elasticsearch(node.url, request_timeout=60) as client:
        yield client


@pytest.fixture
def library(
    node: Node, node_client: Elasticsearch, tmp_path: Path, settings: Any, transactional_db: None
) -> Iterator[Library]:
    """A library of some works, searched on the node, in a database that threads may use."""
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.ELASTICSEARCH_URL = [node.url]
    settings.ELASTICSEARCH_INDEX_PREFIX = PREFIX
    with database_in_a_file(tmp_path):
        library = Library.build()
        for number in range(5):
            library.edition(f"Lighthouses {number}", body="<p>They stand at the harbour.</p>")
        rebuild()
        yield library
    node_client.indices.delete(index=sorted(node_client.indices.get(index=f"{PREFIX}-*")))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Searches that wait for a slow machine."""
    connection = replace(elasticsearch_connection(), search_seconds=PATIENT_SECONDS)
    monkeypatch.setattr(engine_of_site, "elasticsearch_connection", lambda: connection)


@contextmanager
def stopped(node: Node) -> Iterator[None]:
    """The node is down."""
    node.stop()
    try:
        yield
    finally:
        node.start(Distribution.provide())


@contextmanager
def frozen(node: Node) -> Iterator[None]:
    """The node takes connections and does not answer."""
    number = node.process()
    assert number is not None
    os.kill(number, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(number, signal.SIGCONT)
        node.wait()


@contextmanager
def blocked(node: Node, name: str) -> Iterator[None]:
    """The index refuses writes by one of its settings."""
    with Elasticsearch(node.url, request_timeout=60) as client:
        client.indices.put_settings(index=f"{PREFIX}-*", settings={f"index.blocks.{name}": True})
        try:
            yield
        finally:
            free = {f"index.blocks.{name}": None}
            client.indices.put_settings(index=f"{PREFIX}-*", settings=free)


def read_only(node: Node) -> AbstractContextManager[None]:
    """The index is read-only."""
    return blocked(node, "read_only")


def read_only_allow_delete(node: Node) -> AbstractContextManager[None]:
    """The index is as a full disk leaves it."""
    return blocked(node, "read_only_allow_delete")


@contextmanager
def disk_full(node: Node) -> Iterator[None]:
    """The node finds its disk full, and blocks and frees the index by itself."""
    watermark = "cluster.routing.allocation.disk.watermark"
    full: dict[str, Any] = {f"{watermark}.{name}": "9pb" for name in ("low", "high", "flood_stage")}
    settings = {**full, "cluster.info.update.interval": "10s"}

    def is_blocked() -> bool:
        found = client.indices.get_settings(index=f"{PREFIX}-*", flat_settings=True)
        block = "index.blocks.read_only_allow_delete"
        return any(index["settings"].get(block) == "true" for index in found.values())

    with Elasticsearch(node.url, request_timeout=60) as client:
        client.cluster.put_settings(persistent=settings)
        try:
            wait_until(is_blocked)
            yield
        finally:
            client.cluster.put_settings(persistent=dict.fromkeys(full))
            wait_until(lambda: not is_blocked())
            client.cluster.put_settings(persistent=dict.fromkeys(settings))


def all_wait(saved: list[Saved]) -> bool:
    """Whether each of some works has a change in the outbox."""
    works = {one.work for one in saved}
    return works <= set(OutboxEntry.objects.pending().values_list("work", flat=True))


def everything_arrives(saved: list[Saved]) -> None:
    """What waits is written, and readers find it."""
    drain(wait=120, retries=True)
    assert not OutboxEntry.objects.pending().exists()
    assert not compare(wait=120).works
    client = Client()
    for one in saved:
        wait_until(lambda one=one: is_found(client, one))


def is_found(client: Client, one: Saved) -> bool:
    """Whether a search finds a work by its word, in the index and not in the catalogue."""
    answer = ask(client, one.word)
    return answer.works == (one.work,) and not answer.resting


def report(what: str, answers: list[Answer]) -> None:
    """Print how long readers waited: on a busy machine that is no matter of passing."""
    times = sorted(answer.seconds for answer in answers)
    middle, worst = times[len(times) // 2], times[-1]
    print(f"\n{what}: {len(times)} answers, median {middle:.2f} s, worst {worst:.2f} s")  # noqa: T201


@pytest.mark.parametrize("fault", [stopped, frozen])
def test_node_that_does_not_answer_leaves_the_catalogue_and_the_outbox(
    fault: Fault, node: Node, library: Library
) -> None:
    assert elasticsearch_connection().search_seconds <= 0.75 * PROMISED_SECONDS
    with Load(library, WORD) as load:
        load.next_answers(4)
        load.next_saved(1)
        with fault(node):
            saved = load.next_saved(3)
            answers = load.next_answers(6)
            assert all_wait(saved)
        wait_until(lambda: not load.next_answers(1)[-1].resting)
    assert not load.errors
    assert {answer.status for answer in load.answers} == {200}
    assert all(answer.resting for answer in answers)
    assert {len(answer.works) for answer in load.answers} == {5}
    report(fault.__name__, answers)
    everything_arrives(load.saved)


def test_node_that_hangs_between_the_questions_of_a_page_leaves_the_catalogue(
    node: Node, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The first question may take a slow machine's time; there must be time left when it is frozen.
    connection = replace(elasticsearch_connection(), search_seconds=10)
    monkeypatch.setattr(engine_of_site, "elasticsearch_connection", lambda: connection)
    spell, budgets = ElasticsearchEngine.spell, set()

    def spell_frozen(engine: ElasticsearchEngine, words: Sequence[str]) -> Mapping[str, str]:
        with frozen(node):
            return spell(engine, words)

    def reading(client: elasticsearch_client.Client, doing: str) -> elasticsearch_client.Budget:
        budgets.add(budget := make_budget(client, doing))
        return budget

    make_budget = elasticsearch_client.Client.reading
    monkeypatch.setattr(elasticsearch_client.Client, "reading", reading)
    monkeypatch.setattr(ElasticsearchEngine, "spell", spell_frozen)
    answer = ask(Client(), "lighthousse")
    assert (answer.status, answer.resting) == (200, True)
    assert len(budgets) == 2
    assert len({budget.ends for budget in budgets}) == 1


@pytest.mark.parametrize("fault", [read_only, read_only_allow_delete, disk_full])
def test_index_that_refuses_writes_is_searched_and_the_outbox_waits(
    fault: Fault, node: Node, library: Library, patient: None
) -> None:
    with Load(library, WORD) as load:
        load.next_answers(4)
        with fault(node):
            saved = load.next_saved(3)
            answers = load.next_answers(6)
            assert all_wait(saved)
        load.next_answers(2)
    assert not load.errors
    assert {answer.status for answer in load.answers} == {200}
    assert not any(answer.resting for answer in load.answers)
    assert {len(answer.works) for answer in load.answers} == {5}
    report(fault.__name__, answers)
    everything_arrives(load.saved)


def test_works_are_not_held_to_be_at_fault_for_an_index_that_refuses_writes(
    node: Node, library: Library, patient: None
) -> None:
    with read_only_allow_delete(node), Load(library, WORD) as load:
        saved = load.next_saved(3)
        load.next_answers(2)
    entries = OutboxEntry.objects.filter(work__in=[one.work for one in saved])
    assert {(entry.attempts, entry.next_try) for entry in entries} == {(0, None)}
    drain(wait=120)
    assert not OutboxEntry.objects.pending().exists()


def test_rebuild_is_not_noticed_by_readers_and_editors(library: Library, patient: None) -> None:
    with Load(library, WORD) as load:
        load.next_answers(2)
        for _ in range(2):
            rebuild()
            load.next_answers(2)
            load.next_saved(1)
    assert not load.errors
    assert {answer.status for answer in load.answers} == {200}
    assert sum(answer.resting for answer in load.answers) == 0
    assert {len(answer.works) for answer in load.answers} == {5}
    report("rebuild", load.answers)
    everything_arrives(load.saved)


def test_rebuild_that_fails_leaves_the_old_index_serving(
    library: Library, node_client: Elasticsearch, patient: None
) -> None:
    before = set(node_client.indices.get(index=f"{PREFIX}-*"))

    def block_new_index(_done: int, _total: int) -> None:
        new = set(node_client.indices.get(index=f"{PREFIX}-*")) - before
        block = {"index.blocks.read_only_allow_delete": True}
        node_client.indices.put_settings(index=sorted(new), settings=block)

    with Load(library, WORD) as load:
        load.next_answers(2)
        with pytest.raises(IndexBlocked):
            rebuild(block_new_index)
        load.next_answers(2)
        load.next_saved(1)
    assert not load.errors
    assert sum(answer.resting for answer in load.answers) == 0
    assert {len(answer.works) for answer in load.answers} == {5}
    assert set(node_client.indices.get(index=f"{PREFIX}-*")) == before
    assert get_engine().status().name in before
    everything_arrives(load.saved)
