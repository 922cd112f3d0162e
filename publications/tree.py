"""The tree above the works, made and kept: libraries, sections, and each section's collection.

Every locale has the same levels, linked as translations of one another. What exists stays as
editors have it; what is missing is made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, Locale, Page

from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from cms.names import name_in
from network.models import Organisation
from publications.models import LibraryPage, SectionPage

LIBRARY_SLUG = "library"
CATALOGUE_SLUG = "catalogue"


class TreeMissing(Exception):
    """The tree was not built yet, or a section is not there; the message says what to run."""


@dataclass(frozen=True, slots=True)
class SectionSpec:
    """Which section is meant: an organisation's, the demonstration's, or the catalogue.

    The catalogue has no organisation: it holds works whose publisher is not known.
    """

    organisation: Organisation | None = None
    is_demonstration: bool = False

    @property
    def slug(self) -> str:
        """Its part of the address in the tree."""
        return self.organisation.slug if self.organisation else CATALOGUE_SLUG

    def title(self, language: str) -> str:
        """Its title in a language; the default language's title also names its collection."""
        if self.organisation:
            return name_in(self.organisation.names, language)
        return in_language(_("Catalogue"), language)


CATALOGUE = SectionSpec()


def in_language(text: Any, language: str) -> str:
    """A text of the interface in a language."""
    with translation.override(language):
        return str(text)


def ensure_locales() -> dict[str, Locale]:
    """One page locale per language of the interface, by code."""
    return {code: Locale.objects.get_or_create(language_code=code)[0] for code in INTERFACE_CODES}


def ensure_translations(
    parents: Mapping[str, Page], found: Mapping[str, Page], make: Callable[[str], Page]
) -> dict[str, Any]:
    """The pages of one translation group below ``parents``, made where they are missing.

    ``found`` are those there are, by language; ``make(language)`` gives a new page, not saved.
    The locale of a page is its parent's.
    """
    pages = dict(found)
    key = next((page.translation_key for page in pages.values()), None)
    for code, parent in parents.items():
        if code in pages:
            continue
        page = make(code)
        page.locale, page.live = parent.locale, False
        key = page.translation_key = key or page.translation_key
        parent.add_child(instance=page)
        page.save_revision().publish()
        pages[code] = page
    return {code: pages[code] for code in parents}


def by_language(pages: Any) -> dict[str, Any]:
    """Pages of a query by the language of their locale, without aliases."""
    rows = pages.filter(alias_of__isnull=True).select_related("locale").order_by("-path")
    found = {page.locale.language_code: page for page in rows}
    return {code: found[code] for code in INTERFACE_CODES if code in found}


def ensure_libraries(homes: Mapping[str, Page]) -> dict[str, LibraryPage]:
    """The library below the landing page of each locale."""

    def make(language: str) -> LibraryPage:
        title = in_language(_("Library"), language)
        return LibraryPage(title=title, slug=LIBRARY_SLUG, show_in_menus=True)

    return ensure_translations(homes, by_language(LibraryPage.objects.all()), make)


def all_libraries() -> dict[str, LibraryPage]:
    """The library of every locale; raises ``TreeMissing``."""
    libraries = by_language(LibraryPage.objects.all())
    if set(INTERFACE_CODES) - libraries.keys():
        raise TreeMissing("The tree is not built yet: run “manage.py build_tree” first.")
    return libraries


def find_section_pages(spec: SectionSpec) -> dict[str, SectionPage]:
    """The section's pages that there are, by language."""
    pages = SectionPage.objects.filter(is_demonstration=spec.is_demonstration)
    return by_language(pages.filter(organisation=spec.organisation))


def ensure_section(spec: SectionSpec) -> dict[str, SectionPage]:
    """The section in every locale, with its collection; raises ``TreeMissing``."""
    libraries = all_libraries()

    def make(language: str) -> SectionPage:
        return SectionPage(
            title=spec.title(language),
            slug=spec.slug,
            organisation=spec.organisation,
            is_demonstration=spec.is_demonstration,
        )

    ensure_collection(spec)
    return ensure_translations(libraries, find_section_pages(spec), make)


def ensure_collection(spec: SectionSpec) -> Collection:
    """The collection of a section's files; it bears the section's name in English."""
    name = spec.title(DEFAULT_LANGUAGE)
    root = Collection.get_first_root_node()
    collection = root.get_children().filter(name=name).first()
    if collection is None:
        collection = root.add_child(name=name)
    return collection


def section_with_slug(slug: str) -> SectionSpec:
    """The section with this slug in the default language's tree; raises ``TreeMissing``."""
    pages = SectionPage.objects.filter(locale__language_code=DEFAULT_LANGUAGE)
    page = pages.filter(slug=slug, alias_of__isnull=True).select_related("organisation").first()
    if page is None:
        known = ", ".join(sorted(pages.values_list("slug", flat=True))) or "none yet"
        raise TreeMissing(
            f"There is no section “{slug}”. There are: {known}. "
            "Make it with “manage.py build_tree --organisation SLUG”."
        )
    return SectionSpec(page.organisation, page.is_demonstration)
