"""An exported catalogue back into a library: a transaction per work, nothing half.

A work is known by its key, an edition by its language, a file by its number: what is there
already is left alone, so an import that was stopped goes on where it was. A work gets its old
number where that is free.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.images import ImageFile
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from wagtail.images import get_image_model
from wagtail.models import Collection, Page, PageViewRestriction
from wagtail.permissions import policy_registry

from cms.languages import BY_CODE, INTERFACE_CODES
from publications.cleaning import clean_html
from publications.documents import discard_documents, file_hash, stage_document
from publications.editable import editable_works
from publications.exchange.columns import PLAIN_TEXTS, RICH_TEXTS, split_values
from publications.exchange.exporting import collection_name
from publications.exchange.sheets import Row
from publications.facts import empty_facts, write_facts
from publications.identifiers import parse_identifier
from publications.importing.metadata import KINDS, Lookups, find_one
from publications.importing.names import NamedFile
from publications.importing.planning import Outcome, open_file, why_not_stored
from publications.models import (
    Edition,
    EditionFile,
    GoodPractice,
    LibraryDocument,
    SectionPage,
    Work,
)
from publications.slugs import free_slug
from publications.tree import SectionSpec, by_language, ensure_collection

MOST = 1_000_000
"""The highest number of a file that an archive may give."""

MOST_DIGITS = 9
MAX_FILE_NAME = 200
IMAGE_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif")


def may_import(user: Any, page: SectionPage) -> tuple[bool, bool]:
    """Whether somebody may add works to a page of a section, and publish them there."""
    permissions = page.permissions_for_user(user)
    return permissions.can_add_subpage(), permissions.can_publish_subpage()


@dataclass(slots=True)
class Line:
    """A row of the table with its number as a spreadsheet counts (the header is row 1)."""

    number: int
    cells: Row
    outcome: Outcome
    problems: list[str] = field(default_factory=list)

    def complain(self, column: str, reason: str) -> None:
        """Note what is wrong with a cell."""
        text = _("Row %(number)s, column “%(column)s”: %(reason)s")
        self.problems.append(text % {"number": self.number, "column": column, "reason": reason})

    def get(self, column: str) -> str:
        """A cell, "" where the table has none."""
        return self.cells.get(column, "").strip()


@dataclass(slots=True)
class ArchivedWork:
    """The rows of one work, and what they say once they are checked."""

    key: str
    editions: list[Line] = field(default_factory=list)
    files: list[Line] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def lines(self) -> list[Line]:
        """All rows."""
        return [*self.editions, *self.files]


def archived_works(rows: Iterable[Row]) -> list[ArchivedWork]:
    """The rows of a table brought together by work."""
    works: dict[str, ArchivedWork] = {}
    for number, cells in enumerate(rows, 2):
        label = cells.get("file") or _("Row %(number)s") % {"number": number}
        line = Line(number, cells, Outcome(label, language=cells.get("language", "")))
        work = works.setdefault(line.get("work"), ArchivedWork(line.get("work")))
        (work.files if line.get("file") else work.editions).append(line)
    return list(works.values())


class Restorer:
    """Takes works of an archive whose files lie in a folder into the library.

    With a ``user`` only what that editor may do: other unions' sections, works and collections
    are refused, and only an administrator's import gives works their old numbers.
    """

    def __init__(
        self,
        folder: Path,
        *,
        dry_run: bool = False,
        user: Any = None,
        publish: bool = True,
    ) -> None:
        self.folder = folder.resolve()
        self.dry_run = dry_run
        self.user = user
        self.publish = publish
        self.lookups = Lookups()
        self.collections = {collection_name(row): row for row in Collection.objects.all()}
        self._sections: dict[str, dict[str, SectionPage]] = {}
        if user is not None:
            policy = policy_registry.get_by_type(LibraryDocument)
            allowed = set(policy.collections_user_has_permission_for(user, "add"))
            self.collections = {
                name: row for name, row in self.collections.items() if row in allowed
            }

    def _may_import(self, page: SectionPage) -> tuple[bool, bool]:
        return (True, True) if self.user is None else may_import(self.user, page)

    @property
    def _keeps_numbers(self) -> bool:
        return self.user is None or self.user.is_superuser

    def restore(self, work: ArchivedWork) -> Iterator[Outcome]:
        """Take in one work whole or not at all; gives what became of each row."""
        self._check(work)
        problems = [problem for line in work.lines for problem in line.problems]
        for line in work.lines:
            if problems:
                line.outcome.status = "refused"
                line.outcome.reason = " ".join(line.problems or problems[:3])
            else:
                line.outcome.status = "imported"
                line.outcome.title = line.get("title") or line.get("file_title")
        if not problems and not self.dry_run:
            self._store(work)
        elif not problems:
            self._say_what_is_there(work)
        yield from (line.outcome for line in work.lines)

    # Checking: everything is looked at before anything is written.

    def _check(self, work: ArchivedWork) -> None:
        for line in work.lines:
            try:
                UUID(line.get("work"))
            except ValueError:
                line.complain("work", _("The key of the work is missing or damaged."))
            if line.get(""):
                line.complain("file", _("The row has more or fewer cells than the header."))
        if not any(line.problems for line in work.lines):
            self._check_owner(work)
        languages = {line.get("language") for line in work.editions}
        for line in work.editions:
            self._check_edition(line)
        _check_together(work)
        for line in work.files:
            self._check_file(line, languages)
        self._read_facts(work)

    def _check_owner(self, work: ArchivedWork) -> None:
        """A work that is there already is its editors' to change, and no part of another."""
        there = Work.objects.filter(translation_key=work.key).first()
        if there is not None and there.joined_into_id:
            reason = _("This work was joined into work %s. Split that one, or leave this out.")
            work.lines[0].complain("work", reason % there.joined_into_id)
            return
        if there is None or self.user is None or not there.editions.exists():
            return
        if not editable_works(self.user).filter(pk=there.pk).exists():
            work.lines[0].complain("work", _("This work is in the library and not yours."))

    def _check_edition(self, line: Line) -> None:
        if line.get("language") not in INTERFACE_CODES:
            line.complain("language", _("Choose one of: %s.") % ", ".join(INTERFACE_CODES))
        if line.get("kind") not in KINDS:
            line.complain("kind", _("Choose one of: %s.") % ", ".join(KINDS))
        if not line.get("title"):
            line.complain("title", _("A title is needed."))
        _check_lengths(line, Page, title="title", seo_title="seo_title", slug="slug")
        _check_lengths(line, GoodPractice, contact_role="contact_role")
        _check_lengths(line, get_image_model(), cover_title="title")
        section = self._section_page(line)
        if section is None:
            line.complain("section", _("There is no section “%s”.") % line.get("section"))
        elif not self._may_import(section)[0]:
            line.complain("section", _("You may not add works to “%s”.") % section.title)
        self._check_readers(line)
        if line.get("cover"):
            self._check_cover(line)
        _check_time(line, "expires")

    def _check_readers(self, line: Line) -> None:
        wanted = line.get("visible_to")
        if wanted == "password":
            line.complain(
                "visible_to",
                _("What a shared password guards cannot be imported: write “login” instead."),
            )
        elif wanted.startswith("groups:"):
            names = split_values(wanted.removeprefix("groups:"))
            known = set(Group.objects.filter(name__in=names).values_list("name", flat=True))
            for name in set(names) - known:
                line.complain("visible_to", _("There is no group “%s”.") % name)
        elif wanted not in ("", "login"):
            line.complain("visible_to", _("Leave it empty, or write “login” or “groups: …”."))

    def _check_cover(self, line: Line) -> None:
        path = self._path(line.get("cover"))
        if path is None or path.suffix.lower() not in IMAGE_ENDINGS:
            line.complain("cover", _("The archive has no picture “%s”.") % line.get("cover"))
            return
        image = get_image_model()(title="cover")
        with path.open("rb") as content:
            try:
                field_ = image._meta.get_field("file").formfield()
                field_.clean(File(content, name=path.name))
            except ValidationError as error:
                line.complain("cover", " ".join(error.messages))

    def _check_file(self, line: Line, languages: set[str]) -> None:
        if line.get("language") not in languages:
            line.complain("language", _("The work has no edition in this language in the table."))
        if line.get("file_language") and line.get("file_language") not in BY_CODE:
            line.complain("file_language", _("Choose one of: %s.") % ", ".join(BY_CODE))
        if line.get("collection") not in self.collections:
            reason = _("There is no collection “%s” for you. Make it first, with its readers.")
            line.complain("collection", reason % line.get("collection"))
        if line.get("file_number") and not 0 < _whole_number(line.get("file_number")) <= MOST:
            line.complain("file_number", _("This is no number."))
        _check_lengths(line, EditionFile, label="label")
        _check_lengths(line, LibraryDocument, file_title="title")
        if name := line.get("file_name"):
            self._check_name(line, name)
        _check_time(line, "embargo_until")
        path = self._path(line.get("file"))
        if path is None:
            line.complain("file", _("The archive has no file “%s”.") % line.get("file"))
            return
        opened = open_file(NamedFile(path, line.get("file"), "", ""))
        if isinstance(opened, Outcome):
            line.complain("file", opened.reason)

    @staticmethod
    def _check_name(line: Line, name: str) -> None:
        """A file is stored under the kind of name that its content was checked against."""
        if Path(name).suffix.lower() != Path(line.get("file")).suffix.lower():
            line.complain("file_name", _("It must end as the name of the file does."))
        elif len(name) > MAX_FILE_NAME:
            line.complain("file_name", _("This is too long."))

    def _path(self, name: str) -> Path | None:
        """A file of the archive; none outside its folder."""
        try:
            path = (self.folder / name).resolve()
            inside = name and path.is_relative_to(self.folder) and path.is_file()
        except (OSError, ValueError):  # a name that no file system holds
            return None
        return path if inside else None

    def _section_page(self, line: Line) -> SectionPage | None:
        name, language = line.get("section"), line.get("language")
        if name not in self._sections:
            slug = name.removeprefix("demonstration/")
            pages = SectionPage.objects.filter(is_demonstration=slug != name)
            wanted: dict[str, Any] = {"organisation__slug": slug}
            if slug == "catalogue":
                wanted = {"organisation": None}
            self._sections[name] = by_language(pages.filter(**wanted))
        return self._sections[name].get(language)

    def _read_facts(self, work: ArchivedWork) -> None:
        """Every fact from the first row that states it; another row may not contradict."""
        first: dict[str, Line] = {}
        for line in work.editions:
            for column, parse in _PARSERS.items():
                if not (cell := line.get(column)):
                    continue
                before = first.setdefault(column, line)
                if before.get(column) != cell:
                    reason = _("This says something else about the work than row %s.")
                    line.complain(column, reason % before.number)
                    continue
                try:
                    work.facts |= parse(self.lookups, cell)
                except (ValueError, ValidationError) as error:
                    messages = error.messages if isinstance(error, ValidationError) else [error]
                    line.complain(column, " ".join(map(str, messages)))

    # Writing.

    def _say_what_is_there(self, work: ArchivedWork) -> None:
        row = Work.objects.filter(translation_key=work.key).first()
        there = set(row.editions.values_list("locale__language_code", flat=True)) if row else set()
        for line in work.lines:
            if line.get("language") in there:
                _skip(line, row)

    def _store(self, work: ArchivedWork) -> None:
        staged: dict[int, LibraryDocument] = {}
        try:
            row = Work.objects.filter(translation_key=work.key).first()
            for line in work.files:
                if not self._is_there(row, line):
                    staged[line.number] = self._stage(line)
            with transaction.atomic():
                self._write(work, staged)
        except (ValidationError, IntegrityError, DataError, OverflowError) as error:
            reason = why_not_stored(error)
            for line in work.lines:
                line.outcome.status, line.outcome.reason = "refused", reason
        finally:
            discard_documents(staged.values())

    @staticmethod
    def _is_there(row: Work | None, line: Line) -> bool:
        """Whether the edition that a row belongs to stands in the library already."""
        language = line.get("language")
        return bool(row and row.editions.filter(locale__language_code=language).exists())

    def _stage(self, line: Line) -> LibraryDocument:
        path = self._path(line.get("file"))
        assert path is not None
        name = Path(line.get("file_name") or path.name).name
        collection = self.collections[line.get("collection")]
        return stage_document(path, line.get("file_title") or name, collection, name=name)

    def _write(self, work: ArchivedWork, staged: dict[int, LibraryDocument]) -> None:
        row = Work.objects.select_for_update().filter(translation_key=work.key).first()
        if row is None:
            row = self._make_work(work)
        for line in work.editions:
            files = [file for file in work.files if file.get("language") == line.get("language")]
            if self._is_there(row, line):
                for other in (line, *files):
                    _skip(other, row)
                continue
            self._make_edition(row, line, [(file, staged[file.number]) for file in files])
            for other in (line, *files):
                other.outcome.work = row.pk

    def _make_work(self, work: ArchivedWork) -> Work:
        facts = empty_facts() | work.facts
        last_file = facts.pop("last_file", 0)
        numbers = [int(line.get("file_number") or 0) for line in work.files]
        number = next((line.get("number") for line in work.editions if line.get("number")), "")
        wanted = _whole_number(number)
        free = wanted > 0 and not Work.objects.filter(pk=wanted).exists()
        row = Work(translation_key=work.key, last_file_number=max([last_file, *numbers]))
        if free and self._keeps_numbers:
            row.pk = wanted
            row.save(force_insert=True)
            _go_on_after(row.pk)
        else:
            row.save()
            reason = _("Its number %(old)s is not free here; it is now work %(new)s.")
            for line in work.editions[:1] if number else ():
                line.outcome.reason = reason % {"old": number, "new": row.pk}
        write_facts(row, facts)
        return row

    def _make_edition(
        self, row: Work, line: Line, files: list[tuple[Line, LibraryDocument]]
    ) -> None:
        section = self._section_page(line)
        assert section is not None
        parent = SectionPage.objects.get(pk=section.pk)  # as it is now
        kind = KINDS[line.get("kind")]
        taken = parent.get_children().filter(slug=line.get("slug")).exists()
        slug = line.get("slug")
        edition = kind(
            title=line.get("title"),
            slug=slug if slug and not taken else free_slug(parent, line.get("title"), "work"),
            locale=parent.locale,
            translation_key=row.translation_key,
            work=row,
            owner=self.user,
            live=False,
            expire_at=_time(line, "expires"),
            **self._texts(kind, line),
        )
        if line.get("cover"):
            edition.cover = self._cover(line, parent)
        for file, document in files:
            document.save()
            edition.files.add(_edition_file(file, document))
        parent.add_child(instance=edition)
        _restrict(edition, line.get("visible_to"))
        revision = edition.save_revision(user=self.user, log_action=self.user is not None)
        wanted = self.publish and line.get("state") == "published"
        if wanted and self._may_import(section)[1]:
            revision.publish(user=self.user)

    @staticmethod
    def _texts(kind: type[Edition], line: Line) -> dict[str, str]:
        names = {field_.name for field_ in kind._meta.get_fields()}
        texts = {name: line.get(name) for name in PLAIN_TEXTS if name in names}
        rich = {name: clean_html(line.get(name)) for name in RICH_TEXTS if name in names}
        return texts | rich

    def _cover(self, line: Line, section: SectionPage) -> Any:
        """The picture, which is taken again where the library has it already.

        A new one goes into the section's collection, whose editors may then change it.
        """
        path = self._path(line.get("cover"))
        assert path is not None
        images = get_image_model()
        title = line.get("cover_title") or path.name
        found = images.objects.filter(file_hash=file_hash(path), title=title).first()
        if found is not None:
            return found
        spec = SectionSpec(section.organisation, section.is_demonstration)
        with path.open("rb") as content:
            return images.objects.create(
                title=title,
                file=ImageFile(content, name=path.name),
                collection=ensure_collection(spec),
                uploaded_by_user=self.user,
            )


def _check_together(work: ArchivedWork) -> None:
    """A work has one edition in a language, and all of them are of its kind."""
    seen: dict[str, Line] = {}
    for line in work.editions:
        before = seen.setdefault(line.get("language"), line)
        if before is not line:
            reason = _("The work has an edition in this language in row %s.")
            line.complain("language", reason % before.number)
        if line.get("kind") != work.editions[0].get("kind"):
            reason = _("This says something else about the work than row %s.")
            line.complain("kind", reason % work.editions[0].number)


def _skip(line: Line, row: Work | None) -> None:
    line.outcome.status, line.outcome.reason = "skipped", _("Already there.")
    line.outcome.work = row.pk if row else None


def _edition_file(line: Line, document: LibraryDocument) -> EditionFile:
    return EditionFile(
        document=document,
        number=int(line.get("file_number")) if line.get("file_number") else None,
        language=line.get("file_language"),
        label=line.get("label"),
        embargo_until=_time(line, "embargo_until"),
    )


def _restrict(edition: Edition, visible_to: str) -> None:
    """Guard the page before it is published."""
    if not visible_to:
        return
    kind = "login" if visible_to == "login" else "groups"
    restriction = PageViewRestriction.objects.create(page=edition, restriction_type=kind)
    if kind == "groups":
        names = split_values(visible_to.removeprefix("groups:"))
        restriction.groups.set(Group.objects.filter(name__in=names))


def _time(line: Line, column: str) -> datetime.datetime | None:
    return parse_datetime(line.get(column)) if line.get(column) else None


def _check_time(line: Line, column: str) -> None:
    try:
        time = _time(line, column)
    except ValueError:
        time = None
    if line.get(column) and (time is None or time.tzinfo is None):
        line.complain(column, _("Write a time such as 2026-05-30T12:00:00+00:00."))


def _go_on_after(number: int) -> None:
    """Numbers that the database gives go on after one that was chosen (SQLite sees to it)."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        table = Work._meta.db_table
        cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
        (sequence,) = cursor.fetchone()
        cursor.execute("SELECT setval(%s, GREATEST(nextval(%s), %s))", [sequence, sequence, number])


def _all(table: str, what: str, fact: str) -> Callable[[Lookups, str], dict[str, Any]]:
    def parse(lookups: Lookups, cell: str) -> dict[str, Any]:
        names = getattr(lookups, table)
        return {fact: sorted({find_one(names, name, what) for name in split_values(cell)})}

    return parse


def _number(fact: str, most: int) -> Callable[[Lookups, str], dict[str, Any]]:
    def parse(_lookups: Lookups, cell: str) -> dict[str, Any]:
        if not 0 < (number := _whole_number(cell)) <= most:
            raise ValueError(_("Write a whole number up to %s.") % most)
        return {fact: number}

    return parse


def _validation(_lookups: Lookups, cell: str) -> dict[str, Any]:
    if cell not in Work.Validation.values:
        raise ValueError(_("Choose one of: %s.") % ", ".join(Work.Validation.values))
    return {"validation": cell}


def _whole_number(cell: str) -> int:
    """A number that consists of digits; -1 for what is none."""
    return int(cell) if cell.isdecimal() and len(cell) <= MOST_DIGITS else -1


def _check_lengths(line: Line, model: Any, **columns: str) -> None:
    """Whether cells fit into the fields of a model; ``columns`` are fields by columns."""
    for column, name in columns.items():
        limit = model._meta.get_field(name).max_length
        if len(line.get(column)) > limit:
            reason = _("This is longer than %(limit)s characters.")
            line.complain(column, reason % {"limit": limit})


_PARSERS: dict[str, Callable[[Lookups, str], dict[str, Any]]] = {
    "date": lambda lookups, cell: lookups.parsers["date"](cell),
    "authors": lambda _lookups, cell: {"authors": split_values(cell)},
    "publishers": _all("organisations", "publisher", "publishers"),
    "partners": _all("organisations", "partner", "partners"),
    "themes": _all("themes", "theme", "themes"),
    "countries": _all("countries", "country", "countries"),
    "places": _all("places", "place", "places"),
    "activities": _all("activities", "activity", "activities"),
    "identifiers": lambda _lookups, cell: {
        "identifiers": [list(parse_identifier(value)) for value in split_values(cell)]
    },
    "licence": lambda lookups, cell: lookups.parsers["licence"](cell),
    "municipality": lambda lookups, cell: {
        "municipality": find_one(lookups.organisations, cell, "municipality")
    },
    "validation": _validation,
    "period_start": _number("period_start", 9999),
    "period_end": _number("period_end", 9999),
    "last_file": _number("last_file", MOST),
}
"""From the cell of a fact to the fact."""
