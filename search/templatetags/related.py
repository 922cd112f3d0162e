"""Related works on pages of works."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

from cms.labels import list_label
from cms.languages import DEFAULT_LANGUAGE
from network.models import Country
from publications.access import Reader
from publications.models import Edition, Work
from search import related
from search.engines.base import Hit
from search.facets import kind_label
from search.results import work_url

register = template.Library()

PRACTICE = "good_practice"


@register.simple_tag(takes_context=True)
def related_works(
    context: dict[str, Any], work: int, without: Collection[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The works most like a work that the reader of the page may see, for its template.

    ``without`` are others that the page shows already.
    """
    shown = {one["work"] for one in without}
    return [_shown(hit) for hit in related.related_works(work, *_asker(context), shown)]


@register.simple_tag(takes_context=True)
def practices_elsewhere(context: dict[str, Any], edition: Edition) -> list[dict[str, Any]]:
    """For a good practice those of other countries most like it, each with its countries."""
    own = {country.code for country in edition.work.countries.all()}
    if edition.kind != PRACTICE or not own:
        return []
    others = Country.objects.exclude(code__in=own).values_list("code", flat=True)
    hits = related.practices_elsewhere(edition.work_id, list(others), *_asker(context))
    countries = _countries(hit.work for hit in hits)
    return [_shown(hit) | {"where": countries.get(hit.work, "")} for hit in hits]


def _asker(context: dict[str, Any]) -> tuple[str, Reader]:
    request = context.get("request")
    reader = Reader.of(request.user) if request is not None else Reader()
    return get_language() or DEFAULT_LANGUAGE, reader


def _countries(works: Iterable[int]) -> dict[int, str]:
    """The countries that some works are about, by work."""
    rows = Work.objects.filter(pk__in=list(works)).prefetch_related("countries")
    return {work.pk: list_label(work.countries.all()) for work in rows}


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
