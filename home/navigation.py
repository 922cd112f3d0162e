"""What stands around every page: the menu, the footer, the other languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse, translate_url
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Locale, Page, Site

from cms.languages import INTERFACE_LANGUAGES, Language
from home.models import SiteTexts


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """A language of the interface and this page's address in it."""

    language: Language
    url: str
    current: bool


def home_page(request: HttpRequest) -> Page | None:
    """The landing page in the active language, or the site's root."""
    site = Site.find_for_request(request)
    if site is None:
        return None
    root = site.root_page
    locale = Locale.objects.filter(language_code=translation.get_language()).first()
    translated = root.get_translation_or_none(locale) if locale else None
    return translated or root


@dataclass(frozen=True, slots=True)
class SectionLink:
    """A part of the site that every page leads to; ``current`` where one is in it."""

    label: str
    url: str
    current: bool


def section_links(path: str) -> list[SectionLink]:
    """The parts of the site, in the order of the menu."""
    sections = [
        ("browse", gettext("Browse")),
        ("network", gettext("Network")),
        ("activities", gettext("Activities")),
        ("terms", gettext("Terms")),
        ("contributions", gettext("Share a practice")),
    ]
    addresses = [(reverse(name), label) for name, label in sections]
    return [SectionLink(label, url, path.startswith(url)) for url, label in addresses]


def menu_items(home: Page | None) -> list[Page]:
    """The pages of the menu, in the order of the tree."""
    if home is None:
        return []
    return list(home.get_children().live().in_menu())


def site_texts() -> SiteTexts | None:
    """The texts of the active language, or of any."""
    rows = SiteTexts.objects.select_related("locale")
    by_code = {texts.locale.language_code: texts for texts in rows}
    return by_code.get(translation.get_language()) or next(iter(by_code.values()), None)


def language_links(request: HttpRequest | None, page: Any = None) -> list[LanguageLink]:
    """This page's address in every language of the interface, keeping a search's words."""
    current = translation.get_language()
    addresses = _addresses(request, page)
    return [
        LanguageLink(
            language, addresses.get(language.code) or f"/{language.code}/", language.code == current
        )
        for language in INTERFACE_LANGUAGES
    ]


def _addresses(request: HttpRequest | None, page: Any) -> dict[str, str | None]:
    """This page's address in the languages that have it."""
    if request is None:
        return {}
    if isinstance(page, Page) and not hasattr(page, "work_id"):
        rows = page.get_translations(inclusive=True).live().select_related("locale")
        return {row.locale.language_code: row.get_url(request) for row in rows}
    path = request.get_full_path()
    return {language.code: _translated(path, language.code) for language in INTERFACE_LANGUAGES}


def _translated(path: str, code: str) -> str:
    """The same address in another language; that language's landing page where there is none."""
    if code == translation.get_language():
        return path
    translated = str(translate_url(path, code))
    return translated if translated != path else f"/{code}/"


def path_alternates(request: HttpRequest) -> list[dict[str, str]]:
    """The full addresses of a page that stands under the same path in every language."""
    return [
        {
            "language": language.code,
            "url": request.build_absolute_uri(_translated(request.path, language.code)),
        }
        for language in INTERFACE_LANGUAGES
    ]


def alternates(request: HttpRequest, page: Page) -> list[dict[str, str]]:
    """The full addresses of a page in all languages that it exists in, for search engines."""
    translations = page.get_translations(inclusive=True).live().public()
    return [
        {"language": row.locale.language_code, "url": row.get_full_url(request)}
        for row in translations.filter(alias_of=None).select_related("locale")
    ]
