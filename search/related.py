"""Works on the same subject, in any language: by the vectors that search compares."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

from publications.access import Reader
from search.engine import audiences_for, get_engine
from search.engines.base import Engine, EngineUnavailable, Hit
from search.plan import Meant, Plan
from search.ranking.related import centre_of, most_alike

logger = logging.getLogger(__name__)

RELATED = 4
"""Works that a page shows: a row of them."""


def related_works(work: int, language: str, reader: Reader, limit: int = RELATED) -> list[Hit]:
    """The works most like one that a reader sees, the most alike first; none while search rests.

    What is not visible to the reader plays no part, neither of the work nor of the others.
    """
    plan = Plan(language=language, audiences=audiences_for(reader), now=int(time.time()))
    try:
        engine = get_engine()
        with engine.answering():
            return _related(engine, work, plan, limit)
    except EngineUnavailable as error:
        logger.info("No related works are shown: %s", error)
        return []


def _related(engine: Engine, work: int, plan: Plan, limit: int) -> list[Hit]:
    statistics = engine.statistics()
    own = engine.meaning_of(work, plan) if statistics else ()
    if not own or statistics is None:
        return []
    meant = Meant(statistics.encoder, centre_of(own, plan.language).astype("<f4").tobytes())
    candidates = engine.candidates(replace(plan, meant=meant))
    found = most_alike(statistics, own, candidates)[:limit]
    if not found:
        return []
    shown = engine.search(replace(plan, works=frozenset(found), size=len(found)))
    order = {number: place for place, number in enumerate(found)}
    return sorted(shown.hits, key=lambda hit: order[hit.work])
