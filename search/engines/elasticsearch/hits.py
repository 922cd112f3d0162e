"""Hits with their passages: what the results page shows of the works on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cms.languages import CODES
from search.engines.base import FoundPassage, Hit, Reason
from search.engines.elasticsearch.asking import Request, ask
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.documents import passage_key, sort_key
from search.engines.elasticsearch.query import (
    EDITIONS,
    PASSAGES,
    Query,
    matching_editions,
    matching_passages,
    nested,
    visible,
)
from search.plan import Plan
from search.ranking.fusion import NearPassage, Ranking
from search.ranking.passages import choose_passages

_MOST_EDITIONS = 100
"""More editions than a work has, as each has a language of its own."""


@dataclass(frozen=True, slots=True)
class FoundWork:
    """A work on the page, with its score."""

    work: int
    score: float


class ShownWorks:
    """Some works as they are now, with what a plan finds in them.

    ``ranking`` says which of them match by meaning, and which passages are near.
    """

    def __init__(
        self,
        budget: Budget,
        index: str,
        works: Sequence[int],
        plan: Plan,
        ranking: Ranking | None = None,
    ) -> None:
        self._plan = plan
        self._near = _nearest(works, plan, ranking) if ranking else {}
        self._found: dict[int, Mapping[str, Any]] = {}
        if works:
            (answer,) = ask(budget, index, [_request(works, plan, self._near)])
            self._found = {
                hit["fields"]["work"][0]: hit
                for hit in answer["hits"]["hits"]
                if "shown" in hit["_source"]
            }

    def passages(self) -> dict[int, tuple[FoundPassage, ...]]:
        """For each work that is held, its best passages that the reader may see, best first."""
        return {work: self._passages(hit) for work, hit in self._found.items()}

    def hits(self, page: Iterable[FoundWork]) -> tuple[Hit, ...]:
        """The hits of a page, without works that were hidden since they were found."""
        shown = (self._hit(one) for one in page if one.work in self._found)
        return tuple(hit for hit in shown if hit)

    def _hit(self, one: FoundWork) -> Hit | None:
        found = self._found[one.work]
        shown = found["_source"]["shown"]
        editions = [
            edition for edition in shown["editions"] if _admits(edition["visibility"], self._plan)
        ]
        if not editions:
            return None
        edition = self._edition(found, shown["editions"], editions)
        return Hit(
            work=one.work,
            language=edition["language"],
            slug=edition["slug"],
            title=edition["title"],
            summary=edition["summary"],
            kind=shown["kind"],
            year=shown["year"],
            score=one.score,
            languages=_languages(editions, self._plan),
            passages=self._passages(found),
            reasons=self._reasons(one.work, found),
        )

    def _edition(
        self,
        found: Mapping[str, Any],
        editions: Sequence[Mapping[str, Any]],
        visible: Sequence[Mapping[str, Any]],
    ) -> Mapping[str, Any]:
        """The edition to show: in the reader's language, else the best match.

        In the order of titles the best is the one by whose title the work stands there.
        """
        for edition in visible:
            if edition["language"] == self._plan.language:
                return edition
        matching = [editions[number] for number in _orders(_inner(found, EDITIONS))] or visible
        if self._plan.sort == "title":
            return min(matching, key=lambda one: sort_key(one["title"], self._plan.language))
        if not _inner(found, EDITIONS):
            return self._nearest_edition(found, visible)
        return matching[0]

    def _nearest_edition(
        self, found: Mapping[str, Any], visible: Sequence[Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        """The edition with the passage nearest in meaning, else the first."""
        held = {_one(one["fields"], "number"): one["fields"] for one in _inner(found, _NEAR)}
        for near in self._near.get(_work(found), ()):
            for edition in visible:
                if near.passage in held and edition["language"] == _one(
                    held[near.passage], "edition"
                ):
                    return edition
        return visible[0]

    def _reasons(self, work: int, found: Mapping[str, Any]) -> tuple[Reason, ...]:
        """Why a work was found, nothing where all are."""
        reasons: list[Reason] = []
        if _inner(found, EDITIONS) and _asks(self._plan):
            typed = _TYPED in found.get("matched_queries", ())
            reasons.append("words" if typed or not self._plan.expansions else "concepts")
        if work in self._near:
            reasons.append("meaning")
        return tuple(reasons)

    def _passages(self, found: Mapping[str, Any]) -> tuple[FoundPassage, ...]:
        """Those found by words and by meaning in turn, each once."""
        files = {
            file["number"]: file
            for edition in found["_source"]["shown"]["editions"]
            for file in edition["files"]
        }
        near = self._near.get(_work(found), ())
        # A passage with some of the words says nothing of a work that only meaning found.
        with_words = () if near and not _inner(found, EDITIONS) else _inner(found, PASSAGES)
        inner = {_one(one["fields"], "number"): one for one in (*with_words, *_inner(found, _NEAR))}
        chosen = choose_passages(
            (_one(one["fields"], "number") for one in with_words),
            [one for one in near if one.passage in inner],
        )
        return tuple(
            replace(_passage(inner[one.passage]["fields"], files), sentence=one.sentence)
            for one in chosen[: self._plan.passages_per_hit]
        )


_TYPED = "typed"
"""Names the query for what the typed words find alone."""

_NEAR = "near"
"""Names the inner hits that are near in meaning."""


def _nearest(
    works: Iterable[int], plan: Plan, ranking: Ranking
) -> dict[int, tuple[NearPassage, ...]]:
    """The near passages to be shown of the works that match by meaning."""
    shown = set(works)
    return {
        one.work: one.passages[: plan.passages_per_hit]
        for one in ranking.works
        if one.by_meaning and one.work in shown
    }


def _asks(plan: Plan) -> bool:
    """Whether a plan asks for some works and not for all."""
    return bool(plan.words) or any(not clause.negative for clause in plan.clauses)


def _request(
    works: Sequence[int], plan: Plan, near: Mapping[int, Sequence[NearPassage]]
) -> Request:
    optional = [_editions_query(plan), *_passages_query(plan), *_near_query(plan, near)]
    if plan.expansions:
        typed = matching_editions(replace(plan, expansions=()))
        optional.append(nested(EDITIONS, typed, _name=_TYPED))
    return {
        "query": {"bool": {"filter": {"terms": {"work": list(works)}}, "should": optional}},
        "size": len(works),
        "docvalue_fields": ["work"],
        "sort": ["_doc"],
    }


def _editions_query(plan: Plan) -> Query:
    inner = {
        "size": _MOST_EDITIONS,
        "_source": False,
        "docvalue_fields": [f"{EDITIONS}.order"],
        "sort": [{"_score": "desc"}, {f"{EDITIONS}.order": "asc"}],
    }
    return nested(EDITIONS, matching_editions(plan), inner_hits=inner)


def _passages_query(plan: Plan) -> list[Query]:
    query = matching_passages(plan)
    if query is None:
        return []
    order = [{"_score": "desc"}, {f"{PASSAGES}.number": "asc"}]
    inner = {**_shown_of_passages(plan.passages_per_hit), "sort": order}
    return [nested(PASSAGES, query, inner_hits=inner)]


def _near_query(plan: Plan, near: Mapping[int, Sequence[NearPassage]]) -> list[Query]:
    """Asks for the passages that the ranking named, if the reader may still see them."""
    keys = [passage_key(work, one.passage) for work, found in near.items() for one in found]
    if not keys:
        return []
    named: Query = {"terms": {f"{PASSAGES}.key": keys}}
    inner = {**_shown_of_passages(plan.passages_per_hit), "name": _NEAR}
    query = {"bool": {"filter": [named, *visible(PASSAGES, plan)]}}
    return [nested(PASSAGES, query, inner_hits=inner)]


def _shown_of_passages(count: int) -> Request:
    names = ("number", "language", "edition", "file", "locator")
    return {
        "size": count,
        "_source": False,
        "stored_fields": [f"{PASSAGES}.text.*", f"{PASSAGES}.heading"],
        "docvalue_fields": [f"{PASSAGES}.{name}" for name in names],
    }


def _work(found: Mapping[str, Any]) -> int:
    number: int = found["fields"]["work"][0]
    return number


def _one(fields: Mapping[str, Sequence[Any]], name: str) -> Any:
    """The value of a field of a passage, which has one or none."""
    values = fields.get(f"{PASSAGES}.{name}")
    return values[0] if values else None


def _inner(found: Mapping[str, Any], path: str) -> list[Mapping[str, Any]]:
    inner = found.get("inner_hits", {}).get(path)
    return inner["hits"]["hits"] if inner else []


def _orders(inner: Iterable[Mapping[str, Any]]) -> list[int]:
    return [hit["fields"][f"{EDITIONS}.order"][0] for hit in inner]


def _passage(
    fields: Mapping[str, Sequence[Any]], files: Mapping[int, Mapping[str, Any]]
) -> FoundPassage:
    number = _one(fields, "file")
    file = files.get(number, {})
    texts = (values[0] for name, values in fields.items() if name.startswith(f"{PASSAGES}.text."))
    return FoundPassage(
        language=_one(fields, "language"),
        text=next(texts, ""),
        file=number,
        file_label=file.get("label", ""),
        file_format=file.get("format", ""),
        locator=_one(fields, "locator"),
        locator_kind=file.get("locator_kind"),
        heading=_one(fields, "heading") or "",
    )


def _languages(editions: Iterable[Mapping[str, Any]], plan: Plan) -> tuple[str, ...]:
    """The languages of visible editions and files, in the registry's order, others after them."""
    seen = {edition["language"] for edition in editions}
    seen |= {
        file["language"]
        for edition in editions
        for file in edition["files"]
        if _admits(file["visibility"], plan)
    }
    return (*filter(seen.__contains__, CODES), *sorted(seen.difference(CODES)))


def _admits(visibility: Sequence[Any], plan: Plan) -> bool:
    audience, since, until = visibility
    return (
        audience in plan.audiences
        and (since is None or since <= plan.now)
        and (until is None or plan.now < until)
    )
