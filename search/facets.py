"""The facets of the results page: what their values are called, and where a click leads.

An engine counts keys. The labels come from the database, in the language of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cms.labels import in_order, language_label
from glossary.models import Concept
from network.models import Country, Organisation
from search.address import Address, search_url
from search.records import FACETS

OPEN_VALUES = 8
"""Values of a facet shown at once; the rest is folded."""

OPEN_FACETS = ("kind", "language", "theme")

HEADINGS: dict[str, str | Promise] = {
    "kind": _("Kind"),
    "language": _("Language of the text"),
    "country": _("Country"),
    "theme": _("Theme"),
    "organisation": _("Organisation"),
    "year": _("Year"),
}

KINDS: dict[str, str | Promise] = {
    "publication": _("Publication"),
    "good_practice": _("Good practice"),
    "guidance": _("Guidance"),
}

Labels = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Value:
    """A facet's value with its count, and the address with it chosen or no longer chosen."""

    key: str
    label: str
    count: int
    chosen: bool
    url: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet of the results with its values, the most frequent first; as frequent ones by name."""

    name: str
    heading: str
    values: tuple[Value, ...]
    chosen: int

    @property
    def is_open(self) -> bool:
        """Whether it is unfolded: the facets most asked for, and those with a chosen value."""
        return bool(self.chosen) or self.name in OPEN_FACETS

    @property
    def first(self) -> tuple[Value, ...]:
        """The values shown at once."""
        return self.values[:OPEN_VALUES]

    @property
    def rest(self) -> tuple[Value, ...]:
        """The values that are folded."""
        return self.values[OPEN_VALUES:]


@dataclass(frozen=True, slots=True)
class Chip:
    """A chosen value, and the address without it."""

    heading: str
    label: str
    url: str


def build_facets(
    address: Address, counts: Mapping[str, Sequence[tuple[str, int]]], labels: Labels
) -> tuple[Facet, ...]:
    """The facets to show: those that have a value, in their order."""
    built = (_facet(name, address, counts.get(name, ()), labels) for name in FACETS)
    return tuple(facet for facet in built if facet.values)


def _facet(name: str, address: Address, counts: Sequence[tuple[str, int]], labels: Labels) -> Facet:
    chosen = address.filters.get(name, ())
    found, counts = dict(counts), _ranked(counts, labels[name])
    shown = [(key, count) for key, count in counts if key in chosen]
    shown += [(key, 0) for key in chosen if key not in found]
    shown += [(key, count) for key, count in counts if key not in chosen]
    if name == "year":
        shown.sort(key=lambda pair: pair[0], reverse=True)
    values = tuple(
        Value(
            key=key,
            label=labels[name].get(key, key),
            count=count,
            chosen=key in chosen,
            url=address.toggled(name, key).url,
        )
        for key, count in shown
    )
    return Facet(name, str(HEADINGS[name]), values, len(chosen))


def _ranked(counts: Sequence[tuple[str, int]], labels: Mapping[str, str]) -> list[tuple[str, int]]:
    """Values, the most frequent first; engines know no names to order others by."""
    named = in_order(counts, lambda pair: labels.get(pair[0], pair[0]))
    return sorted(named, key=lambda pair: -pair[1])


def themes_of(counts: Mapping[str, Sequence[tuple[str, int]]]) -> list[Value]:
    """The themes that have works, with the address of everything filed under each."""
    keys = counts.get("theme", ())
    labels = _themes([key for key, _count in keys])
    return [
        Value(key, labels.get(key, key), count, False, search_url(theme=key))
        for key, count in _ranked(keys, labels)
    ]


def languages_of(counts: Mapping[str, Sequence[tuple[str, int]]]) -> list[Value]:
    """How many of the works found can be read in each language."""
    rows = counts.get("language", ())
    labels = {code: language_label(code) for code, _count in rows}
    return [
        Value(code, labels[code], count, False, search_url(language=code))
        for code, count in _ranked(rows, labels)
    ]


def build_chips(address: Address, labels: Labels) -> tuple[Chip, ...]:
    """A chip for every chosen value."""
    return tuple(
        Chip(str(HEADINGS[name]), labels[name].get(key, key), address.toggled(name, key).url)
        for name in FACETS
        for key in address.filters.get(name, ())
    )


def labels_of(keys: Mapping[str, Iterable[str]]) -> Labels:
    """What values are called in the active language; a value nobody knows keeps its key."""
    return {name: _LABELLERS[name](sorted(set(keys.get(name, ())))) for name in FACETS}


def keys_of(address: Address, counts: Mapping[str, Sequence[tuple[str, int]]]) -> Labels:
    """The values whose labels a page of results needs."""
    return {
        name: dict.fromkeys([key for key, _count in counts.get(name, ())], "")
        | dict.fromkeys(address.filters.get(name, ()), "")
        for name in FACETS
    }


def kind_label(kind: str) -> str:
    """What a kind of work is called in the active language."""
    return str(KINDS.get(kind, kind))


def _kinds(keys: Sequence[str]) -> dict[str, str]:
    return {key: kind_label(key) for key in keys}


def _languages(keys: Sequence[str]) -> dict[str, str]:
    return {key: language_label(key) for key in keys}


def _countries(keys: Sequence[str]) -> dict[str, str]:
    return {row.code: str(row) for row in Country.objects.filter(code__in=keys)} if keys else {}


def _themes(keys: Sequence[str]) -> dict[str, str]:
    if not keys:
        return {}
    concepts = Concept.objects.filter(slug__in=keys).with_labels()
    return {concept.slug: concept.label() for concept in concepts}


def _organisations(keys: Sequence[str]) -> dict[str, str]:
    if not keys:
        return {}
    return {row.slug: str(row) for row in Organisation.objects.filter(slug__in=keys)}


def _years(keys: Sequence[str]) -> dict[str, str]:
    return {key: key for key in keys}


_LABELLERS: dict[str, Callable[[Sequence[str]], dict[str, str]]] = {
    "kind": _kinds,
    "language": _languages,
    "country": _countries,
    "theme": _themes,
    "organisation": _organisations,
    "year": _years,
}
