"""Passages that are left over: those of an earlier state of a work that no later write replaced.

A work that has fewer passages now, or is removed, leaves some behind, and so does a writer that
came too late. What a work holds is known by its stamp, so the index itself says which they are:
whoever wrote last, whatever failed in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch

from search.engines.elasticsearch.asking import Request, ask, for_stamps, stamps_of
from search.engines.elasticsearch.client import Client
from search.engines.elasticsearch.query import MEANING
from search.engines.elasticsearch.writing import Operation, Target, send_bulk

_WORKS_AT_ONCE = 1000
_PASSAGES_AT_ONCE = 5000


def remove_leftovers(client: Client, target: Target, works: Sequence[int]) -> None:
    """Remove the passages of some works that stand under another stamp than their work.

    The index has been refreshed since the works were written, and is refreshed again if anything
    goes. Until then readers pass them by, for they compare stamps too.
    """
    if target.vectors is None:
        return
    for start in range(0, len(works), _WORKS_AT_ONCE):
        these = works[start : start + _WORKS_AT_ONCE]
        while _remove_some(client, target, these) == _PASSAGES_AT_ONCE:
            pass


def _remove_some(client: Client, target: Target, works: Sequence[int]) -> int:
    """Remove the first passages that are left over; how many there were."""
    budget = client.writing("removing passages that are gone")
    (held,) = ask(budget, target.index, [for_stamps({"terms": {"work": works}}, len(works))])
    stamps = [stamp for stamp in stamps_of(held).values() if stamp is not None]
    (answer,) = ask(budget, target.index, [_left_over(works, stamps)])
    bulk = list(_removals(answer))
    if bulk:
        send_bulk(budget, target, bulk)
        budget.ask(partial(_refresh, target.index))
    return len(bulk)


def _refresh(index: str, elasticsearch: Elasticsearch) -> Any:
    return elasticsearch.indices.refresh(index=index)


def _left_over(works: Sequence[int], stamps: Sequence[str]) -> Request:
    query = {
        "filter": {"terms": {f"{MEANING}.work": works}},
        "must_not": {"terms": {f"{MEANING}.stamp": stamps}},
    }
    return {
        "query": {"bool": query},
        "size": _PASSAGES_AT_ONCE,
        "version": True,
        "_source": False,
        "docvalue_fields": [f"{MEANING}.work"],
        "track_total_hits": False,
        "sort": ["_doc"],
    }


def _removals(answer: Mapping[str, Any]) -> Iterator[Operation]:
    for hit in answer["hits"]["hits"]:
        # What was written since has a later version, and stays.
        work = hit["fields"][f"{MEANING}.work"][0]
        yield Operation.removing(work, hit["_id"], hit["_version"])
