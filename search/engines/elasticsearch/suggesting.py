"""Titles for what a reader has typed so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.analysis import fold
from search.engines.base import TitleSuggestion
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.mapping import language_key
from search.engines.elasticsearch.query import EDITIONS, Query, nested, visible
from search.plan import Plan

_OWN_LANGUAGE, _BEGINS_AS_TYPED = 2.0, 1.0
"""Titles in the reader's language come before all others, those that begin as typed before the
rest of their language."""


def suggest_titles(
    budget: Budget, index: str, prefix: str, plan: Plan, limit: int
) -> tuple[TitleSuggestion, ...]:
    """Works with a visible title in which a word begins as the last typed one, and all others are.

    Titles in the plan's language come first, then those that begin as typed, then newer works.
    """
    typed = [token.term for token in fold(prefix, language_key(plan.language))]
    if not typed or limit <= 0:
        return ()
    answer = budget.ask(lambda es: es.search(index=index, **_request(typed, plan, limit)))
    return tuple(_suggestion(hit) for hit in answer["hits"]["hits"])


def _request(typed: Sequence[str], plan: Plan, limit: int) -> dict[str, Any]:
    inner = {
        "size": 1,
        "_source": False,
        "docvalue_fields": [f"{EDITIONS}.order"],
        "sort": [{"_score": "desc"}, {f"{EDITIONS}.order": "asc"}],
    }
    newest_first = [{"date": {"order": "desc", "missing": "_last"}}, {"work": "desc"}]
    return {
        "query": nested(EDITIONS, _titles(typed, plan), inner_hits=inner),
        "sort": [{"_score": "desc"}, *newest_first],
        "size": limit,
        "docvalue_fields": ["work"],
        "allow_partial_search_results": False,
    }


def _titles(typed: Sequence[str], plan: Plan) -> Query:
    own = {"term": {f"{EDITIONS}.language": plan.language}}
    return {
        "bool": {
            "filter": [*visible(EDITIONS, plan), *_words(f"{EDITIONS}.title_word", typed)],
            "should": [
                _constant(own, _OWN_LANGUAGE),
                _constant(_any(_words(f"{EDITIONS}.title_start", typed)), _BEGINS_AS_TYPED),
            ],
        }
    }


def _words(field: str, typed: Sequence[str]) -> list[Query]:
    *whole, last = typed
    return [{"prefix": {field: last}}, *({"term": {field: word}} for word in whole)]


def _any(queries: list[Query]) -> Query:
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _constant(query: Query, score: float) -> Query:
    return {"constant_score": {"filter": query, "boost": score}}


def _suggestion(hit: Mapping[str, Any]) -> TitleSuggestion:
    (inner,) = hit["inner_hits"][EDITIONS]["hits"]["hits"]
    edition = hit["_source"]["shown"]["editions"][inner["fields"][f"{EDITIONS}.order"][0]]
    return TitleSuggestion(
        work=hit["fields"]["work"][0],
        language=edition["language"],
        slug=edition["slug"],
        title=edition["title"],
    )
