"""Files and images lie in the collection of the union whose works they belong to.

Its editors may change what lies there. So they go along when a work comes to another union, unless
something of another union uses them, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from wagtail.models import Collection, Page

from network.models import Organisation, Role
from publications.access import pages_using
from publications.models import Edition, LibraryDocument, SectionPage
from publications.tree import SectionSpec, ensure_collection


def union_collection(organisation: Organisation | None) -> Collection:
    """Where the files of an organisation's editors lie; without one, those of the catalogue."""
    role = Role.objects.filter(
        kind=Role.Kind.EDITORS, organisation=organisation, collection__isnull=False
    ).first()
    if organisation is not None and role is not None and role.collection is not None:
        return role.collection
    return ensure_collection(SectionSpec(organisation))


def give_to_union(things: Iterable[Any], organisation: Organisation | None) -> None:
    """Move files and images to a union's collection, but for those that others use."""
    collection = union_collection(organisation)
    for thing in things:
        if thing.collection_id != collection.pk and not _is_used_elsewhere(thing, organisation):
            thing.collection = collection
            thing.save(update_fields=["collection"])


def follow_moved_edition(
    instance: Page, parent_page_before: Page, parent_page_after: Page, **_kwargs: Any
) -> None:
    """An edition was moved to another union's section: what lay in the collection of the first
    union goes along; what was put into a collection of its own stays there."""
    before, after = parent_page_before.specific, parent_page_after.specific
    edition = instance.specific
    if not isinstance(edition, Edition) or edition.alias_of_id:
        return
    if not isinstance(before, SectionPage) or not isinstance(after, SectionPage):
        return
    if before.organisation_id == after.organisation_id:
        return
    old = union_collection(before.organisation)
    things = {(type(one), one.pk): one for one in _things_of(edition)}.values()
    give_to_union([one for one in things if one.collection_id == old.pk], after.organisation)


def _things_of(edition: Edition) -> Iterator[Any]:
    """The files and the cover of an edition, as published and in its draft."""
    for page in (edition, edition.get_latest_revision_as_object()):
        yield from (row.document for row in page.files.all())
        if page.cover is not None:
            yield page.cover


def _is_used_elsewhere(thing: Any, organisation: Organisation | None) -> bool:
    """Whether a page outside a union's sections uses a file or an image."""
    return any(_union_of(page) != organisation for page in _users(thing))


def _users(thing: Any) -> Iterator[Page]:
    # The reference index may be late; what editions say of themselves is not.
    if isinstance(thing, LibraryDocument):
        yield from (row.edition for row in thing.edition_files.select_related("edition"))
    else:
        yield from Edition.objects.filter(cover=thing)
    yield from pages_using(thing)


def _union_of(page: Page) -> Organisation | None:
    """The organisation in whose section a page stands."""
    parent = page.get_parent().specific
    return parent.organisation if isinstance(parent, SectionPage) else None
