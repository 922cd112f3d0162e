"""Which works match a plan, in which order, and what their facets count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from search.engines.elasticsearch.asking import NEWEST_FIRST, Request, ask
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.facets import chosen_filters, count_facets, read_facets
from search.engines.elasticsearch.hits import FoundWork
from search.engines.elasticsearch.mapping import LARGEST_WINDOW, language_key
from search.engines.elasticsearch.query import (
    EDITIONS,
    Query,
    matching_editions,
    matching_works,
    nested,
    visible,
)
from search.engines.elasticsearch.ranked import Ranked
from search.plan import Plan


@dataclass(frozen=True, slots=True)
class Selection:
    """The result set of a plan, and the works of the page that it asks for."""

    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    page: tuple[FoundWork, ...]


def select(budget: Budget, index: str, plan: Plan, ranked: Ranked | None = None) -> Selection:
    """Run a plan, without what its hits show. ``ranked`` are works that come first, and match."""
    by_meaning = ranked.ranking.by_meaning if ranked else frozenset()
    whole = _whole(plan, by_meaning)
    if plan.sort == "title" and plan.size > 0:
        answer, *pages = ask(budget, index, [whole, *_by_title(plan, by_meaning)])
        page = [_found(hit) for hit in _merged(pages, plan)]
    elif plan.sort == "relevance" and ranked:
        head = [FoundWork(one.work, one.score) for one in ranked.passing]
        head = head[plan.offset : plan.offset + plan.size]
        answer, *pages = ask(budget, index, [whole, *_after_ranked(plan, ranked, len(head))])
        page = head + [_found(hit) for one in pages for hit in one["hits"]["hits"]]
    else:
        (answer,) = ask(budget, index, [whole | _page(plan, plan.offset, plan.size)])
        page = [_found(hit) for hit in answer["hits"]["hits"]]
    return Selection(
        total=answer["hits"]["total"]["value"],
        facets=read_facets(answer["aggregations"]),
        page=tuple(page),
    )


def _found(hit: Mapping[str, Any]) -> FoundWork:
    return FoundWork(int(hit["_id"]), hit["_score"] or 0.0)


def _whole(plan: Plan, by_meaning: frozenset[int]) -> Request:
    """The whole result set: total and facets."""
    return {
        "query": matching_works(plan, by_meaning),
        "post_filter": {"bool": {"filter": list(chosen_filters(plan).values())}},
        "aggs": count_facets(plan),
        "track_total_hits": True,
        "size": 0,
    }


def _page(plan: Plan, offset: int, size: int) -> Request:
    """A page by relevance or date; it is empty where nobody pages to."""
    if plan.offset + plan.size > LARGEST_WINDOW:
        return {"size": 0}
    by_score = [] if plan.sort == "date" else [{"_score": "desc"}]
    return {
        "sort": [*by_score, *NEWEST_FIRST],
        "track_scores": True,
        "from": offset,
        "size": size,
        "_source": False,
    }


def _after_ranked(plan: Plan, ranked: Ranked, taken: int) -> list[Request]:
    """The rest of a page, from works that only their words find and that were not ranked."""
    if ranked.complete or taken == plan.size:
        return []
    done = [one.work for one in ranked.ranking.works]
    query = {
        "must": matching_works(plan),
        "filter": list(chosen_filters(plan).values()),
        "must_not": {"terms": {"work": done}},
    }
    offset = max(0, plan.offset - len(ranked.passing))
    page = _page(plan, offset, plan.size - taken)
    return [{"query": {"bool": query}, "track_total_hits": False, **page}]


# A work stands in the order of titles by its edition in the reader's language, and without one
# by the first of the titles that match, or of all where its words do not match. No sort can say
# that, so each order is asked for.


def _by_title(plan: Plan, by_meaning: frozenset[int]) -> list[Request]:
    own = {"bool": {"filter": [*visible(EDITIONS, plan), _in_language(plan)]}}
    filters = list(chosen_filters(plan).values())
    with_own = {
        "must": matching_works(plan, by_meaning),
        "filter": [*filters, nested(EDITIONS, own)],
    }
    without = {"filter": filters, "must_not": [nested(EDITIONS, own)]}
    orders = [
        _sorted_by_title(plan, with_own, own),
        _sorted_by_title(plan, {**without, "must": matching_works(plan)}, matching_editions(plan)),
    ]
    if by_meaning:
        meant = {"terms": {"work": sorted(by_meaning)}}
        others = {
            "must": meant,
            "filter": filters,
            "must_not": [nested(EDITIONS, own), matching_works(plan)],
        }
        seen = {"bool": {"filter": visible(EDITIONS, plan)}}
        orders.append(_sorted_by_title(plan, others, seen))
    return orders


def _in_language(plan: Plan) -> Query:
    return {"term": {f"{EDITIONS}.language": plan.language}}


def _sorted_by_title(plan: Plan, works: Query, editions: Query) -> Request:
    """The works up to the end of the page, by the first title of some of their editions."""
    key = f"{EDITIONS}.title_key.{language_key(plan.language)}"
    nesting = {"path": EDITIONS, "filter": editions}
    end = plan.offset + plan.size
    return {
        "query": {"bool": works},
        "sort": [{key: {"order": "asc", "mode": "min", "nested": nesting}}, {"work": "asc"}],
        "track_scores": True,
        "track_total_hits": False,
        "size": end if end <= LARGEST_WINDOW else 0,
        "_source": False,
    }


def _merged(answers: list[Mapping[str, Any]], plan: Plan) -> list[Mapping[str, Any]]:
    orders = (answer["hits"]["hits"] for answer in answers)
    merged = merge(*orders, key=lambda hit: hit["sort"])
    return list(islice(merged, plan.offset, plan.offset + plan.size))
