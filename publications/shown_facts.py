"""A work's facts as its page shows them, each with the way to more of its kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from cms.labels import in_order, list_label
from network.models import Activity, Country, Organisation, Place
from publications.models import Work, WorkIdentifier, WorkOrganisation


@dataclass(frozen=True, slots=True)
class FactValue:
    """A value of a fact; ``url`` leads to everything that shares it, empty where nothing does."""

    text: str
    url: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact with what it is called and its values."""

    label: str
    values: tuple[FactValue, ...]


def shown_facts(work: Work) -> list[ShownFact]:
    """The work's facts in the active language; unknown ones are left out."""
    role = WorkOrganisation.Role
    period = "–".join(str(year) for year in (work.period_start, work.period_end) if year)
    rows: list[tuple[str, Iterable[FactValue]]] = [
        (_("Authors"), map(FactValue, work.authors)),
        (_("Date"), [FactValue(work.date_display())]),
        (_("Publisher"), map(_organisation, work.organisations_as(role.PUBLISHER))),
        (_("Partners"), map(_organisation, work.organisations_as(role.PARTNER))),
        (_("Municipality"), [_organisation(work.municipality)] if work.municipality else []),
        (_("Period"), [FactValue(period)]),
        (
            _("Countries"),
            (_found(str(row), country=row.code) for row in in_order(work.countries.all())),
        ),
        (_("Places"), map(_place, in_order(work.places.all()))),
        (_("Themes"), _themes(work)),
        (_("Activities"), map(_activity, in_order(work.activities.all()))),
        (_("Identifiers"), map(_identifier, work.identifiers.all())),
        (_("Validation"), [FactValue(str(work.get_validation_display()))]),
        (_("Licence"), [FactValue(str(work.get_licence_display()))]),
    ]
    kept = ((label, tuple(value for value in values if value.text)) for label, values in rows)
    return [ShownFact(str(label), values) for label, values in kept if values]


def facts_for_display(work: Work) -> list[tuple[str, str]]:
    """The facts as plain text, a label and a value each."""
    return [(fact.label, list_label(fact.values)) for fact in shown_facts(work)]


def _themes(work: Work) -> list[FactValue]:
    return [_found(theme.label(), theme=theme.slug) for theme in in_order(work.themes.all())]


def _found(text: str, **filters: str) -> FactValue:
    return FactValue(text, f"{reverse('search')}?{urlencode(filters)}")


def _organisation(organisation: Organisation) -> FactValue:
    return FactValue(str(organisation), reverse("organisation", args=[organisation.slug]))


def _activity(activity: Activity) -> FactValue:
    return FactValue(str(activity), reverse("activity", args=[activity.slug]))


def _country(country: Country) -> FactValue:
    return _found(str(country), country=country.code)


def _place(place: Place) -> FactValue:
    return FactValue(str(place), reverse("place", args=[place.slug]))


def _identifier(row: WorkIdentifier) -> FactValue:
    url = f"https://doi.org/{row.value}" if row.scheme == WorkIdentifier.Scheme.DOI else ""
    return FactValue(str(row), url)
