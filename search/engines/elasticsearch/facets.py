"""Filters by facets, and counting their values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.engines.elasticsearch.query import LANGUAGES, Query, nested, visible
from search.plan import Plan
from search.records import FACETS

_ALL_VALUES = 10_000
"""More values than a facet has: counts are exact only when none is left out."""


def chosen_filters(plan: Plan) -> dict[str, Query]:
    """For each facet with a selection, the filter for works that have any of its values."""
    return {
        facet: _with_value(facet, chosen, plan) for facet, chosen in plan.filters.items() if chosen
    }


def count_facets(plan: Plan) -> dict[str, Any]:
    """Aggregations that count every facet's values; its own selection is left out.

    Facets with the same selections beside their own stand together: Elasticsearch runs the whole
    query once more for each aggregation that has a filter.
    """
    chosen = chosen_filters(plan)
    groups: dict[tuple[str, ...], dict[str, Any]] = {}
    for facet in FACETS:
        others = tuple(other for other in chosen if other != facet)
        groups.setdefault(others, {})[facet] = _values(facet, plan)
    counts = groups.pop((), {})
    for others, values in groups.items():
        filters = {"bool": {"filter": [chosen[other] for other in others]}}
        counts[f"with {' '.join(others)}"] = {"filter": filters, "aggs": values}
    return counts


def read_facets(answer: Mapping[str, Any]) -> dict[str, tuple[tuple[str, int], ...]]:
    """The values of each facet with their counts, most frequent first."""
    counts = dict(answer)
    for group in answer.values():
        counts |= {facet: group[facet] for facet in FACETS if facet in group}
    return {facet: _sorted(_counts(facet, counts[facet])) for facet in FACETS}


def _with_value(facet: str, chosen: frozenset[str], plan: Plan) -> Query:
    if facet != "language":
        return {"terms": {facet: sorted(chosen)}}
    languages: Query = {"terms": {f"{LANGUAGES}.language": sorted(chosen)}}
    return nested(LANGUAGES, {"bool": {"filter": [*visible(LANGUAGES, plan), languages]}})


def _values(facet: str, plan: Plan) -> dict[str, Any]:
    if facet != "language":
        return {"terms": {"field": facet, "size": _ALL_VALUES}}
    values = {
        "terms": {"field": f"{LANGUAGES}.language", "size": _ALL_VALUES},
        "aggs": {"works": {"reverse_nested": {}}},
    }
    seen = {"filter": {"bool": {"filter": visible(LANGUAGES, plan)}}, "aggs": {"values": values}}
    return {"nested": {"path": LANGUAGES}, "aggs": {"seen": seen}}


def _counts(facet: str, answer: Mapping[str, Any]) -> list[tuple[str, int]]:
    if facet != "language":
        return [(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]
    buckets = answer["seen"]["values"]["buckets"]
    return [(bucket["key"], bucket["works"]["doc_count"]) for bucket in buckets]


def _sorted(counts: list[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts, key=lambda pair: (-pair[1], pair[0])))
