"""Who may see an edition and a file.

An *audience* is the canonical text of what Wagtail's view restrictions demand of a reader:
``public``, ``nobody`` (a shared password opens a page to a session, never to search),
``login``, or clauses such as ``groups:2,5`` joined by ``&``: all clauses must hold, any group
of a clause will do. Restrictions on a page's or collection's parents count too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Page,
    PageViewRestriction,
    ReferenceIndex,
)
from wagtail.models.view_restrictions import BaseViewRestriction

from publications.models import Edition, EditionFile, LibraryDocument

PUBLIC = "public"
NOBODY = "nobody"
LOGIN = "login"

Restriction = PageViewRestriction | CollectionViewRestriction


def audience_of(restrictions: Iterable[BaseViewRestriction]) -> str:
    """The audience that a set of view restrictions leaves."""
    clauses: set[str] = set()
    for restriction in restrictions:
        if restriction.restriction_type == BaseViewRestriction.PASSWORD:
            return NOBODY
        if restriction.restriction_type == BaseViewRestriction.LOGIN:
            clauses.add(LOGIN)
        elif restriction.restriction_type == BaseViewRestriction.GROUPS:
            keys = sorted(group.pk for group in restriction.groups.all())
            clauses.add("groups:" + ",".join(map(str, keys)))
    return join_audiences(clauses)


def join_audiences(audiences: Iterable[str]) -> str:
    """The audience of what is behind several audiences at once."""
    clauses = {clause for audience in audiences for clause in audience.split("&")} - {PUBLIC}
    if NOBODY in clauses:
        return NOBODY
    if len(clauses) > 1:
        clauses.discard(LOGIN)  # belonging to a group means being logged in
    return "&".join(sorted(clauses)) or PUBLIC


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads: anonymous, logged in, in groups, or a superuser."""

    authenticated: bool = False
    groups: frozenset[int] = frozenset()
    superuser: bool = False

    @classmethod
    def of(cls, user: Any) -> Reader:
        """The reader a user is."""
        if not user.is_authenticated:
            return cls()
        groups = frozenset(user.groups.values_list("pk", flat=True))
        return cls(authenticated=True, groups=groups, superuser=user.is_superuser)

    def admitted_by(self, audience: str) -> bool:
        """Whether this reader belongs to an audience."""
        return all(self._meets(clause) for clause in audience.split("&"))

    def _meets(self, clause: str) -> bool:
        if clause == PUBLIC:
            return True
        if clause == LOGIN:
            return self.authenticated
        if clause.startswith("groups:"):
            wanted = {int(key) for key in clause.removeprefix("groups:").split(",") if key}
            return self.superuser or bool(wanted & self.groups)
        return False


def edition_audience(edition: Page) -> str:
    """Who may see an edition, by the restrictions on it and above it."""
    return audience_of(edition.get_view_restrictions().prefetch_related("groups"))


def collection_audience(collection: Collection) -> str:
    """Who may see the files of a collection."""
    return audience_of(collection.get_view_restrictions().prefetch_related("groups"))


def edition_is_published(edition: Page) -> bool:
    """Whether an edition is live now; times count from the moment they name."""
    now = timezone.now()
    return bool(
        edition.live
        and edition.alias_of_id is None
        and (edition.expire_at is None or edition.expire_at > now)
    )


def may_see_edition(edition: Page, reader: Reader) -> bool:
    """Whether a reader may see a published edition now."""
    return edition_is_published(edition) and reader.admitted_by(edition_audience(edition))


def file_is_embargoed(file: EditionFile) -> bool:
    """Whether a file's embargo still runs."""
    return file.embargo_until is not None and file.embargo_until > timezone.now()


def may_see_file(file: EditionFile, reader: Reader) -> bool:
    """Whether a reader may see a file of an edition that they may see."""
    if file_is_embargoed(file):
        return False
    return reader.admitted_by(collection_audience(file.document.collection))


def find_file(work: int, number: int, reader: Reader) -> EditionFile | None:
    """The file with a number in a work, if some edition shows it to this reader now.

    The live page's own rows are asked, never a draft or an index.
    """
    files = EditionFile.objects.filter(
        edition__work_id=work, number=number, edition__live=True, edition__alias_of__isnull=True
    ).select_related("document__collection", "document__reading", "edition__locale")
    for file in files:
        if may_see_edition(file.edition, reader) and may_see_file(file, reader):
            return file
    return None


def may_read_document(document: LibraryDocument, reader: Reader) -> bool:
    """Whether some published page lets a reader have a document now.

    A document that stands among an edition's files follows their rules; any other may be read
    where a published page links to it and its collection allows it.
    """
    if document.edition_files.exists():
        return any(
            may_see_edition(file.edition, reader) and may_see_file(file, reader)
            for file in document.edition_files.select_related("edition", "document__collection")
        )
    if not reader.admitted_by(collection_audience(document.collection)):
        return False
    return any(_may_see_page(page, reader) for page in pages_using(document))


def _may_see_page(page: Page, reader: Reader) -> bool:
    live = edition_is_published(page) if isinstance(page, Edition) else page.live
    return bool(live) and reader.admitted_by(edition_audience(page))


def pages_using(thing: Any) -> list[Page]:
    """The pages whose text refers to an image or a document, by Wagtail's reference index."""
    page_type = ContentType.objects.get_for_model(Page)
    references = ReferenceIndex.get_references_to(thing).filter(base_content_type=page_type)
    keys = references.values_list("object_id", flat=True)
    return [page.specific for page in Page.objects.filter(pk__in=[int(key) for key in keys])]


def may_see_image(image: Any, reader: Reader) -> bool:
    """Whether an image stands on a published page that a reader may see."""
    if not reader.admitted_by(collection_audience(image.collection)):
        return False
    covered = Edition.objects.filter(cover=image)
    return any(_may_see_page(page, reader) for page in (*covered, *pages_using(image)))
