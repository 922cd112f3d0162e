"""The results page and the suggestions. They set no cookie and are never an error page."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cms.languages import DEFAULT_LANGUAGE
from cms.pages import build_pages, last_page
from publications.access import Reader
from publications.glances import glances
from search.address import PAGE_SIZE, Address
from search.asking import Asking, ask
from search.catalogue import demonstration_works, search_catalogue
from search.engine import get_engine
from search.engines.base import Engine, EngineUnavailable, Hit, Results
from search.facets import (
    build_chips,
    build_facets,
    keys_of,
    labels_of,
    languages_of,
    themes_of,
)
from search.plan import Plan
from search.promotions import promoted_hits, without_promoted
from search.results import (
    ShownHit,
    show_hits,
    sort_links,
    switches,
    total_text,
    understood,
)
from search.signals import searched
from search.suggestions import corrected_question, kind_label, status_text, suggestions_for

logger = logging.getLogger(__name__)

LITTLE_FOUND = 3
"""Below this number of works, a better spelling is looked for."""

FEW_WORDS = 3
"""Up to so many words a work must hold all, and one that none holds may be misspelt."""

RELATED_SHOWN = 12
"""Related terms that a page names; a question with several concepts may add sixty."""

SUGGESTIONS_SECONDS = 60
"""How long a browser may keep suggestions."""


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The works that answer ``?q=``, filtered, sorted, page by page; all works without it."""
    address = Address.read(request.GET)
    if not address.is_written_as(request.GET):
        return redirect(address.url)
    reader = Reader.of(request.user)
    asking = ask(address, _language(), reader)
    try:
        engine = get_engine()
        with engine.answering():
            found = engine.search(asking.plan)
            promoted = promoted_hits(address, asking, found, engine)
            context = _search_context(address, asking, found, engine)
        _tell(request, address, asking, found)
        context["promoted"] = _shown(promoted, asking, address, reader)
        found = without_promoted(found, promoted)
    except EngineUnavailable as error:
        logger.warning("Readers get the catalogue, as the search is not available: %s", error)
        found = search_catalogue(address, asking.parsed, reader)
        context = {"resting": True}
    if not found.hits and address.page > 1:
        return redirect(address.at(last_page(found.total, PAGE_SIZE)).url)
    context |= _page_context(address, asking, found, reader)
    response = TemplateResponse(request, "search/results.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    """What to go to for ``?q=``, as JSON: ``{status, suggestions: [{kind, text, ...}]}``."""
    found = suggestions_for(request.GET.get("q", ""), _language(), Reader.of(request.user))
    rows = [
        {
            "kind": row.kind,
            "label": kind_label(row.kind),
            "text": row.text,
            "language": row.language,
            "url": row.url,
        }
        for row in found
    ]
    response = JsonResponse({"status": status_text(len(rows)), "suggestions": rows})
    patch_cache_control(response, private=True, max_age=SUGGESTIONS_SECONDS)
    return response


def _tell(request: HttpRequest, address: Address, asking: Asking, found: Results) -> None:
    """Tell who listens what was asked and found; a later page asks nothing new."""
    if address.q and address.page == 1 and request.method == "GET":
        searched.send_robust(
            sender=results,
            request=request,
            query=asking,
            hits=found.hits,
            total=found.total,
            language=asking.plan.language,
        )


def _language() -> str:
    return get_language() or DEFAULT_LANGUAGE


def _search_context(
    address: Address, asking: Asking, found: Results, engine: Engine
) -> dict[str, Any]:
    """What only an index knows: facets, a better spelling, where else to look."""
    plan = asking.plan
    labels = labels_of(keys_of(address, found.facets))
    context: dict[str, Any] = {
        "facets": build_facets(address, found.facets, labels),
        "chips": build_chips(address, labels),
        "languages": languages_of(found.facets),
        "without_meaning": asking.is_late,
    }
    few_words = len(asking.plan.words) <= FEW_WORDS
    if found.total < LITTLE_FOUND or (few_words and not _words_found(found)):
        corrected = corrected_question(address.q, asking.parsed, engine)
        context["corrected"] = address.asking(corrected) if corrected else None
    if not found.total:
        everything = Plan(language=plan.language, audiences=plan.audiences, now=plan.now, size=0)
        context["themes"] = themes_of(engine.search(everything).facets)
        if address.filters:
            context["unfiltered"] = engine.search(replace(plan, filters={}, offset=0, size=0)).total
    return context


def _words_found(found: Results) -> bool:
    """Whether the first works hold what was typed: meaning finds much for a misspelt word, too."""
    return any("meaning" not in hit.reasons or len(hit.reasons) > 1 for hit in found.hits)


def _shown(hits: Sequence[Hit], asking: Asking, address: Address, reader: Reader) -> list[ShownHit]:
    if not hits:
        return []
    works = [hit.work for hit in hits]
    demonstration, seen = demonstration_works(works), glances(works, reader)
    return show_hits(hits, asking.plan, address.q, demonstration, seen)


def _page_context(
    address: Address, asking: Asking, found: Results, reader: Reader
) -> dict[str, Any]:
    related = asking.related
    return {
        "address": address,
        "kept": [pair for pair in address.parameters if pair[0] not in ("q", "page")],
        "cut": asking.parsed.cut,
        "hits": _shown(found.hits, asking, address, reader),
        "related": related[:RELATED_SHOWN],
        "more_related": len(related) > RELATED_SHOWN,
        "without_related": address.searching(related=False),
        "with_related": None
        if address.related or not asking.concepts
        else address.searching(related=True),
        "switches": switches(address),
        "total": found.total,
        "total_text": total_text(found),
        "first_number": address.offset + 1,
        "sorts": sort_links(address),
        "pages": build_pages(
            address.page,
            last_page(found.total, PAGE_SIZE),
            lambda number: address.at(number).url,
        ),
        "understood": understood(asking.parsed),
    }
