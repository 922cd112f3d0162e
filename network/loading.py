"""Loading the network from files: countries, organisations with their places, activities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction

from cms.dates import parse_partial_date
from cms.languages import CODES
from cms.loading import (
    Loaded,
    Row,
    complain_about_doubles,
    csv_rows,
    raise_problems,
    read_toml,
    store,
    toml_rows,
)
from network.models import Activity, Country, Organisation, Place

DATA = Path(__file__).parent / "data"
COUNTRY_COLUMNS = ("code", *CODES)


@dataclass(slots=True)
class Files:
    """The rows of a folder: ``countries.csv``, ``organisations.toml``, ``activities.toml``.

    ``sources`` (``sources.toml``) maps the keys by which rows name their sources to a title
    or an address.
    """

    countries: list[Row]
    organisations: list[Row]
    activities: list[Row]
    sources: Mapping[str, str]
    counts: dict[str, Loaded] = field(default_factory=dict)

    def all_rows(self) -> list[Row]:
        """Every row."""
        return [*self.countries, *self.organisations, *self.activities]


def load_network(folder: Path = DATA, *, update: bool = False) -> Mapping[str, Loaded]:
    """Load countries, places, organisations and activities; raises ``BrokenRows``."""
    files = Files(
        countries=csv_rows(folder / "countries.csv", COUNTRY_COLUMNS),
        organisations=toml_rows(folder / "organisations.toml", "organisation"),
        activities=toml_rows(folder / "activities.toml", "activity"),
        sources=read_toml(folder / "sources.toml"),
    )
    _check(files)
    raise_problems(files.all_rows())
    with transaction.atomic():
        for kind in ("countries", "places", "organisations", "activities"):
            files.counts[kind] = Loaded()
        _store_countries(files, update)
        _store_places(files, update)
        _store_organisations(files, update)
        _store_activities(files, update)
    return files.counts


def _check(files: Files) -> None:
    complain_about_doubles(files.countries, "code")
    complain_about_doubles(files.organisations, "id")
    complain_about_doubles(files.activities, "id")
    codes = {row.values["code"] for row in files.countries}
    organisations = {row.values["id"] for row in files.organisations if row.values.get("id")}
    for row in files.countries:
        row.required("en")
    for row in files.organisations:
        row.names("names")
        _check_choice(row, "kind", Organisation.Kind.values)
        _check_known(row, "parent", organisations, "organisation")
    for row in files.activities:
        row.names("title")
        _check_choice(row, "level", Activity.Level.values)
        _check_known(row, "organisations", organisations, "organisation")
        _check_dates(row)
    for row in [*files.organisations, *files.activities]:
        _check_known(row, "country", codes, "country")
        _check_known(row, "sources", set(files.sources), "source")
    _check_places(files)


def _check_choice(row: Row, name: str, choices: list[str]) -> None:
    if row.required(name) and row.values[name] not in choices:
        row.complain(f"“{row.values[name]}” is no {name}; choose one of {', '.join(choices)}.")


def _check_known(row: Row, name: str, known: set[str], kind: str) -> None:
    value = row.values.get(name) or []
    for key in [value] if isinstance(value, str) else value:
        if key not in known:
            row.complain(f"“{key}” in “{name}” is no {kind} of these files.")


def _check_dates(row: Row) -> None:
    precisions = set()
    for name in ("date", "end_date"):
        if row.values.get(name):
            try:
                precisions.add(parse_partial_date(str(row.values[name]))[1])
            except ValueError:
                row.complain(f"“{row.values[name]}” in “{name}” is no date such as 2021-05-30.")
    if len(precisions) > 1:
        row.complain("“date” and “end_date” must be known equally well (year, month or day).")


def _check_places(files: Files) -> None:
    """A place may stand with several rows, but then says the same in each."""
    seen: dict[str, Any] = {}
    for row in [*files.organisations, *files.activities]:
        place = row.values.get("place")
        if place is None:
            continue
        if not {"id", "lat", "lon", "name"} <= place.keys() or not row.values.get("country"):
            row.complain("A place needs “id”, “lat”, “lon”, “name” and the row's “country”.")
        elif seen.setdefault(place["id"], place) != place:
            row.complain(f"The place “{place['id']}” says something else in an earlier row.")
        elif not (-90 <= place["lat"] <= 90 and -180 <= place["lon"] <= 180):
            row.complain(f"The place “{place['id']}” lies outside the world.")


def _store_countries(files: Files, update: bool) -> None:
    for row in files.countries:
        names = {code: row.values[code] for code in CODES if row.values[code]}
        key = {"code": row.values["code"]}
        store(Country, key, {"names": names}, update, files.counts["countries"])


def _store_places(files: Files, update: bool) -> None:
    places = {
        row.values["place"]["id"]: row.values
        for row in [*files.organisations, *files.activities]
        if "place" in row.values
    }
    for slug, row in places.items():
        place = row["place"]
        values = {
            "names": place["name"],
            "country_id": row["country"],
            "latitude": place["lat"],
            "longitude": place["lon"],
            "coordinate_precision": Place.CoordinatePrecision.APPROXIMATE,
        }
        store(Place, {"slug": slug}, values, update, files.counts["places"])


def _store_organisations(files: Files, update: bool) -> None:
    written: list[tuple[Organisation, str]] = []
    for row in files.organisations:
        values = {
            "kind": row.values["kind"],
            "names": row.values["names"],
            "acronyms": ", ".join(row.values.get("acronyms", [])),
            "role": row.values.get("role", {}),
            **_common(row, files),
        }
        key = {"slug": row.values["id"]}
        loaded = files.counts["organisations"]
        organisation, was_written = store(Organisation, key, values, update, loaded)
        if was_written and row.values.get("parent"):
            written.append((organisation, row.values["parent"]))
    for organisation, parent in written:  # a parent may stand further down
        organisation.parent = Organisation.objects.get(slug=parent)
        organisation.save(update_fields=["parent"])


def _store_activities(files: Files, update: bool) -> None:
    for row in files.activities:
        values = {
            "level": row.values["level"],
            "titles": row.values["title"],
            "summaries": row.values.get("summary", {}),
            **_dates(row),
            **_common(row, files),
        }
        loaded = files.counts["activities"]
        activity, written = store(Activity, {"slug": row.values["id"]}, values, update, loaded)
        if written:
            slugs = row.values.get("organisations", [])
            activity.organisations.set(Organisation.objects.filter(slug__in=slugs))


def _dates(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if row.values.get("date"):
        values["date"], values["date_precision"] = parse_partial_date(str(row.values["date"]))
    if row.values.get("end_date"):
        values["end_date"] = parse_partial_date(str(row.values["end_date"]))[0]
    return values


def _common(row: Row, files: Files) -> dict[str, Any]:
    place = row.values.get("place")
    return {
        "country_id": row.values.get("country"),
        "place": Place.objects.get(slug=place["id"]) if place else None,
        "sources": "\n".join(files.sources[key] for key in row.values.get("sources", [])),
    }
