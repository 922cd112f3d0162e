"""Fingerprints: a short sum of everything a work's record is made from.

Cheap enough to be computed for the whole library each minute: a fixed number of queries that
read columns, not objects. A work whose fingerprint differs from the one it was indexed with is
indexed again, whatever changed it: an editor, a moved folder, the clock, a shell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from hashlib import blake2b
from typing import Any

from django.db.models import CharField
from django.db.models.functions import MD5, Cast

from glossary.models import Label
from network.models import Country, Organisation, Place
from publications.models import Edition, EditionFile, Work, WorkIdentifier, WorkOrganisation
from publications.restrictions import Restrictions
from search.works import KINDS, published

Parts = Mapping[int, list[tuple[Any, ...]]]


def fingerprints(works: Collection[int] | None = None) -> dict[int, str]:
    """The fingerprint of each work that readers may find: of some works, or of all."""
    parts: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    _Gatherer(works, parts).gather()
    return {work: _digest(rows) for work, rows in parts.items()}


def _digest(rows: Iterable[tuple[Any, ...]]) -> str:
    text = "\n".join(sorted(map(repr, rows)))
    return blake2b(text.encode(), digest_size=16).hexdigest()


class _Gatherer:
    """Collects what stands of each work: editions first, the rest for works that have one."""

    def __init__(self, works: Collection[int] | None, parts: dict[int, list[Any]]) -> None:
        self._works = works
        self._parts = parts
        self._restrictions = Restrictions()

    def gather(self) -> None:
        audiences = self._editions()
        self._files(audiences)
        self._facts()

    def _add(self, name: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Keep rows that begin with a work's number, if the work has an edition."""
        for work, *values in rows:
            if work in self._parts:
                self._parts[work].append((name, *values))

    def _rows(self, model: Any, column: str, *columns: Any) -> Iterable[tuple[Any, ...]]:
        rows = model.objects.order_by()
        if self._works is not None:
            rows = rows.filter(**{f"{column}__in": self._works})
        return rows.values_list(column, *columns).iterator(chunk_size=5000)

    def _editions(self) -> dict[int, str]:
        """Gather the editions; gives the audience of each."""
        audiences: dict[int, str] = {}
        for model in KINDS:
            columns = ("work_id", "pk", "path", "locale__language_code", "slug", "expire_at")
            rows = published(model, self._works).order_by()
            for work, key, path, *values in rows.values_list(*columns, *_texts(model)):
                audience = audiences[key] = self._restrictions.page(key, path)
                self._parts[work].append(("edition", model.kind, audience, *values))
        return audiences

    def _files(self, audiences: Mapping[int, str]) -> None:
        columns = (
            "edition_id",
            "document__collection_id",
            "number",
            "sort_order",
            "language",
            "label",
            "embargo_until",
            "document__title",
            "document__file",
            "document__reading__state",
            "document__reading__file_hash",
            "document__reading__file_type",
            "document__reading__language",
            "document__reading__read_at",
        )
        rows = self._rows(EditionFile, "edition__work_id", *columns)
        self._add(
            "file",
            (
                (work, edition, self._restrictions.collection(collection), *values)
                for work, edition, collection, *values in rows
                if edition in audiences
            ),
        )

    def _facts(self) -> None:
        names = _names_of_organisations()
        authors = Cast("authors", CharField())
        columns = ("date", authors, "municipality_id")
        self._add(
            "work",
            (
                (*values, names.get(municipality))
                for *values, municipality in self._rows(Work, "pk", *columns)
            ),
        )
        rows = self._rows(WorkOrganisation, "work_id", "pk", "organisation_id")
        self._add("organisation", ((work, key, names[other]) for work, key, other in rows))
        self._add("identifier", self._rows(WorkIdentifier, "work_id", "pk", "value"))
        for name, column, called in (
            ("themes", "concept_id", _names_of_themes()),
            ("countries", "country_id", _names_of(Country, "code")),
            ("places", "place_id", _names_of(Place, "slug")),
        ):
            through = getattr(Work, name).through
            linked = self._rows(through, "work_id", column)
            self._add(name, ((work, called[key]) for work, key in linked))


def _texts(model: type[Edition]) -> list[Any]:
    """The texts of an edition, the long ones as a sum that the database makes."""
    return ["title", *(MD5(name) for name in ("summary", *model.text_fields))]


def _names_of(model: Any, *columns: str) -> dict[Any, tuple[Any, ...]]:
    """What stands in a record of each country or place."""
    rows = model.objects.values_list("pk", Cast("names", CharField()), *columns)
    return {key: tuple(values) for key, *values in rows.order_by()}


def _names_of_organisations() -> dict[Any, tuple[Any, ...]]:
    columns = ("acronyms", "slug", "place__slug")
    names = _names_of(Organisation, *columns, "place_id")
    places = _names_of(Place)
    return {key: (*values, places.get(place)) for key, (*values, place) in names.items()}


def _names_of_themes() -> dict[int, tuple[Any, ...]]:
    rows = Label.objects.filter(kind=Label.Kind.PREFERRED, concept__works__isnull=False)
    called: dict[int, set[Any]] = defaultdict(set)
    for concept, *label in rows.values_list("concept_id", "concept__slug", "language", "text"):
        called[concept].add(tuple(label))
    return defaultdict(tuple, {key: tuple(sorted(rows)) for key, rows in called.items()})
