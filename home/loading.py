"""The pages around the library, made from the texts in ``demo/site``, one TOML file per language.

Landing pages, the default site, information pages and the texts of every page. What exists
stays as editors have it; what is missing is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django.conf import settings
from wagtail.models import Locale, Page, Site

from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from cms.loading import read_toml
from home.models import HomePage, InformationPage, SiteTexts
from publications.markdown import markdown_to_rich_text
from publications.tree import by_language, ensure_libraries, ensure_locales, ensure_translations

TEXTS = Path(__file__).resolve().parents[1] / "demo" / "site"
VECTORS = TEXTS.parent / "vectors.npz"
"""The vectors of the demonstration's texts (``search.vectors.dump_vectors``)."""
INFORMATION_PAGES = UUID("5d0a1c53-7a0e-4c59-8d2f-0f7f6c1d9b11")
"""Names the translation groups of the information pages, so that a page is known by its file."""

Texts = Mapping[str, Mapping[str, Any]]


def read_texts(folder: Path = TEXTS) -> Texts:
    """The texts of each language; raises ``BrokenRows``."""
    return {code: read_toml(folder / f"{code}.toml") for code in INTERFACE_CODES}


def build_site(texts: Texts) -> dict[str, HomePage]:
    """Locales, landing pages, the default site, libraries, information pages, site texts."""
    locales = ensure_locales()
    homes = ensure_homes(texts)
    ensure_default_site(homes[DEFAULT_LANGUAGE])
    remove_welcome_page()
    ensure_libraries(homes)
    ensure_information_pages(homes, texts)
    ensure_site_texts(locales, texts)
    return homes


def ensure_homes(texts: Texts) -> dict[str, HomePage]:
    """The landing page of each locale, directly below the root."""
    root = Page.get_first_root_node()

    def make(language: str) -> HomePage:
        home = texts[language]["home"]
        return HomePage(
            title=home["title"],
            slug=f"home-{language}",
            introduction=home["introduction"],
            search_prompt=home["search_prompt"],
            example_queries="\n".join(home["example_queries"]),
        )

    parents = {code: _in_locale(root, locale) for code, locale in ensure_locales().items()}
    return ensure_translations(parents, by_language(HomePage.objects.all()), make)


def _in_locale(root: Page, locale: Locale) -> Page:
    """The root once more, lending its locale to the page made below it."""
    parent = Page.objects.get(pk=root.pk)
    parent.locale = locale
    return parent


def ensure_default_site(home: HomePage) -> Site:
    """The default site shows the landing page; a site that editors chose another for stays."""
    site = Site.objects.filter(is_default_site=True).first()
    address = urlsplit(settings.WAGTAILADMIN_BASE_URL)
    if site is None:
        site = Site(is_default_site=True)
    elif not _is_welcome_page(site.root_page):
        return site
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.site_name = settings.WAGTAIL_SITE_NAME
    site.root_page = home
    site.save()
    return site


def _is_welcome_page(page: Page) -> bool:
    """Whether this is the page Wagtail makes for a new site: no kind of ours, nothing below."""
    return page.depth == 2 and page.specific_class is Page and not page.numchild


def remove_welcome_page() -> None:
    """Remove the page that Wagtail makes for a new site."""
    for page in Page.get_first_root_node().get_children():
        if _is_welcome_page(page) and not page.sites_rooted_here.exists():
            page.delete()


def ensure_information_pages(homes: Mapping[str, HomePage], texts: Texts) -> None:
    """The information pages below each landing page, in the order of the file.

    A page that editors removed in every language stays away.
    """
    pages = {code: {page["slug"]: page for page in texts[code]["pages"]} for code in homes}
    is_new_site = not InformationPage.objects.exists()
    for slug in pages[DEFAULT_LANGUAGE]:
        key = uuid5(INFORMATION_PAGES, slug)
        found = by_language(InformationPage.objects.filter(translation_key=key))
        if not found and not is_new_site:
            continue

        def make(language: str, slug: str = slug, key: UUID = key) -> InformationPage:
            page = pages[language][slug]
            return InformationPage(
                title=page["title"],
                slug=slug,
                introduction=page["intro"],
                body=markdown_to_rich_text(page["body"]),
                show_in_menus=True,
                translation_key=key,
            )

        ensure_translations(homes, found, make)


def ensure_site_texts(locales: Mapping[str, Locale], texts: Texts) -> None:
    """The name and footer around every page of each locale."""
    rows = {row.locale_id: row for row in SiteTexts.objects.all()}
    key = next((row.translation_key for row in rows.values()), None)
    for code, locale in locales.items():
        if locale.pk in rows:
            continue
        footer = texts[code]["footer"]
        row = SiteTexts(
            locale=locale,
            site_name=texts[code]["home"]["title"],
            footer=markdown_to_rich_text(f"{footer['text']}\n\n{footer['licence']}"),
        )
        key = row.translation_key = key or row.translation_key
        row.save()
