"""What search engines are told: every public page in all its languages, and where not to go.

An index names files of some hundred things each: the protocol allows 50,000 addresses in a
file, and nobody should wait for as many.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import index, sitemap
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.html import format_html_join
from django.views.decorators.http import require_safe
from wagtail.models import Page

from browse.holdings import Holdings
from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from cms.paths import path_maker, slug_paths
from glossary.models import Concept
from home.models import HomePage, InformationPage
from network.models import Activity, Organisation, Place
from publications.access import Reader
from publications.models import Edition, LibraryPage, SectionPage

Item = TypeVar("Item")

SECONDS = 3600
"""How long a sitemap may be kept."""

IN_A_FILE = 500
"""Things that one file tells of, each with a page in every language it has."""

BROWSING = ("browse", "themes", "network", "activities", "terms")


class Address(NamedTuple):
    """A page of a thing in one language, and when it last changed, where that is known."""

    language: str
    path: str
    changed: datetime | None = None


class TranslatedSitemap(Sitemap[Item]):
    """Things that have a page in several languages, each told with its other languages."""

    limit = IN_A_FILE

    def things(self, items: Sequence[Item]) -> Iterable[Sequence[Address]]:
        """The addresses of each of some items."""
        raise NotImplementedError

    def get_urls(
        self, page: int | str = 1, site: Any = None, protocol: str | None = None
    ) -> list[dict[str, Any]]:
        """What the template says of each address of a file."""
        base = f"{self.get_protocol(protocol)}://{self.get_domain(site)}"
        things = self.things(list(self.paginator.page(page).object_list))
        return [told for addresses in things for told in _told(addresses, base)]


def _told(addresses: Sequence[Address], base: str) -> Iterator[dict[str, Any]]:
    """The links to all languages are written once for the addresses that share them."""
    links = format_html_join(
        "",
        '<xhtml:link rel="alternate" hreflang="{}" href="{}"/>',
        ((address.language, base + address.path) for address in addresses),
    )
    for address in addresses:
        changed = address.changed.isoformat() if address.changed else ""
        yield {"location": base + address.path, "lastmod": changed, "links": links}


class PagesSitemap(TranslatedSitemap[list[Page]]):
    """Landing, information and library pages and sections, with what translates them."""

    def items(self) -> list[list[Page]]:
        """The pages, each with its translations."""
        rows = Page.objects.live().public()
        rows = rows.exact_type(HomePage, InformationPage, LibraryPage, SectionPage)
        rows = rows.exclude(sectionpage__isnull=False, numchild=0)
        groups: dict[object, list[Page]] = defaultdict(list)
        for page in rows.filter(alias_of=None).select_related("locale"):
            groups[page.translation_key].append(page)
        return list(groups.values())

    def things(self, items: Sequence[list[Page]]) -> Iterable[Sequence[Address]]:
        """Pages without an address stand nowhere on the site."""
        for pages in items:
            rows = [(page, page.get_url()) for page in pages]
            yield [
                Address(page.locale.language_code, url, page.last_published_at)
                for page, url in rows
                if url
            ]


class WorksSitemap(TranslatedSitemap[int]):
    """The editions that everybody may see, by their permanent addresses."""

    @cached_property
    def _holdings(self) -> Holdings:
        return Holdings(Reader())

    def items(self) -> list[int]:
        """The numbers of the works."""
        return sorted(self._holdings.works)

    def things(self, items: Sequence[int]) -> Iterable[Sequence[Address]]:
        """The editions of each work."""
        rows = Edition.objects.filter(pk__in=self._holdings.edition_keys(items))
        paths = {code: _paths_in(code, "work", 999_999_999, "example") for code in INTERFACE_CODES}
        found: dict[int, list[Address]] = defaultdict(list)
        for work, slug, code, changed in rows.order_by("work_id").values_list(
            "work_id", "slug", "locale__language_code", "last_published_at"
        ):
            found[work].append(Address(code, paths[code](work, slug), changed))
        return found.values()


class BrowsingSitemap(TranslatedSitemap[str]):
    """Pages that stand in every language of the site."""

    def items(self) -> list[str]:
        """Their paths in the default language."""
        with translation.override(DEFAULT_LANGUAGE):
            pages = [reverse(name) for name in BROWSING]
            for name, model in (
                ("place", Place),
                ("organisation", Organisation),
                ("activity", Activity),
                ("term", Concept),
            ):
                slugs = model._default_manager.order_by("slug").values_list("slug", flat=True)
                pages += map(slug_paths(name), slugs)
        return pages

    def things(self, items: Sequence[str]) -> Iterable[Sequence[Address]]:
        """Addresses in other languages differ in the code at their beginning alone."""
        for path in items:
            rest = path.removeprefix(f"/{DEFAULT_LANGUAGE}/")
            yield [Address(code, f"/{code}/{rest}") for code in INTERFACE_CODES]


SITEMAPS: dict[str, type[Sitemap[Any]] | Sitemap[Any]] = {
    "pages": PagesSitemap,
    "works": WorksSitemap,
    "browsing": BrowsingSitemap,
}
"""All that everybody may see, whoever asks."""


@require_safe
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The addresses of all files."""
    return _kept(index(request, SITEMAPS, sitemap_url_name="sitemap_section"))


@require_safe
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """A file (``?p=``) of a section of the index."""
    return _kept(sitemap(request, SITEMAPS, section, template_name="home/sitemap.xml"))


def _kept(response: HttpResponse) -> HttpResponse:
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
    text = "\n".join(lines) + "\n"
    return _kept(HttpResponse(text, content_type="text/plain; charset=utf-8"))


def _paths_in(code: str, name: str, *examples: str | int) -> Callable[..., str]:
    with translation.override(code):
        return path_maker(name, *examples)
