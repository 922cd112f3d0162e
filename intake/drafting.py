"""Making drafts of what an editor took: pages that nobody sees until they are published.

Files with one work key become editions of one work. A file in a language of which the work has an
edition goes among that edition's files. All of it in one transaction: there are no half works.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from cms.labels import language_label
from cms.languages import INTERFACE_CODES
from intake.models import Batch, IncomingFile
from intake.places import OpenSection, may_add_to, open_section, page_language, section_pages
from publications.facts import Facts, read_facts
from publications.facts_panels import FACTS_PERMISSION
from publications.models import (
    Edition,
    EditionFile,
    GoodPractice,
    Guidance,
    Publication,
    SectionPage,
    Work,
)
from publications.slugs import free_slug
from publications.tree import ensure_collection

KINDS: dict[str, type[Edition]] = {
    Batch.Kind.PUBLICATION: Publication,
    Batch.Kind.GOOD_PRACTICE: GoodPractice,
    Batch.Kind.GUIDANCE: Guidance,
}


class NotDrafted(Exception):
    """No draft was made. The message says why and what the editor can do."""


@dataclass(slots=True)
class Chosen:
    """What the editor took of one file: what its edition says, and its language."""

    file: IncomingFile
    title: str
    language: str
    summary: str = ""
    cover: bool = False


@dataclass(slots=True)
class Drafted:
    """The editions that were made, and those that got a further file."""

    made: list[Edition] = field(default_factory=list)
    extended: list[Edition] = field(default_factory=list)

    @property
    def editions(self) -> list[Edition]:
        """All of them."""
        return [*self.made, *self.extended]


def make_drafts(user: Any, chosen: Sequence[Chosen], facts: Facts) -> Drafted:
    """Make the drafts of one work's files; ``facts`` are the work's. Raises `NotDrafted`."""
    section = open_section(user, chosen[0].file.batch.section)
    if section is None:
        raise NotDrafted(_("You may not add works to this section."))
    covers = {one.file.pk: _make_cover(one, section, user) for one in chosen if one.cover}
    try:
        with transaction.atomic():
            return _Drafting(user, section, chosen, facts, covers).run()
    except BaseException:
        for cover in filter(None, covers.values()):
            cover.delete()
        raise


def send_to_moderation(editions: Iterable[Edition], user: Any) -> int:
    """Submit drafts to the workflow of their section; says how many could be."""
    count = 0
    for edition in editions:
        workflow = edition.get_workflow()
        if workflow and edition.permissions_for_user(user).can_submit_for_moderation():
            workflow.start(edition, user)
            count += 1
    return count


def _make_cover(one: Chosen, section: OpenSection, user: Any) -> Any:
    """The image of the first page as an image of the library, where the editor may add images."""
    document = one.file.document
    reading = getattr(document, "reading", None)
    model = get_image_model()
    collection = ensure_collection(section.spec)
    if document is None or reading is None or not reading.cover:
        return None
    if not may_add_images(user, collection) or not default_storage.exists(reading.cover.name):
        return None
    with reading.cover.open("rb") as image:
        content = ContentFile(image.read(), name=f"cover-{document.pk}.webp")
    cover = model(title=one.title[:255], file=content, collection=collection, uploaded_by_user=user)
    cover._set_image_file_metadata()
    cover.save()
    return cover


def may_add_images(user: Any, collection: Collection) -> bool:
    """Whether an editor may add images to a collection."""
    policy = policy_registry.get_by_type(get_image_model())
    allowed = policy.collections_user_has_permission_for(user, "add")
    return bool(allowed.filter(pk=collection.pk).exists())


class _Drafting:
    """The drafts of one work, within a transaction."""

    def __init__(
        self,
        user: Any,
        section: OpenSection,
        chosen: Sequence[Chosen],
        facts: Facts,
        covers: dict[int, Any],
    ) -> None:
        self._user = user
        self._section = section
        self._chosen = chosen
        self._facts = facts
        self._covers = covers
        self._key = chosen[0].file.work_key
        self._drafted = Drafted()

    def run(self) -> Drafted:
        """Make or extend the edition of each file."""
        self._take()
        # A file in a language without pages goes with an edition that is there by then.
        for one in sorted(self._chosen, key=lambda one: one.language not in INTERFACE_CODES):
            edition = self._edition_in(self._page_language(one))
            if edition is None:
                edition = self._make(one)
                self._drafted.made.append(edition)
            else:
                self._extend(edition, one)
            IncomingFile.objects.filter(pk=one.file.pk).update(edition_id=edition.pk)
        return self._drafted

    def _take(self) -> None:
        """Nobody else drafts these files: another editor's click may have been quicker."""
        keys = [one.file.pk for one in self._chosen]
        ready = IncomingFile.objects.filter(pk__in=keys, state=IncomingFile.State.READY)
        ready = ready.filter(work_key=self._key, document__isnull=False)
        if ready.update(state=IncomingFile.State.DRAFTED) != len(keys):
            raise NotDrafted(_("Somebody else has decided about these files meanwhile."))

    def _present(self) -> list[Edition]:
        """The editions that the work has by now."""
        rows = Edition.objects.real().filter(translation_key=self._key).order_by("pk")
        return [edition.specific for edition in rows.select_related("locale")]

    def _edition_in(self, language: str) -> Edition | None:
        return next((one for one in self._present() if one.language == language), None)

    def _page_language(self, one: Chosen) -> str:
        present = self._present()
        if present and one.language not in INTERFACE_CODES:
            return present[0].language
        return page_language(one.language, self._section.languages)

    def _parent(self, language: str) -> SectionPage:
        """The section's page for a language: where the work's other editions stand, if any do."""
        present = self._present()
        pages = section_pages(present[0].get_parent().specific) if present else self._section.pages
        parent = pages.get(language)
        if parent is None or not may_add_to(self._user, parent):
            raise NotDrafted(
                _("You may not add pages in this language here: %(language)s.")
                % {"language": language_label(language)}
            )
        return SectionPage.objects.get(pk=parent.pk)  # as it is now

    def _make(self, one: Chosen) -> Edition:
        present = self._present()
        if present and not any(
            page.permissions_for_user(self._user).can_edit() for page in present
        ):
            raise NotDrafted(_("You may not add editions to this work."))
        language = self._page_language(one)
        parent = self._parent(language)
        kind = type(present[0]) if present else KINDS[one.file.batch.kind]
        edition = kind(
            title=one.title,
            slug=free_slug(parent, one.title, one.file.name),
            summary=one.summary,
            cover=self._covers.get(one.file.pk),
            locale=parent.locale,
            translation_key=self._key,
            owner=self._user,
            live=False,
        )
        self._set_facts(edition, present)
        edition.files.add(EditionFile(document=one.file.document, language=one.language))
        parent.add_child(instance=edition)
        edition.save_revision(user=self._user, log_action=True)
        return edition

    def _set_facts(self, edition: Edition, present: Sequence[Edition]) -> None:
        """What was taken, where the work and the drafts of its other editions say nothing yet."""
        if not self._user.has_perm(FACTS_PERMISSION):
            return
        work = Work.objects.filter(translation_key=self._key).first()
        base = read_facts(work)
        drafted: Facts = {}
        for other in present:
            drafted |= {name: value for name, value in _draft_facts(other).items() if value}
        known = base | drafted
        fresh = {name: value for name, value in self._facts.items() if not known.get(name)}
        if known.get("date"):
            fresh.pop("date_precision", None)
        elif "date" in fresh:
            fresh["date_precision"] = self._facts["date_precision"]
        edition.facts, edition.facts_base = drafted | fresh, base

    def _extend(self, page: Edition, one: Chosen) -> None:
        """Add the file to an edition that is there, as a draft of it."""
        permissions = page.permissions_for_user(self._user)
        if not permissions.can_edit() or permissions.page_locked():
            raise NotDrafted(
                _("You may not change the edition “%(title)s”, to which this file would be added.")
                % {"title": page.title}
            )
        edition = page.get_latest_revision_as_object() if page.latest_revision_id else page
        edition.files.add(EditionFile(document=one.file.document, language=one.language))
        if not page.live:
            edition.save()
        edition.save_revision(user=self._user, log_action=True)
        if edition.pk not in {known.pk for known in self._drafted.editions}:
            self._drafted.extended.append(edition)


def _draft_facts(edition: Edition) -> Facts:
    """The facts in an edition's draft."""
    draft = edition.get_latest_revision_as_object() if edition.latest_revision_id else edition
    return dict(draft.facts or {})
