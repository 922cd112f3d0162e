"""The browsing pages. Each shows what its reader may see, and sets no cookie."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from browse.activities import activity_context, timeline
from browse.holdings import Holdings
from browse.network import directory, organisation_context, place_context
from browse.overview import overview, years
from browse.terms import alphabet, term_context
from browse.themes import theme_tree
from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from glossary.models import Concept
from network.models import Activity, Organisation, Place
from publications.access import Reader


def _holdings(request: HttpRequest) -> Holdings:
    return Holdings(Reader.of(request.user))


def _language() -> str:
    return get_language() or DEFAULT_LANGUAGE


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = TemplateResponse(request, template, context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def browse(request: HttpRequest) -> HttpResponse:
    """All ways into the library."""
    holdings = _holdings(request)
    context = {"ways": overview(holdings, _language()), "years": years(holdings)}
    return _page(request, "browse/overview.html", context)


@require_safe
def themes(request: HttpRequest) -> HttpResponse:
    """The tree of themes."""
    context = {"tree": theme_tree(_holdings(request), _language())}
    return _page(request, "browse/themes.html", context)


@require_safe
def place(request: HttpRequest, slug: str) -> HttpResponse:
    """A place with its works, page by page (``?page=``)."""
    row = get_object_or_404(Place.objects.select_related("country"), slug=slug)
    number = request.GET.get("page", "")
    context = place_context(row, _holdings(request), _language(), number)
    return _page(request, "browse/place.html", context)


@require_safe
def network(request: HttpRequest) -> HttpResponse:
    """The map and the directory of the network."""
    return _page(request, "browse/network.html", directory(_holdings(request), _language()))


@require_safe
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation with its works, activities and relations."""
    rows = Organisation.objects.select_related("country", "place", "parent")
    row = get_object_or_404(rows, slug=slug)
    context = organisation_context(row, _holdings(request), _language())
    return _page(request, "browse/organisation.html", context)


@require_safe
def activities(request: HttpRequest) -> HttpResponse:
    """The timeline of activities, narrowed to ``?level=``."""
    context = timeline(_holdings(request), request.GET.get("level", ""), _language())
    return _page(request, "browse/activities.html", context)


@require_safe
def activity(request: HttpRequest, slug: str) -> HttpResponse:
    """An activity with its works, page by page (``?page=``)."""
    row = get_object_or_404(Activity.objects.select_related("country", "place"), slug=slug)
    number = request.GET.get("page", "")
    context = activity_context(row, _holdings(request), _language(), number)
    return _page(request, "browse/activity.html", context)


@require_safe
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of the glossary in the alphabet of ``?language=``, or of the page."""
    chosen = request.GET.get("language", "")
    language = chosen if chosen in INTERFACE_CODES else _language()
    context = {"letters": alphabet(language), "listed": language, "codes": INTERFACE_CODES}
    return _page(request, "browse/terms.html", context)


@require_safe
def term(request: HttpRequest, slug: str) -> HttpResponse:
    """A term in all languages, with its neighbours and works."""
    row = get_object_or_404(Concept.objects.with_labels(), slug=slug)
    return _page(request, "browse/term.html", term_context(row, _holdings(request), _language()))
