"""What the landing page shows."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.http import HttpRequest
from wagtail.models import Page

from browse.geography import Drawing, draw
from browse.holdings import Card
from cms.labels import in_order
from network.models import Activity, Place
from publications.access import Reader
from publications.models import Edition
from publications.restrictions import visible_editions
from search.address import search_url
from search.catalogue import demonstration_works
from search.engine import audiences_for, get_engine
from search.engines.base import EngineUnavailable
from search.facets import Value, themes_of
from search.plan import Plan

if TYPE_CHECKING:
    from home.models import HomePage

logger = logging.getLogger(__name__)

NEWEST = 6
ACTIVITIES = 3
CONTRIBUTE = "contribute"
"""The short name of the page about sharing a practice (``demo/site``)."""

LOOKED_AT = 50
"""How far back newest works are looked for; the reader may not see all."""


@dataclass(frozen=True, slots=True)
class Example:
    """An example question and the address of its search."""

    text: str
    url: str


def landing_context(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """Example questions, themes, newest works, the network's map and latest activities."""
    reader = Reader.of(request.user)
    lines = (line.strip() for line in page.example_queries.splitlines())
    return {
        "examples": [Example(line, search_url(line)) for line in lines if line],
        "themes": _themes(reader, page.locale.language_code),
        "latest": _latest_activities(),
        "drawings": _map(),
        "contribute": _contribute(page),
        "newest": _newest(page, reader),
    }


def _latest_activities() -> list[Activity]:
    return list(Activity.objects.exclude(date=None).select_related("place")[:ACTIVITIES])


def _map() -> list[Drawing]:
    """The places of the network's organisations, as the network's own page has them."""
    places = Place.objects.annotate(held=Count("organisations")).filter(held__gt=0)
    drawings = draw([(place, place.held) for place in in_order(places)])
    return [drawing for drawing in drawings if drawing.areas]


def _contribute(page: HomePage) -> Page | None:
    """The page that says how to share a practice."""
    found = page.get_children().live().filter(slug=CONTRIBUTE).first()
    return found.specific if found else None


def _newest(page: HomePage, reader: Reader) -> list[Card]:
    """The editions in the page's language that were published last."""
    editions = Edition.objects.live().real().filter(locale=page.locale)
    editions = editions.select_related("work", "locale").order_by("-first_published_at", "-pk")
    shown = list(islice(visible_editions(editions[:LOOKED_AT], reader), NEWEST))
    demonstration = demonstration_works([edition.work_id for edition in shown])
    return [Card(edition, edition.work_id in demonstration) for edition in shown]


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
