"""What the landing page shows."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from publications.access import Reader, visible_editions
from publications.models import Edition
from search.address import search_url
from search.engine import audiences_for, get_engine
from search.engines.base import EngineUnavailable
from search.facets import Value, themes_of
from search.plan import Plan

if TYPE_CHECKING:
    from home.models import HomePage

logger = logging.getLogger(__name__)

NEWEST = 6
LOOKED_AT = 50
"""How far back newest works are looked for; the reader may not see all."""


@dataclass(frozen=True, slots=True)
class Example:
    """An example question and the address of its search."""

    text: str
    url: str


def landing_context(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """Example questions, themes with works, and the newest works in this language."""
    reader = Reader.of(request.user)
    newest = Edition.objects.live().real().filter(locale=page.locale)
    newest = newest.select_related("work", "locale").order_by("-first_published_at", "-pk")
    lines = (line.strip() for line in page.example_queries.splitlines())
    return {
        "examples": [Example(line, search_url(line)) for line in lines if line],
        "themes": _themes(reader, page.locale.language_code),
        "newest": list(islice(_visible(newest[:LOOKED_AT], reader), NEWEST)),
    }


def _visible(editions: Iterable[Edition], reader: Reader) -> Iterator[Edition]:
    for edition in editions:
        yield from visible_editions([edition], reader)


def _themes(reader: Reader, language: str) -> list[Value]:
    """The themes with the number of works that a click on each gives; none while search rests."""
    everything = Plan(
        language=language, audiences=audiences_for(reader), now=int(time.time()), size=0
    )
    try:
        return themes_of(get_engine().search(everything).facets)
    except EngineUnavailable as error:
        logger.info("The landing page shows no themes: %s", error)
        return []
