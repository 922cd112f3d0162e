"""What search engines are told: every public page in all its languages, and where not to go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page

from browse.holdings import Holdings
from cms.languages import INTERFACE_CODES
from glossary.models import Concept
from home.models import HomePage, InformationPage
from network.models import Activity, Organisation
from publications.access import Reader
from publications.models import Edition, LibraryPage

SECONDS = 3600
"""How long a sitemap may be kept."""

BROWSING = ("browse", "themes", "network", "activities", "terms")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page with its addresses by language, and when it last changed, where that is known."""

    url: str
    alternates: Mapping[str, str]
    changed: datetime | None = None


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """All that everybody may see, whoever asks."""
    entries = [*_pages(), *_works(), *_browsing()]
    base = request.build_absolute_uri("/").rstrip("/")
    context = {"entries": entries, "base": base}
    response = render(request, "sitemap.xml", context, content_type="application/xml")
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything may be read but the editors' pages; a search has endless addresses."""
    lines = ["User-agent: *", "Disallow: /admin/"]
    lines += [f"Disallow: /{code}/search/suggest" for code in INTERFACE_CODES]
    lines += [f"Disallow: /{code}/search/inside/" for code in INTERFACE_CODES]
    lines += [f"Disallow: /{code}/works/*/reader/" for code in INTERFACE_CODES]
    lines.append(f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}")
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


def _pages() -> Iterator[Entry]:
    """Landing, information and library pages, grouped by what they translate."""
    rows = Page.objects.live().public().exact_type(HomePage, InformationPage, LibraryPage)
    groups: dict[object, list[Page]] = defaultdict(list)
    for page in rows.filter(alias_of=None).select_related("locale"):
        groups[page.translation_key].append(page)
    for pages in groups.values():
        urls = {page.locale.language_code: page.get_url() or "" for page in pages}
        changed = {page.locale.language_code: page.last_published_at for page in pages}
        yield from _entries({code: url for code, url in urls.items() if url}, changed)


def _works() -> Iterator[Entry]:
    """The editions that everybody may see, by their permanent addresses."""
    holdings = Holdings(Reader())
    rows = Edition.objects.filter(pk__in=holdings.edition_keys()).order_by("work_id")
    urls: dict[int, dict[str, str]] = defaultdict(dict)
    changed: dict[int, dict[str, datetime | None]] = defaultdict(dict)
    for work, slug, code, at in rows.values_list(
        "work_id", "slug", "locale__language_code", "last_published_at"
    ):
        urls[work][code] = _address(code, "work", work, slug)
        changed[work][code] = at
    for work, found in urls.items():
        yield from _entries(found, changed[work])


def _browsing() -> Iterator[Entry]:
    """Pages that stand in every language of the site."""
    named: list[tuple[str, Iterable[str]]] = [
        ("organisation", Organisation.objects.values_list("slug", flat=True)),
        ("activity", Activity.objects.values_list("slug", flat=True)),
        ("term", Concept.objects.values_list("slug", flat=True)),
    ]
    pages: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name in BROWSING]
    pages += [(name, (slug,)) for name, slugs in named for slug in slugs]
    for name, arguments in pages:
        yield from _entries({code: _address(code, name, *arguments) for code in INTERFACE_CODES})


def _entries(
    urls: Mapping[str, str], changed: Mapping[str, datetime | None] | None = None
) -> Iterator[Entry]:
    for code, url in urls.items():
        yield Entry(url, urls, (changed or {}).get(code))


def _address(code: str, name: str, *arguments: object) -> str:
    with translation.override(code):
        return reverse(name, args=arguments)
