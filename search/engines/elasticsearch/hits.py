"""Hits with their passages: what the results page shows of the works on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cms.languages import CODES
from search.engines.base import FoundPassage, Hit
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.documents import sort_key
from search.engines.elasticsearch.query import (
    EDITIONS,
    PASSAGES,
    Query,
    matching_editions,
    matching_passages,
    nested,
)
from search.plan import Plan

_MOST_EDITIONS = 100
"""More editions than a work has, as each has a language of its own."""


@dataclass(frozen=True, slots=True)
class FoundWork:
    """A work on the page, with its score."""

    work: int
    score: float


class ShownWorks:
    """Some works as they are now, with what a plan finds in them."""

    def __init__(self, budget: Budget, index: str, works: Sequence[int], plan: Plan) -> None:
        self._plan = plan
        self._found: dict[int, Mapping[str, Any]] = {}
        if works:
            answer = budget.ask(lambda es: es.search(index=index, **_request(works, plan)))
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
        return matching[0]

    def _passages(self, found: Mapping[str, Any]) -> tuple[FoundPassage, ...]:
        files = {
            file["number"]: file
            for edition in found["_source"]["shown"]["editions"]
            for file in edition["files"]
        }
        return tuple(_passage(inner["fields"], files) for inner in _inner(found, PASSAGES))


def _request(works: Sequence[int], plan: Plan) -> dict[str, Any]:
    editions = nested(
        EDITIONS,
        matching_editions(plan),
        inner_hits={
            "size": _MOST_EDITIONS,
            "_source": False,
            "docvalue_fields": [f"{EDITIONS}.order"],
            "sort": [{"_score": "desc"}, {f"{EDITIONS}.order": "asc"}],
        },
    )
    optional = [editions, *_passages_query(plan)]
    return {
        "query": {"bool": {"filter": {"terms": {"work": list(works)}}, "should": optional}},
        "size": len(works),
        "docvalue_fields": ["work"],
        "sort": ["_doc"],
        "allow_partial_search_results": False,
    }


def _passages_query(plan: Plan) -> list[Query]:
    query = matching_passages(plan)
    if query is None:
        return []
    inner = {
        "size": plan.passages_per_hit,
        "_source": False,
        "stored_fields": [f"{PASSAGES}.text.*", f"{PASSAGES}.heading"],
        "docvalue_fields": [f"{PASSAGES}.{name}" for name in ("language", "file", "locator")],
        "sort": [{"_score": "desc"}, {f"{PASSAGES}.number": "asc"}],
    }
    return [nested(PASSAGES, query, inner_hits=inner)]


def _inner(found: Mapping[str, Any], path: str) -> list[Mapping[str, Any]]:
    inner = found.get("inner_hits", {}).get(path)
    return inner["hits"]["hits"] if inner else []


def _orders(inner: Iterable[Mapping[str, Any]]) -> list[int]:
    return [hit["fields"][f"{EDITIONS}.order"][0] for hit in inner]


def _passage(
    fields: Mapping[str, Sequence[Any]], files: Mapping[int, Mapping[str, Any]]
) -> FoundPassage:
    def one(name: str) -> Any:
        values = fields.get(f"{PASSAGES}.{name}")
        return values[0] if values else None

    number = one("file")
    file = files.get(number, {})
    texts = (values[0] for name, values in fields.items() if name.startswith(f"{PASSAGES}.text."))
    return FoundPassage(
        language=one("language"),
        text=next(texts, ""),
        file=number,
        file_label=file.get("label", ""),
        file_format=file.get("format", ""),
        locator=one("locator"),
        locator_kind=file.get("locator_kind"),
        heading=one("heading") or "",
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
