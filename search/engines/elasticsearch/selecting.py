"""Which works match a plan, in which order, and what their facets count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

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
from search.plan import Plan

Request = dict[str, Any]

_WHOLE_OR_NOTHING: Request = {"allow_partial_search_results": False}
_NEWEST_FIRST: list[Any] = [{"date": {"order": "desc", "missing": "_last"}}, {"work": "desc"}]


@dataclass(frozen=True, slots=True)
class Selection:
    """The result set of a plan, and the works of the page that it asks for."""

    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    page: tuple[FoundWork, ...]


def select(budget: Budget, index: str, plan: Plan) -> Selection:
    """Run a plan, without what its hits show."""
    by_title = plan.sort == "title" and plan.size > 0
    requests = [_whole(plan, with_page=not by_title)]
    if by_title:
        requests += _by_title(plan)
    answers = _ask(budget, index, requests)
    whole = answers[0]
    page = _merged(answers[1:], plan) if by_title else whole["hits"]["hits"]
    return Selection(
        total=whole["hits"]["total"]["value"],
        facets=read_facets(whole["aggregations"]),
        page=tuple(FoundWork(int(hit["_id"]), hit["_score"] or 0.0) for hit in page),
    )


def _ask(budget: Budget, index: str, requests: list[Request]) -> list[Mapping[str, Any]]:
    if len(requests) == 1:
        request = {**requests[0], **_WHOLE_OR_NOTHING}
        return [budget.ask(lambda es: es.search(index=index, **request))]
    searches = [line for request in requests for line in (_WHOLE_OR_NOTHING, request)]
    return list(budget.ask_several(lambda es: es.msearch(index=index, searches=searches)))


def _whole(plan: Plan, *, with_page: bool) -> Request:
    """The whole result set: total, facets, and the page by relevance or date."""
    request: Request = {
        "query": matching_works(plan),
        "post_filter": {"bool": {"filter": list(chosen_filters(plan).values())}},
        "aggs": count_facets(plan),
        "track_total_hits": True,
        **_window(plan if with_page else None),
    }
    if with_page:
        by_score = [] if plan.sort == "date" else [{"_score": "desc"}]
        request |= {"sort": [*by_score, *_NEWEST_FIRST], "track_scores": True}
    return request


def _window(plan: Plan | None) -> Request:
    """The page asked for; it is empty where nobody pages to."""
    if plan is None or plan.offset + plan.size > LARGEST_WINDOW:
        return {"size": 0}
    return {"from": plan.offset, "size": plan.size, "_source": False}


# A work stands in the order of titles by its edition in the reader's language, and without one
# by the first of the titles that match. No sort can say that, so both orders are asked for.


def _by_title(plan: Plan) -> list[Request]:
    own = {"bool": {"filter": [*visible(EDITIONS, plan), _in_language(plan)]}}
    works, filters = matching_works(plan), list(chosen_filters(plan).values())
    with_own = {"must": works, "filter": [*filters, nested(EDITIONS, own)]}
    without = {"must": works, "filter": filters, "must_not": nested(EDITIONS, own)}
    return [
        _sorted_by_title(plan, with_own, own),
        _sorted_by_title(plan, without, matching_editions(plan)),
    ]


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
