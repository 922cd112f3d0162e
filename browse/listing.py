"""The works of a place or an activity, page by page: neither is a facet of the search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator

from browse.holdings import Holdings
from cms.pages import build_pages

WORKS_PER_PAGE = 24


def listed_works(
    works: Iterable[int], holdings: Holdings, language: str, address: str, number: str
) -> dict[str, Any]:
    """The cards of a page of some works, the newest first, and the way to the other pages.

    What is no number is the first page; a number that no page has is the last one.
    """
    paginator = Paginator(holdings.newest_first(works), WORKS_PER_PAGE)
    page = paginator.get_page(number)
    return {
        "cards": holdings.cards(page.object_list, language),
        "works": paginator.count,
        "pages": build_pages(
            page.number,
            paginator.num_pages,
            lambda other: f"{address}?page={other}" if other > 1 else address,
        ),
    }
