"""A question's vector has a budget: whatever the encoder does, no search waits longer.

Waiting is counted, not timed: a search may wait once, for no longer than its budget.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from search.encoder import get_encoder
from search.encoders.base import Encoder, EncoderUnavailable, Vectors
from search.encoders.http import HttpEncoder, Server
from search.query_vectors import QueryVector, QueryVectors, query_vector
from tests.search.encoders.fixtures import EmbeddingsServer

BUDGET = 0.15
PATIENCE = 30.0
"""How long a test waits for what must happen in the end."""


class CountedWaits:
    """Waits as searches do, and keeps how long each was ready to."""

    def __init__(self) -> None:
        self.budgets: list[float] = []

    def __call__(self, event: threading.Event, seconds: float) -> bool:
        self.budgets.append(seconds)
        return event.wait(seconds)


class Gate:
    """An encoder in this process that encodes only while its gate is open."""

    name = "gate/1"
    dimensions = 4

    def __init__(self) -> None:
        self.open = threading.Event()
        self.asked: list[str] = []

    def queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        self.open.wait(PATIENCE)
        return np.full((len(texts), 4), 0.5, np.float32)

    passages = queries


@pytest.fixture
def waits() -> CountedWaits:
    return CountedWaits()


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


def eight_clients(ask: Callable[[int], QueryVector]) -> list[QueryVector]:
    with ThreadPoolExecutor(8) as clients:
        return list(clients.map(ask, range(8)))


def until_found(vectors: QueryVectors, text: str) -> QueryVector:
    for _ in range(int(PATIENCE / BUDGET)):
        found = vectors.get(text, BUDGET)
        if found.vector is not None:
            return found
        threading.Event().wait(0.05)
    pytest.fail(f"{text!r} got no vector: {found.reason}")


def test_a_vector_that_comes_in_time_is_used_and_remembered(
    gate: Gate, waits: CountedWaits
) -> None:
    gate.open.set()
    vectors = QueryVectors(lambda: gate, wait=waits)
    first = vectors.get("su", PATIENCE)
    again = vectors.get("su", PATIENCE)

    assert first.vector == pytest.approx([0.5] * 4)
    assert (first.encoder, first.late, first.reason) == ("gate/1", False, "")
    assert again is first
    assert gate.asked == ["su"]


def test_a_late_vector_goes_to_whoever_asks_next(gate: Gate, waits: CountedWaits) -> None:
    vectors = QueryVectors(lambda: gate, wait=waits)
    late = vectors.get("su", 0.01)
    gate.open.set()

    assert (late.vector, late.late, late.reason) == (None, True, "late")
    assert waits.budgets == [0.01]
    assert until_found(vectors, "su").vector is not None
    assert gate.asked == ["su"]


def test_eight_clients_wait_once_each_and_no_longer_than_their_budget(
    gate: Gate, waits: CountedWaits
) -> None:
    vectors = QueryVectors(lambda: gate, threads=2, waiting=3, wait=waits)
    for round_ in range(4):
        asked = len(waits.budgets)
        found = eight_clients(lambda client, r=round_: vectors.get(f"{r} {client}", BUDGET))
        assert all(one.vector is None and one.late for one in found)
        assert len(waits.budgets) - asked <= 8

    assert set(waits.budgets) == {BUDGET}
    # Two are being encoded and three wait; nobody else waits at all.
    assert len(waits.budgets) == 5
    gate.open.set()
    assert until_found(vectors, "later").vector is not None


def test_readers_who_ask_the_same_share_one_answer(gate: Gate, waits: CountedWaits) -> None:
    vectors = QueryVectors(lambda: gate, wait=waits)
    eight_clients(lambda client: vectors.get("su", 0.01))
    gate.open.set()
    until_found(vectors, "su")

    assert gate.asked == ["su"]


def test_without_a_budget_nobody_waits_but_the_vector_is_made(
    gate: Gate, waits: CountedWaits
) -> None:
    vectors = QueryVectors(lambda: gate, wait=waits)

    assert vectors.get("su", 0).reason == "late"
    assert waits.budgets == []
    gate.open.set()
    assert until_found(vectors, "su").vector is not None


def test_the_longest_unasked_is_forgotten_first(gate: Gate) -> None:
    gate.open.set()
    vectors = QueryVectors(lambda: gate, remembered=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        vectors.get(text, PATIENCE)

    assert gate.asked == ["a", "b", "c", "b"]


def test_vectors_of_a_replaced_encoder_are_forgotten(gate: Gate) -> None:
    gate.open.set()
    vectors = QueryVectors(lambda: gate)
    vectors.get("a", PATIENCE)
    gate.name = "gate/2"
    vectors.get("b", PATIENCE)

    assert vectors.get("a", PATIENCE).encoder == "gate/2"


def test_an_encoder_that_fails_is_asked_again() -> None:
    failing = [EncoderUnavailable("away"), RuntimeError("broken")]

    def encoder() -> Encoder | None:
        if failing:
            raise failing.pop()
        return None

    vectors = QueryVectors(encoder)
    reasons = [vectors.get("su", PATIENCE).reason for _ in range(3)]

    assert reasons == ["failed", "failed", "none"]


def test_a_site_without_an_encoder_says_so() -> None:
    assert query_vector("su", PATIENCE) == QueryVector(reason="none")


def test_a_server_that_stops_and_dies_holds_up_nobody(
    embeddings_server: EmbeddingsServer, waits: CountedWaits
) -> None:
    server = Server(embeddings_server.url, "plain", 8, query_timeout=2)
    encoder = HttpEncoder(server)
    vectors = QueryVectors(lambda: encoder, wait=waits)

    def searches(name: str) -> list[QueryVector]:
        """Five searches of each of eight clients; each must answer, having waited once at most."""
        before = len(waits.budgets)
        asked = [
            one
            for number in range(5)
            for one in eight_clients(lambda c, n=number: vectors.get(f"{name} {c} {n}", BUDGET))
        ]
        assert len(asked) == 40
        assert len(waits.budgets) - before <= 40
        return asked

    until_found(vectors, "before")
    embeddings_server.send(signal.SIGSTOP)
    stopped = searches("stopped")
    assert all(one.vector is None for one in stopped)
    assert {one.reason for one in stopped} >= {"late", "busy"}
    assert vectors.get("before", BUDGET).vector is not None

    embeddings_server.kill()
    assert all(one.vector is None for one in searches("dead"))

    embeddings_server.start()
    assert until_found(vectors, "after").vector is not None
    assert set(waits.budgets) == {BUDGET}


def test_a_stopped_server_that_goes_on_answers_again(
    embeddings_server: EmbeddingsServer, waits: CountedWaits
) -> None:
    encoder = HttpEncoder(Server(embeddings_server.url, "plain", 8, query_timeout=PATIENCE))
    vectors = QueryVectors(lambda: encoder, wait=waits)
    embeddings_server.send(signal.SIGSTOP)
    assert vectors.get("su", BUDGET).reason == "late"
    embeddings_server.send(signal.SIGCONT)

    assert until_found(vectors, "su").vector is not None


def test_a_question_does_not_wait_behind_passages(fast_encoder: None) -> None:
    encoder = get_encoder()
    assert encoder is not None
    vectors = QueryVectors(get_encoder)
    passages = [f"{number} belediye meclisi su hattı " * 40 for number in range(64)]
    with ThreadPoolExecutor(1) as worker:
        batch = worker.submit(encoder.passages, passages)
        answered = 0
        while not batch.done():
            answered += vectors.get(f"soru {answered}", PATIENCE).vector is not None
        assert len(batch.result()) == 64
    assert answered > 3


def test_a_search_goes_on_beside_a_long_batch_within_its_budget(
    fast_encoder: None, waits: CountedWaits
) -> None:
    encoder = get_encoder()
    assert encoder is not None
    vectors = QueryVectors(get_encoder, wait=waits)
    with ThreadPoolExecutor(1) as worker:
        batch: Any = worker.submit(encoder.passages, ["su hattı " * 200] * 32)
        found = [
            one
            for number in range(3)
            for one in eight_clients(lambda c, n=number: vectors.get(f"{c} {n}", BUDGET))
        ]
        batch.result()

    assert all(one.vector is not None or one.late for one in found)
    assert len(waits.budgets) <= len(found)
    assert set(waits.budgets) <= {BUDGET}
