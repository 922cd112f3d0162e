"""Searching as the results page does, and where the time goes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils import translation

from search.address import PAGE_SIZE, PASSAGES_PER_HIT
from search.asking import meant_text
from search.benchmark.measuring import Spread, in_threads
from search.benchmark.questions import Question
from search.engines.base import Engine, EngineUnavailable
from search.plan import Meant, Plan
from search.query import build_plan, parse
from search.query.concepts import Matcher
from search.query_vectors import QueryVector
from search.results import show_hits
from search.stages import stage, stages

CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Search:
    """The seconds of one search, and what it found.

    ``stages`` says where they went: "plan" reads and analyses the question, "vector" waits for
    what it means, "engine" is one call of the port (hits with passages, facets, total) without the
    parts that the engine names itself, "presenting" cuts and marks titles, summaries and passages.
    """

    seconds: float
    stages: Mapping[str, float]
    found: int
    without_vector: bool = False
    given_up: bool = False


Ask = Callable[[Question], Search]
Vector = Callable[[str], QueryVector]
"""What gives the vector of a question, as `search.query_vectors.query_vector`."""


@dataclass(frozen=True, slots=True)
class Searching:
    """Many searches one after another, or of several clients at a time.

    ``without_vector`` counts those that went on without the vector they asked for, ``given_up``
    those that the engine did not answer in the time it allows itself.
    """

    total: Spread
    stages: Mapping[str, Spread]
    per_second: float
    searches: int
    nothing_found: int
    without_vector: int
    given_up: int

    @classmethod
    def of(cls, searches: Sequence[Search], seconds: float) -> Searching:
        """What many searches come to, which took so many seconds together."""
        names = dict.fromkeys(name for one in searches for name in one.stages)
        return cls(
            total=Spread.of([one.seconds for one in searches]),
            stages={
                name: Spread.of([one.stages.get(name, 0.0) for one in searches]) for name in names
            },
            per_second=len(searches) / seconds,
            searches=len(searches),
            nothing_found=sum(not one.found and not one.given_up for one in searches),
            without_vector=sum(one.without_vector for one in searches),
            given_up=sum(one.given_up for one in searches),
        )


def asker(engine: Engine, matcher: Matcher | None = None, vector: Vector | None = None) -> Ask:
    """Asks an engine as the results page does: by words, and by concepts and meaning if given."""
    now = int(time.time())

    def ask(question: Question) -> Search:
        began = time.perf_counter()
        with translation.override(question.language), stages() as seconds:
            with stage("plan"):
                plan, text = _plan(question, now, matcher)
            with stage("vector"):
                found = vector(text) if vector and text else None
            if found is not None and found.vector is not None:
                meant = Meant(found.encoder, found.vector.astype("<f4").tobytes())
                plan = replace(plan, meant=meant)
            total = _answer(engine, plan, question)
        late = found is not None and found.vector is None
        took = time.perf_counter() - began
        return Search(took, dict(seconds), total or 0, late, given_up=total is None)

    return ask


def _answer(engine: Engine, plan: Plan, question: Question) -> int | None:
    """Search and present a page: how many works there are, nothing where the engine gives up."""
    try:
        with stage("engine"):
            results = engine.search(plan)
    except EngineUnavailable:
        return None
    with stage("presenting"):
        show_hits(results.hits, plan, question.text, (), {})
    return results.total


def _plan(question: Question, now: int, matcher: Matcher | None) -> tuple[Plan, str]:
    """The plan of a question without its meaning, and the text whose meaning it is."""
    parsed = parse(question.text)
    plan = build_plan(
        parsed,
        language=question.language,
        now=now,
        size=PAGE_SIZE,
        passages_per_hit=PASSAGES_PER_HIT,
        concepts=matcher.find(parsed) if matcher else (),
    )
    return plan, meant_text(parsed)


def search_all(ask: Ask, questions: Sequence[Question], clients: int) -> Searching:
    """Every question once, dealt out to clients that each have a thread of this process."""
    shares = [questions[client::clients] for client in range(clients)]

    def job(share: Sequence[Question]) -> Callable[[], list[Search]]:
        return lambda: [ask(question) for question in share]

    searches, seconds = in_threads([job(share) for share in shares])
    return Searching.of(searches, seconds)
