"""Searching inside one work: every place in its texts and files that answers a question.

The same index, the same rules of access and the same marks as for the whole library; the
passages stand in the order in which one would read them.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cms.languages import DEFAULT_LANGUAGE
from publications.access import Reader, may_see_edition
from publications.former_addresses import follow_moves
from publications.nearest import nearest_edition
from search.engine import audiences_for, get_engine
from search.engines.base import EngineUnavailable, FoundPassage
from search.plan import Plan
from search.query import MAX_LENGTH, build_plan, parse
from search.results import show_passage, work_url

logger = logging.getLogger(__name__)

MOST_PASSAGES = 60
"""Enough to read through; a question that fits more of one work says little."""


@require_safe
@follow_moves
def inside(request: HttpRequest, work: int) -> HttpResponse:
    """The passages of a work that answer ``?q=``."""
    reader, language = Reader.of(request.user), get_language() or DEFAULT_LANGUAGE
    edition = nearest_edition(work, reader, language)
    if edition is None or not may_see_edition(edition, reader):
        raise Http404
    q = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_LENGTH]
    plan = build_plan(
        parse(q),
        language=language,
        audiences=audiences_for(reader),
        now=int(time.time()),
        passages_per_hit=MOST_PASSAGES,
    )
    url = work_url(work, edition.slug)
    context = {"edition": edition, "inside_q": q, "work_url": url} | _found(work, plan, q, url)
    response = TemplateResponse(request, "search/inside.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _found(work: int, plan: Plan, q: str, url: str) -> dict[str, Any]:
    if not q:
        return {"passages": []}
    try:
        engine = get_engine()
        with engine.answering():
            found = engine.passages_of([work], plan).get(work, ())
    except EngineUnavailable as error:
        logger.warning("Nobody can search inside a work, as there is no index: %s", error)
        return {"resting": True}
    shown = [show_passage(work, url, passage, plan, q) for passage in sorted(found, key=_place)]
    matching = [passage for passage in shown if any(matched for _text, matched in passage.parts)]
    return {"passages": matching, "more": len(found) == MOST_PASSAGES}


def _place(passage: FoundPassage) -> tuple[int, int]:
    """Where a passage stands: the work's own page first, then its files, page by page."""
    return passage.file or 0, passage.locator or 0
