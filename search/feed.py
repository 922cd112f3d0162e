"""“Follow this search”: the newest works that answer a question, as an Atom feed.

The address is that of the results page with ``feed`` in it, so that whoever follows a search
follows exactly what its page shows everybody: a feed never holds what needs logging in.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.languages import DEFAULT_LANGUAGE
from publications.access import Reader
from publications.models import Edition
from search.address import Address
from search.asking import ask
from search.engine import get_engine
from search.engines.base import EngineUnavailable, Hit
from search.results import work_url

logger = logging.getLogger(__name__)

ENTRIES = 30
SECONDS = 900
"""How long a feed may be kept: nobody needs to ask more often."""

RETRY_SECONDS = "600"


def feed_url(address: Address) -> str:
    """The address of the feed of a search."""
    kept = [pair for pair in address.parameters if pair[0] not in ("sort", "page")]
    return reverse("search_feed") + (f"?{urlencode(kept)}" if kept else "")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest public works that answer the question and filters of the address."""
    address = Address.read(request.GET).sorted_by("date").at(1)
    try:
        hits = _found(address)
    except EngineUnavailable as error:
        logger.warning("No feed, as there is no index: %s", error)
        response = HttpResponse(_("The search is resting just now."), status=503)
        response["Retry-After"] = RETRY_SECONDS
        return response
    body = _atom(request, address, hits).writeString("utf-8")
    response = HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


def _found(address: Address) -> tuple[Hit, ...]:
    """The newest works that the search of an address finds for everybody."""
    asking = ask(address, get_language() or DEFAULT_LANGUAGE, Reader())
    engine = get_engine()
    with engine.answering():
        return engine.search(replace(asking.plan, size=ENTRIES, passages_per_hit=0)).hits


def _atom(request: HttpRequest, address: Address, hits: Iterable[Hit]) -> Atom1Feed:
    full, hits = request.build_absolute_uri, list(hits)
    page = address.sorted_by(address.default_sort)
    atom = Atom1Feed(
        title=_("“%(words)s” in the library") % {"words": address.q}
        if address.q
        else _("Works of the library"),
        link=full(page.url),
        description="",
        language=get_language(),
        feed_url=full(feed_url(address)),
    )
    published = _published([hit.work for hit in hits])
    for hit in hits:
        at = published.get((hit.work, hit.language), timezone.now())
        atom.add_item(
            title=hit.title,
            link=full(work_url(hit.work, hit.slug)),
            description=hit.summary,
            unique_id=full(reverse("work_number", args=[hit.work])),
            pubdate=at,
            updateddate=at,
        )
    return atom


def _published(works: Iterable[int]) -> dict[tuple[int, str], datetime]:
    """When editions last changed for readers, by work and language."""
    rows = Edition.objects.live().real().filter(work__in=list(works))
    return {
        (work, language): at
        for work, language, at in rows.values_list(
            "work_id", "locale__language_code", "last_published_at"
        )
        if at is not None
    }
