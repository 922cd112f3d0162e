"""Related works on pages of works."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language

from cms.languages import DEFAULT_LANGUAGE
from publications.access import Reader
from search.engines.base import Hit
from search.facets import kind_label
from search.related import related_works as find_related
from search.results import work_url

register = template.Library()


@register.simple_tag(takes_context=True)
def related_works(context: dict[str, Any], work: int) -> list[dict[str, Any]]:
    """The works most like a work that the reader of the page may see, for its template."""
    request = context.get("request")
    reader = Reader.of(request.user) if request is not None else Reader()
    language = get_language() or DEFAULT_LANGUAGE
    return [_shown(hit) for hit in find_related(work, language, reader)]


def _shown(hit: Hit) -> dict[str, Any]:
    return {
        "work": hit.work,
        "title": hit.title,
        "url": work_url(hit.work, hit.slug),
        "language": hit.language,
        "kind": kind_label(hit.kind),
        "year": hit.year,
        "languages": hit.languages,
    }
