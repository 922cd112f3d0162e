"""The network: its organisations on a map and in a directory, and a page for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from browse.activities import latest_first
from browse.geography import draw
from browse.holdings import Holdings
from browse.listing import listed_works
from cms.labels import in_order
from cms.names import name_in
from network.models import Activity, Country, Organisation, Place
from publications.models import Work
from search.address import search_url

SHOWN_WORKS = 12
"""Works on an organisation's page; the search lists them all."""


KINDS = {
    Organisation.Kind.UNION: _("Unions of municipalities"),
    Organisation.Kind.MUNICIPALITY: _("Municipalities"),
    Organisation.Kind.ASSOCIATION: _("Associations"),
    Organisation.Kind.PARTNER: _("Partners"),
}
"""What several organisations of a kind are called, in the order of the directory."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An organisation of the directory with its number of works."""

    organisation: Organisation
    works: int


@dataclass(frozen=True, slots=True)
class Group:
    """The organisations of one country and kind."""

    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CountryGroup:
    """A country with its organisations by kind; ``None`` is for those of no country."""

    country: Country | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A place of the map with its organisations, as the list beside the map has it."""

    place: Place
    organisations: tuple[Organisation, ...]


def directory(holdings: Holdings, language: str) -> dict[str, Any]:
    """The map, the list that says the same, and the directory."""
    rows = list(Organisation.objects.select_related("country", "place__country"))
    places = _places(rows, language)
    return {
        "drawings": draw([(row.place, len(row.organisations)) for row in places]),
        "places": places,
        "any_approximate": any(_is_approximate(row.place) for row in places),
        "countries": _by_country(rows, holdings.organisations(), language),
    }


def _places(rows: Iterable[Organisation], language: str) -> list[PlaceEntry]:
    """The places with a position that organisations are at, in order."""
    found: dict[int, list[Organisation]] = defaultdict(list)
    places: dict[int, Place] = {}
    for row in rows:
        if row.place and row.place.latitude is not None and row.place.longitude is not None:
            found[row.place.pk].append(row)
            places[row.place.pk] = row.place
    entries = [
        PlaceEntry(places[key], tuple(in_order(found[key], str, language))) for key in places
    ]
    return in_order(entries, lambda entry: str(entry.place), language)


def _by_country(
    rows: Sequence[Organisation], counts: Counter[str], language: str
) -> list[CountryGroup]:
    countries = {row.country.code: row.country for row in rows if row.country}
    ordered: list[Country | None] = [*in_order(countries.values(), str, language), None]
    groups = [
        CountryGroup(
            country, _by_kind([row for row in rows if row.country == country], counts, language)
        )
        for country in ordered
    ]
    return [group for group in groups if group.groups]


def _by_kind(
    rows: Sequence[Organisation], counts: Counter[str], language: str
) -> tuple[Group, ...]:
    return tuple(
        Group(
            str(label),
            tuple(
                Entry(row, counts[row.slug])
                for row in in_order([row for row in rows if row.kind == kind], str, language)
            ),
        )
        for kind, label in KINDS.items()
        if any(row.kind == kind for row in rows)
    )


def works_of(organisation: Organisation) -> list[int]:
    """The works in which an organisation has a part, whoever may see them."""
    part = Q(work_organisations__organisation=organisation) | Q(municipality=organisation)
    return list(Work.objects.filter(part).values_list("pk", flat=True).distinct())


def organisation_context(
    organisation: Organisation, holdings: Holdings, language: str
) -> dict[str, Any]:
    """An organisation's works, activities and relations."""
    works = [work for work in works_of(organisation) if work in holdings.works]
    return {
        "organisation": organisation,
        "role": name_in(organisation.role),
        "approximate": _is_approximate(organisation.place),
        "members": in_order(organisation.members.all(), str, language),
        "acronyms": [text.strip() for text in organisation.acronyms.split(",") if text.strip()],
        "activities": latest_first(organisation.activities.select_related("place"), language),
        "cards": holdings.cards(works, language, SHOWN_WORKS),
        "works": len(works),
        "works_url": search_url(organisation=organisation.slug),
        "drawings": [drawing for drawing in draw([(organisation.place, 1)]) if drawing.areas]
        if organisation.place
        else [],
        "other_names": _other_names(organisation.names, language),
    }


def place_context(place: Place, holdings: Holdings, language: str, number: str) -> dict[str, Any]:
    """A place's organisations and activities, and a page of its works."""
    here = Q(places=place) | Q(municipality__place=place)
    works = Work.objects.filter(here).values_list("pk", flat=True).distinct()
    return {
        "place": place,
        "approximate": _is_approximate(place),
        "organisations": in_order(place.organisations.all(), str, language),
        "activities": latest_first(Activity.objects.filter(place=place), language),
        "drawings": [drawing for drawing in draw([(place, 1)]) if drawing.areas],
        "other_names": _other_names(place.names, language),
        **listed_works(works, holdings, language, reverse("place", args=[place.slug]), number),
    }


def _is_approximate(place: Place | None) -> bool:
    return place is not None and place.coordinate_precision != Place.CoordinatePrecision.EXACT


def _other_names(names: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The names in the other languages, those that are written alike once."""
    shown = {names.get(language, "")}
    found = []
    for code, name in names.items():
        if name and name not in shown:
            shown.add(name)
            found.append((code, name))
    return found
