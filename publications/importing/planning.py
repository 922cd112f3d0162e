"""Which work, which edition each file belongs to, before anything is written."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from cms.languages import BY_CODE
from publications.documents import file_hash
from publications.extraction import Extraction, Limits, Refused, State, detect_type, run_in_child
from publications.importing.metadata import MetadataRow, WorkMetadata, metadata_of_work
from publications.importing.names import NamedFile
from publications.messages import refusal_message, state_message

logger = logging.getLogger(__name__)

PEEK = Limits(cpu_seconds=20, wall_seconds=40, pages=5, characters=200_000)
"""A look at a file's beginning, for its title and language; it is read whole afterwards."""
MAX_TITLE = 255
_LONGEST_LINE = 160


@dataclass(slots=True)
class Outcome:
    """What became of one file: a row of the report."""

    file: str
    status: str = ""
    """``imported``, ``skipped`` or ``refused``."""
    work: int | None = None
    language: str = ""
    title: str = ""
    reason: str = ""


@dataclass(slots=True)
class PlannedFile:
    """An acceptable file, what a look into it said, and its row of the report."""

    named: NamedFile
    outcome: Outcome
    checksum: str
    language: str = ""
    found: Extraction | None = None


@dataclass(slots=True)
class PlannedWork:
    """A work to be: its files, and what the CSV says of it."""

    name: str
    metadata: WorkMetadata
    files: list[PlannedFile] = field(default_factory=list)
    refused: list[Outcome] = field(default_factory=list)

    def refuse_all(self, reason: str) -> None:
        """Refuse every file that is not refused yet."""
        for file in self.files:
            file.outcome.status, file.outcome.reason = "refused", reason
            self.refused.append(file.outcome)
        self.files = []


def group_files(files: Iterable[NamedFile], rows: Iterable[MetadataRow]) -> list[PlannedWork]:
    """Files that share a work's name, each with the rows about it; nothing is opened yet."""
    groups: dict[str, list[NamedFile]] = {}
    for file in files:
        groups.setdefault(file.work, []).append(file)
    works = []
    for name, named in groups.items():
        names = {file.name for file in named}
        about = [row for row in rows if row.file in names or (not row.file and row.work == name)]
        works.append(PlannedWork(name, metadata_of_work(about)))
    return works


def rows_about_nothing(rows: Iterable[MetadataRow], files: Iterable[NamedFile]) -> list[Outcome]:
    """Rows of the CSV whose file or work is not in the folder."""
    files = list(files)
    names, works = {file.name for file in files}, {file.work for file in files}
    outcomes = []
    for row in rows:
        known = row.file in names if row.file else row.work in works
        if not known:
            reason = row.problems[0] if row.problems else _nothing_called(row)
            outcomes.append(Outcome(row.file or row.work, "refused", reason=reason))
    return outcomes


def _nothing_called(row: MetadataRow) -> str:
    if row.file:
        column, reason = "file", _("The folder has no file “%s”.") % row.file
    else:
        column, reason = "work", _("The folder has no work “%s”.") % row.work
    text = _("Row %(number)s, column “%(column)s”: %(reason)s")
    return text % {"number": row.number, "column": column, "reason": reason}


def open_file(named: NamedFile) -> PlannedFile | Outcome:
    """Accept a file by its content, or say why it is refused."""
    outcome = Outcome(named.name)
    if reason := _why_refused(named.path):
        outcome.status, outcome.reason = "refused", reason
        return outcome
    return PlannedFile(named, outcome, file_hash(named.path))


def _why_refused(path: Path) -> str:
    size = path.stat().st_size
    if size > settings.READING_MAX_BYTES:
        values = {
            "size": filesizeformat(size),
            "limit": filesizeformat(settings.READING_MAX_BYTES),
        }
        return (
            _("This file is %(size)s; the limit is %(limit)s. Split it or make it smaller.")
            % values
        )
    try:
        detect_type(path, path.name)
    except Refused as refused:
        return refusal_message(refused)
    return ""


def look_into(file: PlannedFile, stated: str, fallback: str, hint: str = "") -> bool:
    """Find a file's language and title; refuse it when its language cannot be told.

    ``stated`` is what the CSV says, ``fallback`` counts when neither name nor text tell; ``hint``
    is what else who imports could do about it.
    """
    file.found = run_in_child(file.named.path, file.named.path.name, PEEK)
    read = file.found.language if file.found.state is State.READ else ""
    file.language = stated or file.named.language or read or fallback
    file.outcome.language = file.language
    if file.found.state is not State.READ:
        file.outcome.reason = state_message(file.found)
    if file.language in BY_CODE:
        return True
    file.outcome.status = "refused"
    file.outcome.reason = " ".join(
        [
            file.outcome.reason,
            _(
                "Its language is not known: name it as in “report.tr.pdf”, or say it in a column "
                "“language” of the table."
            ),
            hint,
        ]
    ).strip()
    return False


def why_not_stored(error: Exception) -> str:
    """What is said of a work that the library could not store."""
    if isinstance(error, ValidationError):
        return " ".join(error.messages)
    logger.warning("A work could not be imported: %s", error)
    return _("It could not be stored: something in its rows does not fit. Ask an administrator.")


def title_of(work: PlannedWork, language: str, files: list[PlannedFile]) -> str:
    """An edition's title: from the CSV, from its files, else from the work's name."""
    given = work.metadata.text("title", language, [file.named.name for file in files])
    finders: list[Callable[[Extraction], str]] = [
        lambda found: found.title,
        lambda found: found.sections[0].heading if found.sections else "",
        _first_line,
    ]
    found = (
        " ".join(find(file.found).split())
        for find in finders
        for file in files
        if file.found is not None
    )
    title = given or next(filter(None, found), "") or files[0].named.readable_work
    return title[:MAX_TITLE]


def _first_line(found: Extraction) -> str:
    """The first line of the text, if it is as short as titles are."""
    line = next((line for line in found.text.splitlines() if line.strip()), "")
    return line if len(line) <= _LONGEST_LINE else ""
