"""What search engines are told: every public page in all its languages, and where not to go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Page

from browse.holdings import Holdings
from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from glossary.models import Concept
from home.models import HomePage, InformationPage
from network.models import Activity, Organisation, Place
from publications.access import Reader
from publications.models import Edition, LibraryPage, SectionPage

SECONDS = 3600
"""How long a sitemap may be kept."""

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"\
 xmlns:xhtml="http://www.w3.org/1999/xhtml">"""

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
    response = HttpResponse(_written(entries, base), content_type="application/xml")
    patch_cache_control(response, public=True, max_age=SECONDS)
    return response


def _written(entries: Iterable[Entry], base: str) -> str:
    """The sitemap as XML; a template would take most of a second for thousands of addresses."""
    rows = "\n".join(_row(entry, base) for entry in entries)
    return f"{HEAD}\n{rows}\n</urlset>\n"


def _row(entry: Entry, base: str) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href={quoteattr(base + url)}/>'
        for code, url in entry.alternates.items()
    )
    changed = f"<lastmod>{entry.changed.isoformat()}</lastmod>" if entry.changed else ""
    return f"<url><loc>{escape(base + entry.url)}</loc>{changed}{links}</url>"


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
    """Landing, information and library pages and sections, grouped by what they translate."""
    rows = Page.objects.live().public()
    rows = rows.exact_type(HomePage, InformationPage, LibraryPage, SectionPage)
    rows = rows.exclude(sectionpage__isnull=False, numchild=0)
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
        urls[work][code] = _addresses("work", work, slug)[code]
        changed[work][code] = at
    for work, found in urls.items():
        yield from _entries(found, changed[work])


def _browsing() -> Iterator[Entry]:
    """Pages that stand in every language of the site."""
    named: list[tuple[str, Iterable[str]]] = [
        ("place", Place.objects.values_list("slug", flat=True)),
        ("organisation", Organisation.objects.values_list("slug", flat=True)),
        ("activity", Activity.objects.values_list("slug", flat=True)),
        ("term", Concept.objects.values_list("slug", flat=True)),
    ]
    pages: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name in BROWSING]
    pages += [(name, (slug,)) for name, slugs in named for slug in slugs]
    for name, arguments in pages:
        yield from _entries(_addresses(name, *arguments))


def _entries(
    urls: Mapping[str, str], changed: Mapping[str, datetime | None] | None = None
) -> Iterator[Entry]:
    for code, url in urls.items():
        yield Entry(url, urls, (changed or {}).get(code))


def _addresses(name: str, *arguments: object) -> dict[str, str]:
    """A page's address in every language: they differ in its code at the beginning alone."""
    with translation.override(DEFAULT_LANGUAGE):
        rest = reverse(name, args=arguments).removeprefix(f"/{DEFAULT_LANGUAGE}/")
    return {code: f"/{code}/{rest}" for code in INTERFACE_CODES}
