"""Passages by their vectors: the nearest to a question, and the first of a work.

A passage's vectors stand in a document of their own, so that a vector search gives the nearest
passages themselves. A work and its passages are written one after another: a passage counts only
where its stamp is that of its work.
"""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from search.engines.elasticsearch.asking import Request, ask, for_numbers, for_stamps, stamps_of
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.documents import encoded_vectors
from search.engines.elasticsearch.kept import Kept
from search.engines.elasticsearch.query import MEANING, Query, visible
from search.plan import Meant, Plan
from search.ranking.candidates import Candidate
from search.ranking.constants import FIRST_PASSAGES, PASSAGES_PER_LANGUAGE, PASSAGES_PER_TEXT
from search.ranking.packing import unpack_all

_ASKED_FOR = PASSAGES_PER_LANGUAGE * 3 // 2
"""Passages of a language that are asked for: of some texts there are more than may be taken."""

_ASKED_FOR_BEHIND = PASSAGES_PER_LANGUAGE * PASSAGES_PER_TEXT
"""So many are asked for where some texts fill an answer; then it is enough."""

_LOOKED_AT = 500
"""Vectors of a segment that are compared to find the nearest; more find them more surely.

Passages that say the same lie close together: what lies behind many of them may not be seen.
"""


class Near(NamedTuple):
    """A passage of an answer, and the stamp that its work must have for it to be a candidate."""

    candidate: Candidate
    stamp: str

    @property
    def work(self) -> int:
        """Its work."""
        return self.candidate.work

    @property
    def edition(self) -> str:
        """The language of its edition."""
        return self.candidate.edition


def near_requests(kept: Kept, plan: Plan) -> list[Request]:
    """A search for each language; nothing where the plan does not mean what the index compares."""
    if plan.meant is None or not kept.means_the_same(plan):
        return []
    vector = _encoded(plan.meant)
    return [_near(vector, language, plan) for language in kept.languages(plan)]


def read_near(
    budget: Budget, kept: Kept, plan: Plan, answers: Sequence[Mapping[str, Any]]
) -> list[Near]:
    """The passages that the searches of `near_requests` found, language by language.

    Where some texts fill an answer, it is asked what comes behind them.
    """
    found = [_hits(answer) for answer in answers]
    crowded = [number for number, hits in enumerate(found) if _is_crowded(hits)]
    if crowded:
        requests = near_requests(kept, plan)
        behind = [_without(requests[number], _filling(found[number])) for number in crowded]
        for number, answer in zip(crowded, ask(budget, kept.index, behind), strict=True):
            found[number] = _merged(found[number], _hits(answer))
    return _read(kept, [hit for hits in found for hit in _few_of_each(hits)])


def of_works(near: Iterable[Near], stamps: Mapping[int, str | None]) -> list[Candidate]:
    """Those passages that belong to works as they are now, which are given with their stamps."""
    return [one.candidate for one in near if stamps.get(one.work) == one.stamp]


def find_candidates(budget: Budget, kept: Kept, plan: Plan) -> tuple[Candidate, ...]:
    """The visible passages of each language that are nearest to what a plan means."""
    requests = near_requests(kept, plan)
    if not requests:
        return ()
    near = read_near(budget, kept, plan, ask(budget, kept.index, requests))
    (answer,) = ask(budget, kept.index, [_stamps({one.work for one in near})])
    return tuple(of_works(near, stamps_of(answer)))


def first_passages(budget: Budget, kept: Kept, work: int, plan: Plan) -> tuple[Candidate, ...]:
    """The first visible passages of a work that have vectors, language by language."""
    requests = [_first(work, language, plan) for language in kept.languages(plan)]
    *answers, stamps = ask(budget, kept.index, [*requests, _stamps({work})])
    found = _read(kept, [hit for answer in answers for hit in _hits(answer)])
    return tuple(of_works(found, stamps_of(stamps)))


_Hit = Mapping[str, Any]

_FIELDS = [
    f"{MEANING}.{name}" for name in ("work", "edition", "language", "number", "stamp", "packed")
]
_WORK, _EDITION, _, _NUMBER, _STAMP, _ = _FIELDS


def _near(vector: str, language: str, plan: Plan) -> Request:
    filters = _visible_in(language, plan)
    if plan.works is not None:
        filters.append({"terms": {_WORK: sorted(plan.works)}})
    knn = {
        "field": f"{MEANING}.vector",
        "query_vector": vector,
        "k": _ASKED_FOR,
        "num_candidates": _LOOKED_AT,
        "filter": filters,
    }
    return for_numbers({"knn": knn}, _ASKED_FOR, docvalue_fields=_FIELDS)


def _first(work: int, language: str, plan: Plan) -> Request:
    filters = [*_visible_in(language, plan), {"term": {_WORK: work}}]
    order = [{_NUMBER: "asc"}]
    query = {"bool": {"filter": filters}}
    return for_numbers(query, FIRST_PASSAGES, docvalue_fields=_FIELDS, sort=order)


def _stamps(works: Iterable[int]) -> Request:
    numbers = sorted(works)
    return for_stamps({"terms": {"work": numbers}}, len(numbers))


def _visible_in(language: str, plan: Plan) -> list[Query]:
    return [*visible(MEANING, plan), {"term": {f"{MEANING}.language": language}}]


def _encoded(meant: Meant) -> str:
    (vector,) = encoded_vectors(np.frombuffer(meant.vector, "<f4")[None])
    return vector


# Of a long text more passages may be near than are taken, so that an answer has too few others.

_Text = tuple[str, str]
"""A text of one language: the stamp of its work, and the language of its edition.

What is left over of another state of the work is another text, and takes no place from this one.
"""


def _hits(answer: Mapping[str, Any]) -> list[_Hit]:
    hits: list[_Hit] = answer["hits"]["hits"]
    return hits


def _text(hit: _Hit) -> _Text:
    return hit["fields"][_STAMP][0], hit["fields"][_EDITION][0]


def _few_of_each(hits: Iterable[_Hit]) -> list[_Hit]:
    """The first passages, but only some of each text."""
    taken: Counter[_Text] = Counter()
    chosen = []
    for hit in hits:
        taken[_text(hit)] += 1
        if taken[_text(hit)] <= PASSAGES_PER_TEXT:
            chosen.append(hit)
    return chosen[:PASSAGES_PER_LANGUAGE]


def _is_crowded(hits: Sequence[_Hit]) -> bool:
    """Whether an answer has too few passages that may be taken, for it has others instead.

    A graph may give fewer than are asked for, though there are more: where many are the same.
    """
    return len(hits) >= PASSAGES_PER_LANGUAGE > len(_few_of_each(hits))


def _filling(hits: Iterable[_Hit]) -> list[_Text]:
    """The texts of which no more passages may be taken."""
    counts = Counter(map(_text, hits))
    return [text for text, count in counts.items() if count >= PASSAGES_PER_TEXT]


def _without(request: Request, texts: Iterable[_Text]) -> Request:
    """The search for the passages of all other texts."""
    knn = request["query"]["knn"]
    these = [
        {"bool": {"filter": [{"term": {_STAMP: stamp}}, {"term": {_EDITION: edition}}]}}
        for stamp, edition in texts
    ]
    others = {"bool": {"must_not": these}}
    knn = {**knn, "filter": [*knn["filter"], others], "k": _ASKED_FOR_BEHIND}
    return {**request, "query": {"knn": knn}, "size": _ASKED_FOR_BEHIND}


def _merged(first: Iterable[_Hit], behind: Iterable[_Hit]) -> list[_Hit]:
    """The passages of two answers, each once, nearest first."""
    found = {(*_text(hit), hit["fields"][_NUMBER][0]): hit for hit in (*first, *behind)}
    return sorted(found.values(), key=lambda hit: -hit["_score"])


def _read(kept: Kept, hits: Sequence[_Hit]) -> list[Near]:
    if not hits:
        return []
    rows = list(map(_values, hits))
    vectors = unpack_all([packed for *_, packed in rows], kept.vectors.dimensions)
    return [
        Near(Candidate(work, edition, language, number, *of_passage), stamp)
        for (work, edition, language, number, stamp, _), of_passage in zip(
            rows, vectors, strict=True
        )
    ]


def _values(hit: _Hit) -> list[Any]:
    """What `_FIELDS` hold, the last one unpacked from the answer's letters."""
    *values, packed = (hit["fields"][name][0] for name in _FIELDS)
    return [*values, b64decode(packed)]
