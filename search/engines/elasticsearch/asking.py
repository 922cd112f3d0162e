"""Asking one or several searches at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from search.engines.elasticsearch.client import Budget

Request = dict[str, Any]

NEWEST_FIRST: list[Any] = [{"date": {"order": "desc", "missing": "_last"}}, {"work": "desc"}]

_WHOLE_OR_NOTHING: Request = {"allow_partial_search_results": False}

_NUMBERS_ALONE: Request = {
    "_source": False,
    "stored_fields": "_none_",
    "docvalue_fields": ["work"],
    "track_total_hits": False,
}

_STAMPED = ["work", "stamp"]


def ask(budget: Budget, index: str, requests: Sequence[Request]) -> list[Mapping[str, Any]]:
    """The answers to some searches, all or none."""
    if len(requests) == 1:
        request = {**requests[0], **_WHOLE_OR_NOTHING}
        return [budget.ask(lambda es: es.search(index=index, **request))]
    searches = [line for request in requests for line in (_WHOLE_OR_NOTHING, request)]
    return list(budget.ask_several(lambda es: es.msearch(index=index, searches=searches)))


def for_numbers(query: Mapping[str, Any], size: int, **options: Any) -> Request:
    """A search for works of which nothing is told but their numbers and scores."""
    return {"query": query, "size": size, **_NUMBERS_ALONE, **options}


def for_stamps(query: Mapping[str, Any], size: int) -> Request:
    """A search for works and what their passages must be stamped with to be of them."""
    return for_numbers(query, size, docvalue_fields=_STAMPED)


def stamps_of(answer: Mapping[str, Any]) -> dict[int, str | None]:
    """The works found with their stamps, nothing for one without vectors."""
    found = (hit["fields"] for hit in answer["hits"]["hits"])
    return {fields["work"][0]: fields.get("stamp", [None])[0] for fields in found}


def numbers_of(answer: Mapping[str, Any]) -> list[int]:
    """The numbers of the works found, in their order."""
    return [hit["fields"]["work"][0] for hit in answer["hits"]["hits"]]
