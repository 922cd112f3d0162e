"""Passages by their vectors: the nearest to a question, and the first of a work.

A vector search in nested documents gives the nearest works, each with its nearest passage (it
leaves others of the same work aside); the inner hits then compare all passages of these
works exactly.
"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nlargest
from typing import Any

import numpy as np

from search.engines.elasticsearch.asking import Request, ask, for_numbers
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.documents import encoded_vectors
from search.engines.elasticsearch.kept import Kept
from search.engines.elasticsearch.query import PASSAGES, Query, nested, visible
from search.plan import Meant, Plan
from search.ranking.candidates import Candidate
from search.ranking.constants import FIRST_PASSAGES, PASSAGES_PER_LANGUAGE, PASSAGES_PER_TEXT
from search.ranking.packing import unpack_all

_LOOKED_AT = 5 * PASSAGES_PER_LANGUAGE
"""Vectors of a segment that are compared to find the nearest; more find them more surely."""


def near_requests(kept: Kept, plan: Plan) -> list[Request]:
    """A search for each language; nothing where the plan does not mean what the index compares."""
    if plan.meant is None or not kept.means_the_same(plan):
        return []
    vector = _encoded(plan.meant)
    return [_near(vector, language, plan) for language in kept.languages(plan)]


def read_near(kept: Kept, answers: Iterable[Mapping[str, Any]]) -> list[Candidate]:
    """The candidates that the searches of `near_requests` found, language by language."""
    return [candidate for answer in answers for candidate in _nearest(kept, answer)]


def find_candidates(budget: Budget, kept: Kept, plan: Plan) -> tuple[Candidate, ...]:
    """The visible passages of each language that are nearest to what a plan means."""
    requests = near_requests(kept, plan)
    return tuple(read_near(kept, ask(budget, kept.index, requests)) if requests else ())


def first_passages(budget: Budget, kept: Kept, work: int, plan: Plan) -> tuple[Candidate, ...]:
    """The first visible passages of a work that have vectors, language by language."""
    requests = [_first(work, language, plan) for language in kept.languages(plan)]
    answers = ask(budget, kept.index, requests)
    return tuple(_candidates(kept, [pair for answer in answers for pair in _pairs(answer)]))


_Pair = tuple[Mapping[str, Any], Mapping[str, Any]]
"""A work, and a passage found in it, as an answer has them."""

_VECTOR = f"{PASSAGES}.vector"
_FIELDS = [f"{PASSAGES}.{name}" for name in ("number", "edition", "language", "packed")]


def _near(vector: str, language: str, plan: Plan) -> Request:
    filters = _visible_in(language, plan)
    if plan.works is not None:
        filters.append({"terms": {"work": sorted(plan.works)}})
    knn: Query = {
        "field": _VECTOR,
        "query_vector": vector,
        "k": PASSAGES_PER_LANGUAGE,
        "num_candidates": _LOOKED_AT,
        "filter": filters,
    }
    found = nested(PASSAGES, {"knn": knn}, inner_hits=_inner_hits(PASSAGES_PER_TEXT))
    return for_numbers(found, PASSAGES_PER_LANGUAGE)


def _first(work: int, language: str, plan: Plan) -> Request:
    filters = [*_visible_in(language, plan), {"exists": {"field": _VECTOR}}]
    inner = _inner_hits(FIRST_PASSAGES, sort=[{f"{PASSAGES}.number": "asc"}])
    passages = nested(PASSAGES, {"bool": {"filter": filters}}, inner_hits=inner)
    return for_numbers({"bool": {"filter": [{"term": {"work": work}}, passages]}}, 1)


def _visible_in(language: str, plan: Plan) -> list[Query]:
    return [*visible(PASSAGES, plan), {"term": {f"{PASSAGES}.language": language}}]


def _inner_hits(size: int, **options: Any) -> Request:
    # Without the identity, which is known, no stored field is read.
    names = {"stored_fields": "_none_", "_source": False, "docvalue_fields": _FIELDS}
    return {"size": size, **names, **options}


def _encoded(meant: Meant) -> str:
    (vector,) = encoded_vectors(np.frombuffer(meant.vector, "<f4")[None])
    return vector


def _nearest(kept: Kept, answer: Mapping[str, Any]) -> list[Candidate]:
    nearest = nlargest(PASSAGES_PER_LANGUAGE, _pairs(answer), key=lambda pair: pair[1]["_score"])
    return _candidates(kept, nearest)


def _pairs(answer: Mapping[str, Any]) -> Iterator[_Pair]:
    for hit in answer["hits"]["hits"]:
        for inner in hit["inner_hits"][PASSAGES]["hits"]["hits"]:
            yield hit, inner


def _candidates(kept: Kept, pairs: Sequence[_Pair]) -> list[Candidate]:
    if not pairs:
        return []
    found = []
    fields = [[inner["fields"][name][0] for name in _FIELDS] for _, inner in pairs]
    packed = [b64decode(values[-1]) for values in fields]
    unpacked = unpack_all(packed, kept.vectors.dimensions)
    for (hit, _), values, vectors in zip(pairs, fields, unpacked, strict=True):
        number, edition, language, _ = values
        found.append(Candidate(hit["fields"]["work"][0], edition, language, number, *vectors))
    return found
