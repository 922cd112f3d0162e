"""The address of a search: what a reader asks for, read leniently, written in one way only.

The same search always has the same address, so that it can be shared, cached and compared:
parameters in a fixed order, values sorted, nothing that says what is so anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from search.plan import Sort
from search.query import MAX_LENGTH
from search.records import FACETS

SORTS: tuple[Sort, ...] = ("relevance", "date", "title")
PAGE_SIZE = 10
PASSAGES_PER_HIT = 2
"""More would push the next work off the screen."""
MAX_VALUES = 30
MAX_VALUE_LENGTH = 100
MAX_PAGE_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Address:
    """A search as its address says it. ``filters`` maps facets to their chosen values, sorted.

    Without a question everything is listed, newest first; there is no relevance then. With
    ``own_language`` only texts in the language of the page are searched; ``exact`` searches for
    the typed words alone, and without ``related`` the terms of the glossary play no part.
    """

    q: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "relevance"
    page: int = 1
    own_language: bool = False
    exact: bool = False
    related: bool = True

    @classmethod
    def read(cls, query: QueryDict) -> Address:
        """Read the parameters of a request; what makes no sense is left out."""
        q = " ".join(query.get("q", "").replace("\x00", "").split())[: MAX_LENGTH + 1]
        filters = {
            facet: tuple(sorted({value for value in query.getlist(facet) if _sane(value)}))
            for facet in FACETS
        }
        sort = next((name for name in SORTS if name == query.get("sort")), None)
        return cls(
            q=q,
            filters={facet: values[:MAX_VALUES] for facet, values in filters.items() if values},
            sort=_meaningful(sort, q),
            page=_page(query.get("page", "")),
            own_language=bool(q) and query.get("own") == "1",
            exact=bool(q) and query.get("exact") == "1",
            related=not q or query.get("related") != "0",
        )

    @property
    def default_sort(self) -> Sort:
        """The order nobody has to ask for."""
        return _meaningful(None, self.q)

    @property
    def sorts(self) -> tuple[Sort, ...]:
        """The orders that make sense."""
        return SORTS if self.q else tuple(name for name in SORTS if name != "relevance")

    @property
    def offset(self) -> int:
        """How many hits stand on the pages before."""
        return (self.page - 1) * PAGE_SIZE

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The parameters in their canonical order."""
        pairs = [("q", self.q)] if self.q else []
        for facet in FACETS:
            pairs += [(facet, value) for value in self.filters.get(facet, ())]
        if self.own_language:
            pairs.append(("own", "1"))
        if self.exact:
            pairs.append(("exact", "1"))
        if not self.related:
            pairs.append(("related", "0"))
        if self.sort != self.default_sort:
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    @property
    def url(self) -> str:
        """The address on this site, in the active language."""
        query = urlencode(self.parameters)
        return reverse("search") + (f"?{query}" if query else "")

    def is_written_as(self, query: QueryDict) -> bool:
        """Whether a request's parameters are already the canonical ones."""
        written = [(name, value) for name, values in query.lists() for value in values]
        return written == self.parameters

    def asking(self, q: str) -> Address:
        """Another question with the same filters."""
        return replace(self, q=q, sort=_meaningful(None, q), page=1)

    def sorted_by(self, sort: Sort) -> Address:
        """The same in another order, from the first page."""
        return replace(self, sort=sort, page=1)

    def searching(
        self,
        *,
        own_language: bool | None = None,
        exact: bool | None = None,
        related: bool | None = None,
    ) -> Address:
        """The same question searched another way, from the first page."""
        return replace(
            self,
            own_language=self.own_language if own_language is None else own_language,
            exact=self.exact if exact is None else exact,
            related=self.related if related is None else related,
            page=1,
        )

    def at(self, page: int) -> Address:
        """Another page of the same."""
        return replace(self, page=page)

    def toggled(self, facet: str, value: str) -> Address:
        """With a facet's value chosen, or no longer chosen."""
        chosen = set(self.filters.get(facet, ())) ^ {value}
        filters = dict(self.filters) | {facet: tuple(sorted(chosen))}
        kept = {name: values for name, values in filters.items() if values}
        return replace(self, filters=kept, page=1)

    def without_filters(self) -> Address:
        """The same question about the whole library."""
        return replace(self, filters={}, page=1)

    def plan_filters(self) -> dict[str, frozenset[str]]:
        """The filters as a plan holds them."""
        return {facet: frozenset(values) for facet, values in self.filters.items()}


def search_url(q: str = "", **filters: str) -> str:
    """The address of a question, or of everything with one value of a facet."""
    return Address(q, {name: (value,) for name, value in filters.items()}, _meaningful(None, q)).url


def _meaningful(sort: Sort | None, q: str) -> Sort:
    if q:
        return sort or "relevance"
    return "date" if sort in (None, "relevance") else sort


def _sane(value: str) -> bool:
    return 0 < len(value) <= MAX_VALUE_LENGTH and value.isprintable()


def _page(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_PAGE_DIGITS):
        return 1
    return max(int(text), 1)
