"""Works on the same subject, in any language: by the vectors that search compares."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

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


class AlikeWorks(NamedTuple):
    """The works most like one, the most alike first: none stands in both lists."""

    elsewhere: Sequence[Hit] = ()
    related: Sequence[Hit] = ()


def alike_works(
    work: int, language: str, reader: Reader, countries: Collection[str] = ()
) -> AlikeWorks:
    """The good practices of some countries, and other works; none while search rests.

    What is not visible to the reader plays no part, neither of the work nor of the others.
    """
    plan = Plan(language=language, audiences=audiences_for(reader), now=int(time.time()))
    try:
        engine = get_engine()
        with engine.answering():
            found = _alike(engine, work, plan)
            elsewhere = _practices(engine, found, plan, countries)
            shown = {hit.work for hit in elsewhere}
            others = [key for key in found if key not in shown]
            return AlikeWorks(elsewhere, _shown(engine, others[:RELATED], plan))
    except EngineUnavailable as error:
        logger.info("No related works are shown: %s", error)
        return AlikeWorks()


def _practices(
    engine: Engine, found: Sequence[int], plan: Plan, countries: Collection[str]
) -> list[Hit]:
    if not countries:
        return []
    filters = {"kind": frozenset({"good_practice"}), "country": frozenset(countries)}
    return _shown(engine, found[:LOOKED_THROUGH], replace(plan, filters=filters))[:ELSEWHERE]


def _alike(engine: Engine, work: int, plan: Plan) -> list[int]:
    statistics = engine.statistics()
    own = engine.meaning_of(work, plan) if statistics else ()
    if not own or statistics is None:
        return []
    meant = Meant(statistics.encoder, centre_of(own, plan.language).astype("<f4").tobytes())
    candidates = engine.candidates(replace(plan, meant=meant))
    return most_alike(statistics, own, candidates)


def _shown(engine: Engine, found: Sequence[int], plan: Plan) -> list[Hit]:
    """The works that were found and pass the plan's filters, in their order."""
    if not found:
        return []
    order = {number: place for place, number in enumerate(found)}
    shown = engine.search(
        replace(plan, works=frozenset(found), size=len(found), passages_per_hit=0)
    )
    return sorted(shown.hits, key=lambda hit: order[hit.work])
