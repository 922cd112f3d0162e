"""Works on the same subject, in any language: by the vectors that search compares."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from publications.access import Reader
from search.engine import audiences_for, get_engine
from search.engines.base import Engine, EngineUnavailable, Hit
from search.plan import Meant, Plan
from search.ranking.related import centre_of, most_alike

logger = logging.getLogger(__name__)

RELATED = 4
"""Works that a page shows: a row of them."""


ELSEWHERE = 3
"""Practices of other countries that the page of a practice shows before them."""

LOOKED_THROUGH = 40
"""The most alike works among which those practices are looked for."""


def related_works(
    work: int, language: str, reader: Reader, without: Collection[int] = ()
) -> list[Hit]:
    """The works most like one that a reader sees, the most alike first; none while search rests.

    What is not visible to the reader plays no part, neither of the work nor of the others.
    ``without`` names works that the page shows already.
    """

    def choose(engine: Engine, plan: Plan) -> list[Hit]:
        found = [key for key in _alike(engine, work, plan) if key not in without]
        return _shown(engine, found[:RELATED], plan)

    return _asked(language, reader, choose)


def practices_elsewhere(
    work: int, countries: Collection[str], language: str, reader: Reader
) -> list[Hit]:
    """The good practices of some countries that are most like a work, in the same way."""
    filters = {"kind": frozenset({"good_practice"}), "country": frozenset(countries)}

    def choose(engine: Engine, plan: Plan) -> list[Hit]:
        found = _alike(engine, work, plan)[:LOOKED_THROUGH]
        return _shown(engine, found, replace(plan, filters=filters))[:ELSEWHERE]

    return _asked(language, reader, choose) if countries else []


def _asked(language: str, reader: Reader, choose: Callable[[Engine, Plan], list[Hit]]) -> list[Hit]:
    """What is chosen of an engine for a reader; nothing while it rests."""
    plan = Plan(language=language, audiences=audiences_for(reader), now=int(time.time()))
    try:
        engine = get_engine()
        with engine.answering():
            return choose(engine, plan)
    except EngineUnavailable as error:
        logger.info("No related works are shown: %s", error)
        return []


def _alike(engine: Engine, work: int, plan: Plan) -> list[int]:
    statistics = engine.statistics()
    own = engine.meaning_of(work, plan) if statistics else ()
    if not own or statistics is None:
        return []
    meant = Meant(statistics.encoder, centre_of(own, plan.language).astype("<f4").tobytes())
    candidates = engine.candidates(replace(plan, meant=meant))
    return most_alike(statistics, own, candidates)


def _shown(engine: Engine, found: list[int], plan: Plan) -> list[Hit]:
    """The works that were found and pass the plan's filters, in their order."""
    if not found:
        return []
    order = {number: place for place, number in enumerate(found)}
    shown = engine.search(
        replace(plan, works=frozenset(found), size=len(found), passages_per_hit=0)
    )
    return sorted(shown.hits, key=lambda hit: order[hit.work])
