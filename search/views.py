"""The results page and the suggestions. They set no cookie and are never an error page."""

from __future__ import annotations

import logging
import time
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
from search.address import PAGE_SIZE, PASSAGES_PER_HIT, Address
from search.catalogue import demonstration_works, search_catalogue
from search.engine import audiences_for, get_engine
from search.engines.base import Engine, EngineUnavailable, Results
from search.facets import build_chips, build_facets, keys_of, labels_of, themes_of
from search.plan import Plan
from search.query import ParsedQuery, build_plan, parse
from search.results import (
    show_hits,
    sort_links,
    total_text,
    understood,
)
from search.suggestions import corrected_question, kind_label, status_text, suggestions_for

logger = logging.getLogger(__name__)

LITTLE_FOUND = 3
"""Below this number of works, a better spelling is looked for."""

SUGGESTIONS_SECONDS = 60
"""How long a browser may keep suggestions."""


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """The works that answer ``?q=``, filtered, sorted, page by page; all works without it."""
    address = Address.read(request.GET)
    if not address.is_written_as(request.GET):
        return redirect(address.url)
    reader = Reader.of(request.user)
    parsed = parse(address.q)
    plan = _plan(address, parsed, reader)
    try:
        engine = get_engine()
        with engine.answering():
            found = engine.search(plan)
            context = _search_context(address, parsed, plan, found, engine)
    except EngineUnavailable as error:
        logger.warning("Readers get the catalogue, as the search is not available: %s", error)
        found = search_catalogue(address, parsed, reader)
        context = {"resting": True}
    if not found.hits and address.page > 1:
        return redirect(address.at(last_page(found.total, PAGE_SIZE)).url)
    context |= _page_context(address, parsed, plan, found)
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


def _language() -> str:
    return get_language() or DEFAULT_LANGUAGE


def _plan(address: Address, parsed: ParsedQuery, reader: Reader) -> Plan:
    return build_plan(
        parsed,
        language=_language(),
        audiences=audiences_for(reader),
        now=int(time.time()),
        filters=address.plan_filters(),
        sort=address.sort,
        offset=address.offset,
        size=PAGE_SIZE,
        passages_per_hit=PASSAGES_PER_HIT,
    )


def _search_context(
    address: Address, parsed: ParsedQuery, plan: Plan, found: Results, engine: Engine
) -> dict[str, Any]:
    """What only an index knows: facets, a better spelling, where else to look."""
    labels = labels_of(keys_of(address, found.facets))
    context: dict[str, Any] = {
        "facets": build_facets(address, found.facets, labels),
        "chips": build_chips(address, labels),
    }
    if found.total < LITTLE_FOUND:
        corrected = corrected_question(address.q, parsed, engine)
        context["corrected"] = address.asking(corrected) if corrected else None
    if not found.total:
        everything = Plan(language=plan.language, audiences=plan.audiences, now=plan.now, size=0)
        context["themes"] = themes_of(engine.search(everything).facets)
        if address.filters:
            context["unfiltered"] = engine.search(replace(plan, filters={}, offset=0, size=0)).total
    return context


def _page_context(
    address: Address, parsed: ParsedQuery, plan: Plan, found: Results
) -> dict[str, Any]:
    demonstration = demonstration_works([hit.work for hit in found.hits])
    return {
        "address": address,
        "kept": [pair for pair in address.parameters if pair[0] not in ("q", "page")],
        "cut": parsed.cut,
        "hits": show_hits(found.hits, plan, address.q, demonstration),
        "total": found.total,
        "total_text": total_text(found),
        "first_number": address.offset + 1,
        "sorts": sort_links(address),
        "pages": build_pages(
            address.page,
            last_page(found.total, PAGE_SIZE),
            lambda number: address.at(number).url,
        ),
        "understood": understood(parsed),
    }
