"""The map of the network, drawn from outlines that come with the site.

No tile server and no key: paths of an SVG, made from ``data/outlines.json``, which
``scripts/outlines.py`` writes. A place whose position is known only roughly is shown as the
province or district it lies in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from browse.windows import WINDOWS, Window
from cms.labels import list_label
from network.models import Place

OUTLINES = Path(__file__).parent / "data" / "outlines.json"

Ring = list[list[float]]


@dataclass(frozen=True, slots=True)
class Area:
    """A part of the map with places of the network in it: a province, or a point.

    ``path`` is empty for a point; ``x`` and ``y`` are where its number of organisations stands.
    """

    path: str
    x: float
    y: float
    places: tuple[Place, ...]
    organisations: int

    @property
    def slug(self) -> str:
        """The first place's, by which the list is found."""
        return self.places[0].slug

    @property
    def name(self) -> str:
        """What its places are called."""
        return str(self.places[0]) if len(self.places) == 1 else list_label(self.places)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A piece of the map, ready to be drawn in its own units."""

    window: Window
    land: str
    countries: str
    areas: tuple[Area, ...]


def draw(places: Sequence[tuple[Place, int]]) -> list[Drawing]:
    """The pieces of the map for some places, each with its number of organisations."""
    return [_drawing(window, places) for window in WINDOWS]


def _drawing(window: Window, places: Iterable[tuple[Place, int]]) -> Drawing:
    outlines = _outlines()[window.name]
    inside = [
        (place, count)
        for place, count in places
        if place.country_id in window.countries
        and place.latitude is not None
        and place.longitude is not None
    ]
    return Drawing(
        window=window,
        land=_path(window, outlines["land"]),
        countries=_path(
            window, [ring for rings in outlines["countries"].values() for ring in rings]
        ),
        areas=tuple(_areas(window, outlines["divisions"], inside)),
    )


def _areas(
    window: Window, divisions: dict[str, Any], places: Iterable[tuple[Place, int]]
) -> Iterator[Area]:
    """Points for places that are known exactly, provinces for the others, the latter first."""
    points: list[Area] = []
    grouped: dict[str, list[tuple[Place, int]]] = {}
    for place, count in places:
        division = _division_of(divisions.get(place.country_id, {}), place)
        if place.coordinate_precision == Place.CoordinatePrecision.EXACT or not division:
            points.append(Area("", *_at(window, place), (place,), count))
        else:
            grouped.setdefault(division, []).append((place, count))
    for division, members in grouped.items():
        rings = divisions[division[:2]][division]
        x, y = _middle([_at(window, place) for place, _count in members])
        found = tuple(place for place, _count in members)
        yield Area(_path(window, rings), x, y, found, sum(count for _place, count in members))
    yield from points


def _at(window: Window, place: Place) -> tuple[float, float]:
    return window.place(place.longitude or 0.0, place.latitude or 0.0)


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    xs, ys = zip(*points, strict=True)
    return round(sum(xs) / len(xs), 1), round(sum(ys) / len(ys), 1)


def _division_of(divisions: dict[str, list[Ring]], place: Place) -> str:
    """The province that a place lies in; the nearest for a place just off a simplified coast."""
    point = (place.longitude or 0.0, place.latitude or 0.0)
    for code, rings in divisions.items():
        if any(_holds(ring, point) for ring in rings):
            return code
    near = ((_gap(rings, point), code) for code, rings in divisions.items() if rings)
    gap, code = min(near, default=(NEAR, ""))
    return code if gap < NEAR else ""


NEAR = 0.02
"""Square degrees: a place farther than about 15 km from every outline lies in none of them."""


def _gap(rings: Iterable[Ring], point: tuple[float, float]) -> float:
    return min((x - point[0]) ** 2 + (y - point[1]) ** 2 for ring in rings for x, y in ring)


def _holds(ring: Ring, point: tuple[float, float]) -> bool:
    """Whether a ring goes round a point, by the even-odd rule."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _path(window: Window, rings: Iterable[Ring]) -> str:
    """Rings as the data of an SVG path."""
    return "".join(
        "M" + "L".join(f"{x:g} {y:g}" for x, y in (window.place(*point) for point in ring)) + "Z"
        for ring in rings
    )


@cache
def _outlines() -> dict[str, Any]:
    outlines: dict[str, Any] = json.loads(OUTLINES.read_text())
    return outlines
