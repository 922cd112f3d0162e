"""Which sections an editor may bring files into, and which batches they may work on.

A section stands in every locale; its pages are one translation group. An editor may bring files
into it who may add pages to one of them and files to its collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from intake.models import Batch, IncomingFile
from publications.models import LibraryDocument, SectionPage
from publications.tree import SectionSpec, by_language


@dataclass(frozen=True)
class OpenSection:
    """A section with its pages by language, and the languages in which an editor may add pages."""

    pages: dict[str, SectionPage]
    languages: tuple[str, ...]

    @property
    def first(self) -> SectionPage:
        """The page that stands for the section."""
        return next(iter(self.pages.values()))

    @property
    def spec(self) -> SectionSpec:
        """Which section it is."""
        return SectionSpec(self.first.organisation, self.first.is_demonstration)

    @property
    def title(self) -> str:
        """Its title in the language of the editor, or the nearest."""
        language = get_language() or DEFAULT_LANGUAGE
        return str(self.pages.get(language, self.first).title)


def section_pages(section: SectionPage) -> dict[str, SectionPage]:
    """The pages of a section, by language in the order of the site."""
    return by_language(SectionPage.objects.filter(translation_key=section.translation_key))


def open_section(user: Any, section: SectionPage) -> OpenSection | None:
    """A section as this editor may use it; ``None`` if they may not."""
    pages = section_pages(section)
    if not pages:
        return None
    languages = tuple(code for code in pages if may_add_to(user, pages[code]))
    found = OpenSection(pages, languages)
    return found if languages and may_add_files(user, found.spec) else None


def open_sections(user: Any) -> list[OpenSection]:
    """The sections that this editor may bring files into, by title."""
    keys = SectionPage.objects.filter(alias_of__isnull=True).order_by("path")
    firsts = {page.translation_key: page for page in keys.select_related("organisation")}
    found = [section for page in firsts.values() if (section := open_section(user, page))]
    return sorted(found, key=lambda section: section.title.casefold())


def may_add_to(user: Any, page: SectionPage) -> bool:
    """Whether this editor may add a work's page to a section's page."""
    return bool(page.permissions_for_user(user).can_add_subpage())


def may_add_files(user: Any, spec: SectionSpec) -> bool:
    """Whether this editor may add files to a section's collection, or where it will be made."""
    root = Collection.get_first_root_node()
    collection = root.get_children().filter(name=spec.title(DEFAULT_LANGUAGE)).first() or root
    policy = policy_registry.get_by_type(LibraryDocument)
    allowed = policy.collections_user_has_permission_for(user, "add")
    return bool(allowed.filter(pk=collection.pk).exists())


def open_batches(user: Any) -> QuerySet[Batch]:
    """The batches of the sections that this editor may bring files into, newest first."""
    pages = [page.pk for section in open_sections(user) for page in section.pages.values()]
    return Batch.objects.filter(section__in=pages).select_related("section", "owner")


def waiting_files(user: Any) -> QuerySet[IncomingFile]:
    """The files that wait for this editor to look at them."""
    ready = IncomingFile.objects.filter(state=IncomingFile.State.READY, document__isnull=False)
    return ready.filter(batch__in=open_batches(user)).order_by("-pk")


def page_language(language: str, allowed: tuple[str, ...]) -> str:
    """The language of the page for a file: its own, or the site's where it has no pages."""
    if language in INTERFACE_CODES:
        return language
    return DEFAULT_LANGUAGE if DEFAULT_LANGUAGE in allowed else allowed[0]
