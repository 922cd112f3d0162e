"""The optional CSV of an import: what it may say about works and files, checked cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.dates import parse_partial_date
from cms.languages import BY_CODE
from glossary.models import Concept
from network.models import Activity, Country, Organisation, Place
from publications.exchange.sheets import UnusableTable, read_table
from publications.identifiers import parse_identifier
from publications.models import GoodPractice, Guidance, Publication, Work

COLUMNS = {
    "file": "the file's name in the folder; the row is about this file's edition",
    "work": "the work's name: the file's name without language and extension",
    "title": "the edition's title",
    "language": f"the language: {', '.join(BY_CODE)}",
    "date": "2021, 2021-05 or 2021-05-30",
    "authors": "as written on the work; several with semicolons between them",
    "publisher": "an organisation of the network: its short name, a name or an acronym",
    "themes": "themes of the glossary: identifiers or labels, with semicolons between them",
    "countries": "ISO codes or names, with semicolons between them",
    "isbn": "an ISBN-10 or ISBN-13",
    "licence": f"one of: {', '.join(Work.Licence.values)}",
    "summary": "the edition's summary",
    "kind": "publication, good_practice or guidance",
}
KINDS = {kind.kind: kind for kind in (Publication, GoodPractice, Guidance)}
_TEXTS = ("title", "summary")


class UnusableMetadata(Exception):
    """The CSV as a whole cannot be used; the message says why."""


@dataclass(slots=True)
class MetadataRow:
    """A row of the CSV (``number`` as a spreadsheet counts it: the header is row 1)."""

    number: int
    file: str
    work: str
    language: str = ""
    kind: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    """Which column a fact comes from."""
    problems: list[str] = field(default_factory=list)

    def complain(self, column: str, reason: str) -> None:
        """Note what is wrong with a cell."""
        text = _("Row %(number)s, column “%(column)s”: %(reason)s")
        self.problems.append(text % {"number": self.number, "column": column, "reason": reason})


def read_metadata(path: Path) -> list[MetadataRow]:
    """The rows of an XLSX or a CSV in UTF-8; raises ``UnusableMetadata``."""
    try:
        names, lines = read_table(path)
    except UnusableTable as error:
        raise UnusableMetadata(str(error)) from error
    _check_header(path.name, names)
    lookups = Lookups()
    return [_read_row(number, values, lookups) for number, values in enumerate(lines, 2)]


def _check_header(source: str, names: list[str]) -> None:
    if "file" not in names and "work" not in names:
        reason = _("%(name)s needs a column “file” or “work”.")
        raise UnusableMetadata(reason % {"name": source})
    unknown = [name for name in names if name not in COLUMNS]
    if unknown:
        reason = _("%(name)s has unknown columns: %(unknown)s. There are: %(known)s.")
        values = {"unknown": ", ".join(unknown), "known": ", ".join(COLUMNS)}
        raise UnusableMetadata(reason % {"name": source, **values})


def _read_row(number: int, values: Mapping[str, Any], lookups: Lookups) -> MetadataRow:
    cells = {name: (values.get(name) or "").strip() for name in COLUMNS}
    row = MetadataRow(number, cells["file"], cells["work"])
    if not row.file and not row.work:
        row.complain("file", _("Say which file or which work the row is about."))
    if values.get(""):
        row.complain("kind", _("The row has more or fewer cells than the header."))
    row.texts = {name: cells[name] for name in _TEXTS if cells[name]}
    for name, known in (("language", BY_CODE), ("kind", KINDS)):
        if cells[name] and cells[name].lower() not in known:
            reason = _("“%(value)s” is not known; choose one of %(known)s.")
            row.complain(name, reason % {"value": cells[name], "known": ", ".join(known)})
        else:
            setattr(row, name, cells[name].lower())
    for column, parse in lookups.parsers.items():
        if cells[column]:
            _read_fact(row, column, cells[column], parse)
    return row


def _read_fact(
    row: MetadataRow, column: str, cell: str, parse: Callable[[str], dict[str, Any]]
) -> None:
    try:
        facts = parse(cell)
    except ValueError as error:
        row.complain(column, str(error))
        return
    row.facts |= facts
    row.columns |= dict.fromkeys(facts, column)


class Lookups:
    """From the words of cells to facts; each parser raises ``ValueError`` in plain words."""

    def __init__(self) -> None:
        self.parsers: dict[str, Callable[[str], dict[str, Any]]] = {
            "date": self._date,
            "authors": lambda cell: {"authors": _parts(cell)},
            "publisher": lambda cell: {
                "publishers": [find_one(self.organisations, cell, "publisher")]
            },
            "themes": lambda cell: {"themes": find_all(self.themes, cell, "theme")},
            "countries": lambda cell: {"countries": find_all(self.countries, cell, "country")},
            "isbn": self._isbn,
            "licence": lambda cell: {"licence": find_one(self.licences, cell, "licence")},
        }
        self.organisations: dict[str, int] = {}
        for organisation in Organisation.objects.all():
            _enter(
                self.organisations, organisation.pk, organisation.slug, *organisation.all_names()
            )
        self.countries: dict[str, str] = {}
        for country in Country.objects.all():
            _enter(self.countries, country.pk, country.pk, *country.names.values())
        self.themes: dict[str, int] = {}
        for theme in Concept.objects.themes().with_labels():
            labels = [label.text for label in theme.labels.all()]
            slug = theme.slug.removeprefix("theme-")
            _enter(self.themes, theme.pk, theme.slug, slug, *labels)
        self.places = {place.slug: place.pk for place in Place.objects.all()}
        self.activities = {row.slug: row.pk for row in Activity.objects.all()}
        self.licences: dict[str, str] = {}
        for value, label in Work.Licence.choices:
            _enter(self.licences, value, value, str(label))

    @staticmethod
    def _date(cell: str) -> dict[str, Any]:
        try:
            date, precision = parse_partial_date(cell)
        except ValueError as error:
            reason = _("“%s” is no date such as 2021, 2021-05 or 2021-05-30.")
            raise ValueError(reason % cell) from error
        return {"date": date.isoformat(), "date_precision": str(precision)}

    @staticmethod
    def _isbn(cell: str) -> dict[str, Any]:
        try:
            scheme, value = parse_identifier(f"ISBN {cell}")
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error
        return {"identifiers": [[scheme, value]]}


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _enter(table: dict[str, Any], key: Any, *names: str) -> None:
    for name in names:
        table.setdefault(name.casefold(), key)


_NOT_THERE: dict[str, str | Promise] = {
    "publisher": gettext_lazy("There is no publisher “%s” in the library."),
    "partner": gettext_lazy("There is no partner “%s” in the library."),
    "theme": gettext_lazy("There is no theme “%s” in the library."),
    "country": gettext_lazy("There is no country “%s” in the library."),
    "place": gettext_lazy("There is no place “%s” in the library."),
    "activity": gettext_lazy("There is no activity “%s” in the library."),
    "municipality": gettext_lazy("There is no municipality “%s” in the library."),
    "licence": gettext_lazy("There is no licence “%s” in the library."),
}


def find_one(table: Mapping[str, Any], name: str, what: str) -> Any:
    """The key of a name; raises ``ValueError`` in plain words. ``what`` is the kind of thing."""
    try:
        return table[name.casefold()]
    except KeyError:
        raise ValueError(str(_NOT_THERE[what]) % name) from None


def find_all(table: Mapping[str, Any], cell: str, what: str) -> list[Any]:
    """The keys of the names of a cell; raises ``ValueError`` in plain words."""
    return sorted({find_one(table, part, what) for part in _parts(cell)})


@dataclass(slots=True)
class WorkMetadata:
    """What all rows about one work say together."""

    kind: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    rows: list[MetadataRow] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def language_of(self, name: str) -> str:
        """The language of a file, "" if no row says."""
        return next((row.language for row in self.rows if row.file == name and row.language), "")

    def text(self, column: str, language: str, names: Iterable[str]) -> str:
        """A text of an edition: from its files' rows, from the work's rows in its language,
        else from a row of the whole work."""
        files = set(names)
        own = [row for row in self.rows if row.file in files]
        in_language = [row for row in self.rows if not row.file and row.language == language]
        general = [row for row in self.rows if not row.file and not row.language]
        rows = [*own, *in_language, *general]
        return next((row.texts[column] for row in rows if column in row.texts), "")


def metadata_of_work(rows: Iterable[MetadataRow]) -> WorkMetadata:
    """Bring the rows of one work together; rows that contradict each other are problems."""
    result = WorkMetadata(rows=list(rows))
    first: dict[str, MetadataRow] = {}
    for row in result.rows:
        facts = row.facts | ({"kind": row.kind} if row.kind else {})
        for name, value in facts.items():
            column = row.columns.get(name, name)
            before = first.setdefault(name, row)
            said = before.kind if name == "kind" else before.facts[name]
            if said != value:
                reason = _("This says something else about the work than row %s.")
                row.complain(column, reason % before.number)
        result.facts = row.facts | result.facts
        result.kind = result.kind or row.kind
        result.problems += row.problems
    return result
