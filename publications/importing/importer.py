"""Importing planned works: a transaction per work, and what is there already is left alone.

A work is known by the section and its name, so an import that was stopped goes on where it
was, and a language added to the folder later becomes an edition of the same work. A file is
known by its checksum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from publications.documents import discard_documents, stage_document
from publications.facts import empty_facts, write_facts
from publications.importing.metadata import KINDS
from publications.importing.names import NamedFile
from publications.importing.planning import (
    Outcome,
    PlannedFile,
    PlannedWork,
    look_into,
    open_file,
    title_of,
    why_not_stored,
)
from publications.models import Edition, EditionFile, LibraryDocument, SectionPage, Work
from publications.slugs import free_slug
from publications.tree import (
    SectionSpec,
    all_libraries,
    ensure_collection,
    ensure_section,
    find_section_pages,
)

NAMESPACE = UUID("8a0d7a52-64a5-4e0b-8c1e-1f5f3f0f6b0a")


@dataclass(frozen=True, slots=True)
class Options:
    """How to import: into which section, as which kind, and so on."""

    section: SectionSpec
    kind: str = "publication"
    language: str = ""
    """The language of files whose name and text do not tell theirs."""
    publish: bool = True
    dry_run: bool = False
    user: Any = None
    """Who imports; nobody where a command does."""


class Importer:
    """Imports works into one section."""

    def __init__(self, options: Options) -> None:
        self.options = options
        all_libraries()
        find_pages = find_section_pages if options.dry_run else ensure_section
        self.pages: dict[str, SectionPage] = find_pages(options.section)

    def import_work(self, work: PlannedWork, named: Iterable[NamedFile]) -> Iterator[Outcome]:
        """Import one work's files; gives what became of each, in the order of their names."""
        outcomes = [self._open(work, file) for file in named]
        if work.metadata.problems:
            work.refuse_all(" ".join(work.metadata.problems))
        if work.files:
            self._import(work)
        yield from outcomes

    def _open(self, work: PlannedWork, named: NamedFile) -> Outcome:
        """Take a file into the work unless it is refused or there already."""
        file = open_file(named)
        if isinstance(file, Outcome):
            return file
        if present := self._document_with(file.checksum):
            file.outcome.status, file.outcome.reason = "skipped", _already_there(present, file)
            file.outcome.work = present.edition.work_id
            file.outcome.language = present.language
            return file.outcome
        if any(other.checksum == file.checksum for other in work.files):
            file.outcome.status = "skipped"
            file.outcome.reason = _("The same file stands in this work under another name.")
            return file.outcome
        work.files.append(file)
        return file.outcome

    def _document_with(self, checksum: str) -> EditionFile | None:
        """A file of the section with this content."""
        pages = [page.pk for page in self.pages.values()]
        descendants = Edition.objects.none()
        for page in SectionPage.objects.filter(pk__in=pages):
            descendants = descendants | Edition.objects.real().descendant_of(page)
        files = EditionFile.objects.filter(document__file_hash=checksum, edition__in=descendants)
        return files.select_related("edition").first()

    @property
    def _hint(self) -> str:
        """What is said to those who type a command, in English as all they are told."""
        return "" if self.options.user else "Or give --language."

    def _import(self, work: PlannedWork) -> None:
        metadata = work.metadata
        work.files = [
            file
            for file in work.files
            if look_into(
                file, metadata.language_of(file.named.name), self.options.language, self._hint
            )
        ]
        if not work.files:
            return
        if self.options.dry_run:
            for file in work.files:
                file.outcome.status = "imported"
                file.outcome.title = title_of(work, file.language, [file])
            return
        collection = ensure_collection(self.options.section)
        documents: dict[str, LibraryDocument] = {}
        try:
            for file in work.files:
                documents[file.named.name] = stage_document(
                    file.named.path, file.named.path.name, collection
                )
            with transaction.atomic():
                self._write(work, documents)
        except (ValidationError, IntegrityError, DataError) as error:
            work.refuse_all(why_not_stored(error))
        finally:
            discard_documents(documents.values())

    def _write(self, work: PlannedWork, documents: dict[str, LibraryDocument]) -> None:
        key = uuid5(NAMESPACE, f"{self.options.section.slug}/{work.name}")
        row, created = Work.objects.get_or_create(translation_key=key)
        if created:
            write_facts(row, self._facts(work))
        for language, files in _by_edition(work, row).items():
            edition = Edition.objects.filter(
                translation_key=key, locale__language_code=language
            ).first()
            if edition is None:
                self._make_edition(work, row, language, files, documents)
            else:
                self._add_files(edition, files, documents)

    def _facts(self, work: PlannedWork) -> dict[str, object]:
        """The facts of a new work; the organisation of its section published it."""
        facts = empty_facts()
        if self.options.section.organisation:
            facts["publishers"] = [self.options.section.organisation.pk]
        return facts | work.metadata.facts

    def _make_edition(
        self,
        work: PlannedWork,
        row: Work,
        language: str,
        files: list[PlannedFile],
        documents: dict[str, LibraryDocument],
    ) -> None:
        parent = SectionPage.objects.get(pk=self.pages[language].pk)  # as it is now
        others = Edition.objects.real().filter(work=row)
        title = title_of(work, language, files)
        kind = (
            type(others[0].specific) if others else KINDS[work.metadata.kind or self.options.kind]
        )
        edition = kind(
            title=title,
            slug=free_slug(parent, title, work.name),
            summary=work.metadata.text("summary", language, [file.named.name for file in files]),
            locale=parent.locale,
            translation_key=row.translation_key,
            owner=self.options.user,
            live=False,
        )
        _attach(edition, files, documents)
        parent.add_child(instance=edition)
        self._save(edition)
        _say_imported(files, edition)

    def _add_files(
        self, page: Edition, files: list[PlannedFile], documents: dict[str, LibraryDocument]
    ) -> None:
        if page.alias_of_id or (page.has_unpublished_changes and page.live):
            _skip(files, page, _CHANGED)
            return
        edition = page.get_latest_revision_as_object() if page.latest_revision_id else page.specific
        present = {file.document.title for file in edition.files.all()}
        replaced = [file for file in files if file.named.path.name in present]
        _skip(replaced, page, _REPLACED)
        files = [file for file in files if file not in replaced]
        if files:
            _attach(edition, files, documents)
            if not page.live:
                edition.save()
            self._save(edition, publish=page.live)
            _say_imported(files, edition)

    def _save(self, edition: Edition, *, publish: bool = True) -> None:
        user = self.options.user
        revision = edition.save_revision(user=user, log_action=user is not None)
        if publish and self.options.publish:
            revision.publish(user=user)


_CHANGED = gettext_lazy(
    "The edition has changes that are not published, or is an alias. Publish or discard them, "
    "then import again."
)
_REPLACED = gettext_lazy(
    "The edition has another file of this name. Replace that in the admin if this one is newer."
)


def _by_edition(work: PlannedWork, row: Work) -> dict[str, list[PlannedFile]]:
    """The files of each edition. A file in a language without pages goes with another edition."""
    editions: dict[str, list[PlannedFile]] = {}
    for file in work.files:
        if file.language in INTERFACE_CODES:
            editions.setdefault(file.language, []).append(file)
    others = [file for file in work.files if file.language not in INTERFACE_CODES]
    if others:
        present = Edition.objects.real().filter(work=row).order_by("pk")
        there = list(present.values_list("locale__language_code", flat=True))
        home = next(iter([*there, *editions, DEFAULT_LANGUAGE]))
        editions.setdefault(home, []).extend(others)
    return editions


def _attach(
    edition: Edition, files: Iterable[PlannedFile], documents: dict[str, LibraryDocument]
) -> None:
    for file in files:
        document = documents[file.named.name]
        document.save()
        edition.files.add(EditionFile(document=document, language=file.language))


def _say_imported(files: Iterable[PlannedFile], edition: Edition) -> None:
    for file in files:
        file.outcome.status = "imported"
        file.outcome.work, file.outcome.title = edition.work_id, edition.title


def _skip(files: Iterable[PlannedFile], page: Edition, reason: str | Promise) -> None:
    for file in files:
        file.outcome.status, file.outcome.reason = "skipped", str(reason)
        file.outcome.work = page.work_id


def _already_there(present: EditionFile, file: PlannedFile) -> str:
    name = present.document.title
    if name == file.named.path.name:
        return _("Already there.")
    return _("Already there as “%s”.") % name
