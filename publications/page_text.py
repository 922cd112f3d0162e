"""The text on a page's image: lines that can be selected where they are seen, and the matches.

Plain numbers for the attributes of an SVG in the image's own pixels, so that no style is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cms.languages import Direction
from publications.extraction import PlacedLine
from publications.extraction.arabic import is_rtl
from search.marking import mark
from search.plan import Plan

_FONT_SHARE = 0.75
"""Font size as a share of a line's height; only what is selected is seen of it."""

_ABOVE = 0.8
"""The share of a line's height that stands above its baseline."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of text: where its baseline begins in its own direction, how long and large it is."""

    text: str
    x: float
    y: float
    length: float
    size: float
    direction: Direction


@dataclass(frozen=True, slots=True)
class ShownMatch:
    """Where about a match stands on the image: a rectangle."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PageText:
    """The text on an image of ``width`` and ``height`` pixels."""

    width: int
    height: int
    lines: tuple[ShownLine, ...]
    matches: tuple[ShownMatch, ...]


def page_text(
    lines: Iterable[PlacedLine], size: tuple[int, int], language: str, plan: Plan
) -> PageText:
    """Lines with their places, and where a question's words stand in them."""
    width, height = size
    placed = [line for line in lines if line.text.strip() and line.width > 0]
    return PageText(
        width=width,
        height=height,
        lines=tuple(_line(line, width, height) for line in placed),
        matches=tuple(
            match for line in placed for match in _matches(line, width, height, language, plan)
        ),
    )


def _line(line: PlacedLine, width: int, height: int) -> ShownLine:
    right_to_left = is_rtl(line.text)
    start = line.left + line.width if right_to_left else line.left
    return ShownLine(
        text=line.text,
        x=round(start * width, 1),
        y=round(line.baseline * height, 1),
        length=round(line.width * width, 1),
        size=round(line.height * height * _FONT_SHARE, 1),
        direction="rtl" if right_to_left else "ltr",
    )


def _matches(
    line: PlacedLine, width: int, height: int, language: str, plan: Plan
) -> Iterator[ShownMatch]:
    """Matches by their share of the line's characters, which is about their share of its width."""
    count = len(line.text)
    for start, end in mark(line.text, language, plan):
        first = (count - end if is_rtl(line.text) else start) / count
        yield ShownMatch(
            x=round((line.left + first * line.width) * width, 1),
            y=round((line.baseline - _ABOVE * line.height) * height, 1),
            width=round((end - start) / count * line.width * width, 1),
            height=round(line.height * height, 1),
        )
