"""One import from beginning to end, and the glossary as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Literal

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.loading import BrokenRows, Problem
from glossary.exchange.checking import check
from glossary.exchange.csv_files import read_csv, write_csv
from glossary.exchange.entries import Entry
from glossary.exchange.graphs import FORMATS
from glossary.exchange.skos import read_skos, write_skos
from glossary.exchange.stored import stored_entries
from glossary.exchange.storing import Change, changes, store

MAX_BYTES = 5 * 2**20
"""The largest file that is read: some thousands of concepts in four languages as SKOS, ten times
as many as CSV; rdflib reads a megabyte in about two seconds."""

MAX_CONCEPTS = 20_000
"""The most concepts in one file: each search has to know them all."""

ENDINGS = (".csv", *FORMATS)

Status = Literal["wrong", "new", "changed", "same"]

STATUSES = {
    "wrong": gettext_lazy("Wrong"),
    "new": gettext_lazy("New"),
    "changed": gettext_lazy("Changed"),
    "same": gettext_lazy("As before"),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one concept of a file, or what is wrong with it.

    ``place`` is its line or its address in the file; ``details`` are reasons where it is wrong,
    differences where it is changed; ``remarks`` are what one should know.
    """

    place: str
    slug: str
    label: str
    status: Status
    details: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def status_text(self) -> str:
        """The status in the active language."""
        return str(STATUSES[self.status])


@dataclass(slots=True)
class Report:
    """What an import did, or would do. With anything wrong, nothing is stored."""

    outcomes: list[Outcome] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    stored: bool = False

    @property
    def counts(self) -> Counter[str]:
        """How many concepts have each status."""
        return Counter(outcome.status for outcome in self.outcomes)

    @property
    def is_wrong(self) -> bool:
        """Whether something must be corrected before the file can be stored."""
        return any(outcome.status == "wrong" for outcome in self.outcomes)

    @property
    def changes_anything(self) -> bool:
        """Whether storing the file changes the glossary."""
        return bool(self.counts["new"] or self.counts["changed"])


def import_concepts(name: str, data: bytes, *, dry_run: bool) -> Report:
    """Read a file of concepts, check it and, if nothing is wrong with it, store it.

    The ending of its name tells the format (`ENDINGS`). ``dry_run`` stores nothing and says
    what would be. Nothing is fetched from anywhere.
    """
    stored = stored_entries()
    try:
        entries, notes = _read(name, data, stored)
    except BrokenRows as broken:
        return Report([_unreadable(problem) for problem in broken.problems])
    check(entries, stored)
    wrong = any(entry.row.problems for entry in entries)
    report = Report(
        [_wrong(entry) for entry in entries if entry.row.problems]
        if wrong
        else list(map(_outcome, changes(entries, stored))),
        notes,
    )
    if not wrong and not dry_run:
        store(entries, stored)
        report.stored = True
    return report


def export_concepts(ending: str) -> bytes:
    """The whole glossary as a file; ``ending`` is one of `ENDINGS`."""
    entries = list(stored_entries().values())
    return write_csv(entries) if ending == ".csv" else write_skos(entries, FORMATS[ending])


def _read(name: str, data: bytes, stored: dict[str, Entry]) -> tuple[Sequence[Entry], list[str]]:
    if len(data) > MAX_BYTES:
        size = _("The file is larger than %(limit)s.") % {"limit": filesizeformat(MAX_BYTES)}
        raise BrokenRows([Problem(name, 0, size)])
    ending = PurePath(name).suffix.lower()
    if ending not in ENDINGS:
        known = _("The name of the file must end in %(endings)s.")
        raise BrokenRows([Problem(name, 0, known % {"endings": ", ".join(ENDINGS)})])
    entries, notes = (
        (read_csv(name, data), []) if ending == ".csv" else read_skos(name, data, stored)
    )
    if len(entries) > MAX_CONCEPTS:
        many = _("The file holds more than %(limit)s concepts.") % {"limit": MAX_CONCEPTS}
        raise BrokenRows([Problem(name, 0, many)])
    return entries, notes


def _outcome(change: Change) -> Outcome:
    entry = change.after
    details = tuple(change.differences())
    status: Status = "new" if change.before is None else "changed" if details else "same"
    return Outcome(
        _place(entry.row.source, entry.row.line),
        entry.slug,
        _label(entry),
        status,
        details,
        tuple(entry.row.remarks),
    )


def _wrong(entry: Entry) -> Outcome:
    return Outcome(
        _place(entry.row.source, entry.row.line),
        entry.slug,
        _label(entry),
        "wrong",
        tuple(problem.reason for problem in entry.row.problems),
        tuple(entry.row.remarks),
    )


def _unreadable(problem: Problem) -> Outcome:
    return Outcome(_place(problem.source, problem.line), "", "", "wrong", (problem.reason,))


def _place(source: str, line: int) -> str:
    return _("Line %(line)s") % {"line": line} if line else source


def _label(entry: Entry) -> str:
    """The first preferred label, in the order of the registry."""
    return next((names.preferred for names in entry.names.values() if names.preferred), "")
