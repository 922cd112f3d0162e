"""What searches take while the encoder's server hangs: stopped by a signal, under eight clients."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings

from search.benchmark.embeddings import DIMENSIONS
from search.benchmark.questions import make_questions
from search.benchmark.searching import CLIENTS, Searching, asker, search_all
from search.benchmark.texts import Texts
from search.encoders.http import HttpEncoder, Server
from search.engines.base import Engine
from search.query_vectors import QueryVectors

STOPPED_QUESTIONS = 80


@dataclass(frozen=True, slots=True)
class Stopping:
    """Searches of several clients while a server answers, while it is stopped, and after."""

    before: Searching
    stopped: Searching
    after: Searching


def measure_stopping(engine: Engine, texts: Texts, works: int) -> Stopping:
    """Ask an engine by words, each search waiting for its vector as long as the budget allows."""
    budget = settings.SEARCH_QUERY_BUDGET_MS / 1000
    with _server() as (process, url):
        encoder = HttpEncoder(Server(url=url, model="none", dimensions=DIMENSIONS))
        vectors = QueryVectors(lambda: encoder)
        ask = asker(engine, None, lambda text: vectors.get(text, budget))

        def searches(part: str) -> Searching:
            questions = make_questions(texts, STOPPED_QUESTIONS, works, f"encoder: {part}")
            return search_all(ask, questions, CLIENTS)

        before = searches("before")
        process.send_signal(signal.SIGSTOP)
        stopped = searches("stopped")
        process.send_signal(signal.SIGCONT)
        return Stopping(before, stopped, searches("after"))


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server of embeddings in a process of its own, and the address of its API."""
    command = [sys.executable, "-m", "search.benchmark.embeddings"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - ours
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline())
            yield process, f"http://127.0.0.1:{port}/v1"
        finally:
            process.kill()
