"""Who may see pages and collections, for many of them in a handful of queries.

The same answers as ``publications.access.edition_audience`` and ``collection_audience``, which
ask about one at a time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from wagtail.models import Collection, CollectionViewRestriction, Page, PageViewRestriction

from publications.access import PUBLIC, Reader, audience_of, edition_is_published
from publications.models import Edition


class Restrictions:
    """The view restrictions of the whole site as they are when they are first asked for."""

    def __init__(self) -> None:
        self._pages = _by_owner(PageViewRestriction, "page_id")
        self._ancestors: dict[str, int] = {}
        self._sources: dict[int, int] = {}
        self._known: dict[str, str] = {}
        if self._pages:
            self._load_ancestors()

    @property
    def any_page(self) -> bool:
        """Whether any page is restricted at all."""
        return bool(self._pages)

    def page(self, key: int, path: str) -> str:
        """The audience of a page that is no alias, by its key and its place in the tree."""
        if not self._pages:
            return PUBLIC
        above = path[: -Page.steplen]
        if key not in self._pages:
            if above not in self._known:
                self._known[above] = self._audience(self._above(path))
            return self._known[above]
        return self._audience([key, *self._above(path)])

    def collection(self, key: int) -> str:
        """The audience of what lies in a collection."""
        return self._collections[key]

    @cached_property
    def _collections(self) -> dict[int, str]:
        return _collection_audiences()

    def _audience(self, owners: Iterable[int]) -> str:
        return audience_of(row for owner in owners for row in self._pages.get(owner, ()))

    def _above(self, path: str) -> list[int]:
        """The pages above a place; an alias is as restricted as the page it shows."""
        pages = (self._ancestors.get(place) for place in _places_above(path))
        return [self._sources.get(page, page) for page in pages if page is not None]

    def _load_ancestors(self) -> None:
        rows = Page.objects.filter(numchild__gt=0).values_list("pk", "path", "alias_of_id")
        aliases: dict[int, int] = {}
        for key, path, source in rows:
            self._ancestors[path] = key
            if source is not None:
                aliases[key] = source
        self._sources = {key: _last_source(source) for key, source in aliases.items()}


def visible_editions(editions: Iterable[Edition], reader: Reader) -> Iterator[Edition]:
    """Those of some editions that a reader may see now, as ``publications.access`` says of one."""
    restrictions = Restrictions()
    for edition in editions:
        admitted = reader.admitted_by(restrictions.page(edition.pk, edition.path))
        if admitted and edition_is_published(edition):
            yield edition


def _last_source(page: int) -> int:
    """The page that an alias of aliases shows in the end."""
    source = Page.objects.values_list("alias_of_id", flat=True).get(pk=page)
    return page if source is None else _last_source(source)


def _places_above(path: str) -> Iterator[str]:
    for end in range(Page.steplen, len(path), Page.steplen):
        yield path[:end]


def _by_owner(model: Any, owner: str) -> dict[int, list[Any]]:
    rows: dict[int, list[Any]] = defaultdict(list)
    for restriction in model.objects.prefetch_related("groups"):
        rows[getattr(restriction, owner)].append(restriction)
    return rows


def _collection_audiences() -> dict[int, str]:
    restrictions = _by_owner(CollectionViewRestriction, "collection_id")
    places = dict(Collection.objects.values_list("pk", "path"))
    restricted = [(places[owner], rows) for owner, rows in restrictions.items()]
    return {
        key: audience_of(
            row for above, rows in restricted if path.startswith(above) for row in rows
        )
        for key, path in places.items()
    }
