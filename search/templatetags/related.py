"""Related works on pages of works."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.translation import get_language

from cms.labels import in_order
from cms.languages import DEFAULT_LANGUAGE
from network.models import Country
from publications.access import Reader
from publications.models import Edition, Work
from search.engines.base import Hit
from search.facets import kind_label
from search.related import alike_works as find_alike
from search.results import work_url

register = template.Library()

PRACTICE = "good_practice"


@register.simple_tag(takes_context=True)
def alike_works(context: dict[str, Any], edition: Edition) -> dict[str, list[dict[str, Any]]]:
    """The works most like an edition's that the reader of the page may see, for its template.

    For a good practice ``elsewhere`` has those of other countries, each with its countries;
    ``related`` has others.
    """
    request = context.get("request")
    reader = Reader.of(request.user) if request is not None else Reader()
    language = get_language() or DEFAULT_LANGUAGE
    alike = find_alike(edition.work_id, language, reader, _other_countries(edition))
    countries = _countries(hit.work for hit in alike.elsewhere)
    return {
        "elsewhere": [
            _shown(hit) | {"where": countries.get(hit.work, ())} for hit in alike.elsewhere
        ],
        "related": [_shown(hit) for hit in alike.related],
    }


def _other_countries(edition: Edition) -> list[str]:
    """For a good practice all countries but its own."""
    own = {country.code for country in edition.work.countries.all()}
    if edition.kind != PRACTICE or not own:
        return []
    return list(Country.objects.exclude(code__in=own).values_list("code", flat=True))


def _countries(works: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """The countries that some works are about, by work."""
    rows = Work.objects.filter(pk__in=list(works)).prefetch_related("countries")
    return {work.pk: tuple(in_order(map(str, work.countries.all()))) for work in rows}


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
