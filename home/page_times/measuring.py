"""Asking for pages, and what they took."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from home.page_times.pages import PageKind
from publications.access import Reader
from search.address import Address
from search.asking import ask
from search.benchmark.measuring import Spread
from search.engine import get_engine

WARM = 4
"""Pages of each kind that are asked for before it counts."""


class NoPage(Exception):
    """An address did not answer with a page; the message says which."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a kind of page takes: in all, without the search in it, and in queries of the database.

    ``processor`` leaves out the time in which other programs had the processor; ``queries`` is
    the most that one of its pages needed.
    """

    name: str
    whole: Spread
    processor: Spread
    without_search: Spread | None
    queries: int


def measure(kind: PageKind, client: Client) -> Measured:
    """Ask for every address of a kind, one after another, by one reader who is not logged in.

    The search alone is run right after its page, in the same way; its time is taken off that
    page's.
    """
    for address in kind.addresses[:WARM]:
        _ask(client, address)
    whole, busy, rest = [], [], []
    for address in kind.addresses:
        took, processor = _seconds(partial(_ask, client, address))
        whole.append(took)
        busy.append(processor)
        if kind.searches:
            rest.append(max(processor - _seconds(partial(_search, address))[1], 0.0))
    queries = max(_queries(client, address) for address in kind.addresses[:WARM])
    spread = Spread.of(rest) if rest else None
    return Measured(kind.name, Spread.of(whole), Spread.of(busy), spread, queries)


def _seconds(do: Callable[[], object]) -> tuple[float, float]:
    """How long something takes: by the clock, and of this process's time on the processor."""
    began, began_busy = time.perf_counter(), time.process_time()
    do()
    return time.perf_counter() - began, time.process_time() - began_busy


def _ask(client: Client, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise NoPage(f"{address} answered {response.status_code}.")


def _search(address: str) -> None:
    """The search of an address of the results page, as the page does it."""
    parts = urlsplit(address)
    code = parts.path.split("/")[1]
    with translation.override(code):
        asking = ask(Address.read(QueryDict(parts.query)), code, Reader())
        engine = get_engine()
        with engine.answering():
            engine.search(asking.plan)


def _queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        _ask(client, address)
    return len(captured)


def table(measured: list[Measured]) -> str:
    """The figures as a table of Markdown, in milliseconds."""
    lines = [
        "| page | p50 | p95 | processor p50 | p95 | p95 without the search | queries |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in measured:
        rest = f"{row.without_search.p95:.0f}" if row.without_search else ""
        spreads = (row.whole.p50, row.whole.p95, row.processor.p50, row.processor.p95)
        figures = " | ".join(f"{milliseconds:.0f}" for milliseconds in spreads)
        lines.append(f"| {row.name} | {figures} | {rest} | {row.queries} |")
    return "\n".join(lines) + "\n"
