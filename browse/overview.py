"""All ways into the library on one page: kinds, themes, countries, years and so on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from browse.holdings import Holdings
from cms.labels import in_order, language_label
from glossary.models import Concept
from network.models import Activity, Country, Organisation, Place
from search.address import search_url
from search.facets import kind_label


@dataclass(frozen=True, slots=True)
class Way:
    """A value to browse by: its name, its number of works, and where it leads."""

    label: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Ways:
    """The values of one kind, under their heading; ``more`` leads to a page of their own."""

    name: str
    heading: str
    ways: tuple[Way, ...]
    more: str = ""
    more_label: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """A year of the timeline; ``share`` is its number of works in hundredths of the fullest."""

    year: int
    count: int
    share: int
    url: str


def overview(holdings: Holdings, language: str) -> list[Ways]:
    """The ways that have works, each kind of them in its own order."""
    found = [
        Ways("kinds", _("Kind"), _kinds(holdings)),
        Ways("languages", _("Language of the text"), _languages(holdings)),
        Ways(
            "themes",
            _("Theme"),
            _themes(holdings, language),
            reverse("themes"),
            _("Themes and the terms below them"),
        ),
        Ways("countries", _("Country"), _countries(holdings, language)),
        Ways("places", _("Place"), _places(holdings, language)),
        *_organisations(holdings, language),
        Ways(
            "levels",
            _("Level of activity"),
            _levels(holdings),
            reverse("activities"),
            _("All activities"),
        ),
    ]
    return [ways for ways in found if ways.ways]


def years(holdings: Holdings) -> list[Year]:
    """Every year from the first work's to the last's, for a timeline."""
    counts = holdings.years()
    if not counts:
        return []
    most = max(counts.values())
    span = range(min(counts), max(counts) + 1)
    return [
        Year(
            year,
            counts[year],
            round(100 * counts[year] / most),
            search_url(year=str(year)) if counts[year] else "",
        )
        for year in span
    ]


def _kinds(holdings: Holdings) -> tuple[Way, ...]:
    return _fullest_first(
        Way(kind_label(kind), count, search_url(kind=kind))
        for kind, count in holdings.kinds().items()
    )


def _languages(holdings: Holdings) -> tuple[Way, ...]:
    return _fullest_first(
        Way(language_label(code), count, search_url(language=code))
        for code, count in holdings.languages().items()
    )


def _themes(holdings: Holdings, language: str) -> tuple[Way, ...]:
    counts = holdings.themes()
    rows = Concept.objects.filter(slug__in=counts).with_labels()
    ways = [Way(row.label(), counts[row.slug], search_url(theme=row.slug)) for row in rows]
    return _ordered(ways, language)


def _countries(holdings: Holdings, language: str) -> tuple[Way, ...]:
    counts = holdings.countries()
    rows = Country.objects.filter(code__in=counts)
    ways = [Way(str(row), counts[row.code], search_url(country=row.code)) for row in rows]
    return _ordered(ways, language)


def _places(holdings: Holdings, language: str) -> tuple[Way, ...]:
    counts = holdings.places()
    rows = Place.objects.filter(slug__in=counts)
    ways = [Way(str(row), counts[row.slug], reverse("place", args=[row.slug])) for row in rows]
    return _ordered(ways, language)


def _organisations(holdings: Holdings, language: str) -> list[Ways]:
    """Municipalities, and the other organisations: an officer looks for the former by name."""
    counts = holdings.organisations()
    rows = Organisation.objects.filter(slug__in=counts)
    municipality = Organisation.Kind.MUNICIPALITY
    return [
        Ways(
            "municipalities",
            _("Municipality"),
            _listed((row for row in rows if row.kind == municipality), counts, language),
        ),
        Ways(
            "organisations",
            _("Organisation"),
            _listed((row for row in rows if row.kind != municipality), counts, language),
            reverse("network"),
            _("The whole network"),
        ),
    ]


def _listed(rows: Iterable[Organisation], counts: Counter[str], language: str) -> tuple[Way, ...]:
    ways = [
        Way(str(row), counts[row.slug], reverse("organisation", args=[row.slug])) for row in rows
    ]
    return _ordered(ways, language)


def _levels(holdings: Holdings) -> tuple[Way, ...]:
    counts, address = holdings.levels(), reverse("activities")
    return tuple(
        Way(str(level.label), counts[level.value], f"{address}?level={level.value}")
        for level in Activity.Level
        if counts[level.value]
    )


def _fullest_first(ways: Iterable[Way]) -> tuple[Way, ...]:
    """Those with as many works by their names."""
    ordered = in_order(ways, lambda way: way.label)
    return tuple(sorted(ordered, key=lambda way: -way.count))


def _ordered(ways: Sequence[Way], language: str) -> tuple[Way, ...]:
    return tuple(in_order(ways, lambda way: way.label, language))
