"""Searching as the results page does, and where the time goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from django.utils import translation

from search.address import PAGE_SIZE, PASSAGES_PER_HIT
from search.benchmark.measuring import Spread, in_threads
from search.benchmark.questions import Question
from search.engines.base import Engine
from search.query import build_plan, parse
from search.results import show_hits

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Search:
    """The seconds of one search, stage by stage, and how many works it found.

    ``planning`` reads and analyses the question, ``engine`` is one call of the port (hits with
    passages, facets, total), ``presenting`` cuts and marks titles, summaries and passages.
    """

    planning: float
    engine: float
    presenting: float
    found: int

    @property
    def seconds(self) -> float:
        return self.planning + self.engine + self.presenting


Ask = Callable[[Question], Search]


@dataclass(frozen=True, slots=True)
class Searching:
    """Many searches one after another, or of several clients at a time."""

    total: Spread
    planning: Spread
    engine: Spread
    presenting: Spread
    per_second: float
    searches: int
    nothing_found: int

    @classmethod
    def of(cls, searches: Sequence[Search], seconds: float) -> Searching:
        return cls(
            total=Spread.of([one.seconds for one in searches]),
            planning=Spread.of([one.planning for one in searches]),
            engine=Spread.of([one.engine for one in searches]),
            presenting=Spread.of([one.presenting for one in searches]),
            per_second=len(searches) / seconds,
            searches=len(searches),
            nothing_found=sum(not one.found for one in searches),
        )


def asker(engine: Engine) -> Ask:
    """Asks an engine as the results page does."""
    now = int(time.time())

    def ask(question: Question) -> Search:
        with translation.override(question.language):
            times = [time.perf_counter()]
            plan = build_plan(
                parse(question.text),
                language=question.language,
                now=now,
                size=PAGE_SIZE,
                passages_per_hit=PASSAGES_PER_HIT,
            )
            times.append(time.perf_counter())
            results = engine.search(plan)
            times.append(time.perf_counter())
            show_hits(results.hits, plan, question.text, ())
            times.append(time.perf_counter())
        planning, asking, presenting = (after - before for before, after in pairwise(times))
        return Search(planning, asking, presenting, results.total)

    return ask


def search_all(ask: Ask, questions: Sequence[Question], clients: int) -> Searching:
    """Every question once, dealt out to clients that each have a thread of this process."""
    shares = [questions[client::clients] for client in range(clients)]

    def job(share: Sequence[Question]) -> Callable[[], list[Search]]:
        return lambda: [ask(question) for question in share]

    searches, seconds = in_threads([job(share) for share in shares])
    return Searching.of(searches, seconds)
