"""Works that the editors recommend for a question, shown above what was found.

They are rows of the database, so they are the same on every engine. Their phrases are compared
with the typed words as the labels of concepts are (`search.query.concepts`): the longest that
stands in the question counts, in any form of its words. Which work a reader sees is asked of the
engine, as for every other hit, so that nobody is recommended what they may not see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.utils import timezone

from search.address import Address
from search.asking import Asking
from search.engines.base import Engine, Hit, Results
from search.models import Promotion
from search.plan import Plan
from search.query import ParsedQuery
from search.query.concepts import Matcher

MAX_PROMOTED = 3
"""Recommended works on one page: more would push down what was found."""


def promoted_hits(
    address: Address, asking: Asking, found: Results, engine: Engine
) -> tuple[Hit, ...]:
    """The works recommended for a question, as its reader may see them.

    Only above the first page, in the order of relevance and without filters: there a reader looks
    for something else already. A work that is on the page anyway comes with its passages.
    """
    if not address.q or address.page > 1 or address.filters or address.sort != "relevance":
        return ()
    works = promoted_works(asking)
    there = {hit.work: hit for hit in found.hits}
    missing = [work for work in works if work not in there]
    if missing:
        there |= {hit.work: hit for hit in _look_up(missing, asking.plan, engine)}
    return tuple(there[work] for work in works if work in there)


def without_promoted(found: Results, promoted: Sequence[Hit]) -> Results:
    """The page without the hits that stand above it; their number in all stays."""
    works = {hit.work for hit in promoted}
    return replace(found, hits=tuple(hit for hit in found.hits if hit.work not in works))


def promoted_works(asking: Asking) -> list[int]:
    """The works that are recommended today for a question, phrases before concepts, each once."""
    current = Promotion.objects.current(timezone.localdate())
    rows = list(current.filter(language=asking.plan.language).select_related("edition", "concept"))
    named = {concept.slug for concept in asking.concepts}
    chosen = [
        *_by_phrase(rows, asking.parsed, asking.plan.language),
        *(row for row in rows if row.concept and row.concept.slug in named),
    ]
    return list(dict.fromkeys(row.edition.work_id for row in chosen))[:MAX_PROMOTED]


def _by_phrase(
    rows: Sequence[Promotion], parsed: ParsedQuery, language: str
) -> Iterator[Promotion]:
    phrases = {str(row.pk): row for row in rows if row.phrase}
    matcher = Matcher({key: {language: (row.phrase,)} for key, row in phrases.items()})
    for found in matcher.find(parsed):
        yield phrases[found.slug]


def _look_up(works: Sequence[int], plan: Plan, engine: Engine) -> tuple[Hit, ...]:
    """Those of some works that the reader of a plan may see."""
    everything = Plan(
        language=plan.language,
        audiences=plan.audiences,
        now=plan.now,
        size=len(works),
        passages_per_hit=0,
        works=frozenset(works),
    )
    return engine.search(everything).hits
