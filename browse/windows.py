"""The pieces of the world that the network's map shows."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of the map: its edges in degrees (WGS 84), and the countries it is about.

    Drawn as an equirectangular projection that is true to scale along the middle parallel.
    ``width`` is that of the drawing in its own units.
    """

    name: str
    countries: tuple[str, ...]
    west: float
    east: float
    south: float
    north: float
    width: int

    @property
    def _scale(self) -> float:
        return self.width / (self.east - self.west)

    @property
    def height(self) -> int:
        """The height of the drawing."""
        middle = radians((self.south + self.north) / 2)
        return round((self.north - self.south) * self._scale / cos(middle))

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Where a point stands in the drawing, from its left and upper edges."""
        x = (longitude - self.west) * self._scale
        y = (self.north - latitude) / (self.north - self.south) * self.height
        return round(x, 1), round(y, 1)

    def holds(self, longitude: float, latitude: float) -> bool:
        """Whether a point is inside."""
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


WINDOWS = (
    Window("sweden", ("SE",), west=9.5, east=25.5, south=54.8, north=69.5, width=300),
    Window("levant", ("TR", "LB"), west=25.2, east=45.2, south=32.6, north=42.6, width=640),
)
