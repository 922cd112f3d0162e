"""The way through a long list: page by page, with the first, the last and the neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

NEIGHBOURS = 2
"""Page numbers shown on each side of the present one."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What ``includes/pages.html`` shows.

    ``links`` are page numbers with their addresses: the present page has none, and a gap is
    the number 0.
    """

    last: int
    previous: str
    next: str
    links: tuple[tuple[int, str], ...]


def last_page(total: int, size: int) -> int:
    """The number of the last page of ``total`` items, ``size`` to a page; 1 when there is none."""
    return max(1, -(-total // size))


def build_pages(page: int, last: int, address: Callable[[int], str]) -> Pages:
    """The way from the present page to the others; ``address`` gives that of a number."""
    near = range(page - NEIGHBOURS, page + NEIGHBOURS + 1)
    numbers = sorted({1, last} | {number for number in near if 1 <= number <= last})
    links: list[tuple[int, str]] = []
    for before, number in zip([0, *numbers], numbers, strict=False):
        if number - before > 1:
            links.append((0, ""))
        links.append((number, "" if number == page else address(number)))
    return Pages(
        last=last,
        previous=address(page - 1) if page > 1 else "",
        next=address(page + 1) if page < last else "",
        links=tuple(links),
    )
