"""Which sections an editor may bring files into, and which batches they may work on.

A section stands in every locale; its pages are one translation group. An editor may bring files
into it who may add pages to one of them and files to its collection.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language
from wagtail.models import Collection, Page
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
    key = section.translation_key
    found = (one for one in open_sections(user, key) if one.first.translation_key == key)
    return next(found, None)


def open_sections(user: Any, key: uuid.UUID | None = None) -> list[OpenSection]:
    """The sections that this editor may bring files into, by title; or only one, by its key.

    A handful of queries, however many sections there are: the menu of every page asks for it.
    """
    rows = SectionPage.objects.filter(alias_of__isnull=True).select_related(
        "locale", "organisation"
    )
    if key is not None:
        rows = rows.filter(translation_key=key)
    groups: dict[uuid.UUID, dict[str, SectionPage]] = defaultdict(dict)
    for page in rows.order_by("path"):
        groups[page.translation_key].setdefault(page.locale.language_code, page)
    if not groups:
        return []
    addable = _addable(user, [page.pk for pages in groups.values() for page in pages.values()])
    collections = _open_collections(user)
    found = [
        OpenSection(in_order, languages)
        for pages in groups.values()
        if (in_order := {code: pages[code] for code in INTERFACE_CODES if code in pages})
        and (languages := tuple(code for code, page in in_order.items() if page.pk in addable))
    ]
    allowed = [section for section in found if collections.hold(section.spec)]
    return sorted(allowed, key=lambda section: section.title.casefold())


def may_add_to(user: Any, page: SectionPage) -> bool:
    """Whether this editor may add a work's page to a section's page."""
    return bool(page.permissions_for_user(user).can_add_subpage())


def _addable(user: Any, keys: list[int]) -> set[int]:
    """Those of some section pages below which this editor may add pages."""
    policy = policy_registry.get_by_type(Page)
    pages = policy.instances_user_has_any_permission_for(user, {"add"})
    return set(pages.filter(pk__in=keys).values_list("pk", flat=True))


@dataclass(frozen=True)
class _Collections:
    """The collections that an editor may add files to, by name; those of sections are known so."""

    names: frozenset[str]
    present: frozenset[str]
    root: bool

    def hold(self, spec: SectionSpec) -> bool:
        """Whether a section's collection is among them, or would be once it is made."""
        name = spec.title(DEFAULT_LANGUAGE)
        return name in self.names or (self.root and name not in self.present)


def _open_collections(user: Any) -> _Collections:
    policy = policy_registry.get_by_type(LibraryDocument)
    allowed = set(
        policy.collections_user_has_permission_for(user, "add").values_list("pk", flat=True)
    )
    root = Collection.get_first_root_node()
    rows = list(root.get_children().values_list("pk", "name"))
    return _Collections(
        names=frozenset(name for pk, name in rows if pk in allowed),
        present=frozenset(name for _pk, name in rows),
        root=root.pk in allowed,
    )


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
