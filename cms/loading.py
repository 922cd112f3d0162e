"""Loading rows from the files of the repository: what was made, and what is wrong with a file.

A loader makes the rows that are missing and leaves the others as editors have them, unless it
is told to update. It checks a whole file first: with one broken row nothing of it is written.
"""

from __future__ import annotations

import csv
import io
import logging
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import models
from django.utils.translation import gettext as _

from cms.languages import CODES

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one row: the file, its line (from 1) and the reason in plain words.

    What has no lines, a graph of concepts for instance, has line 0.
    """

    source: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.source}, line {self.line}" if self.line else self.source
        return f"{place}: {self.reason}"


class BrokenRows(Exception):
    """A file holds rows that cannot be loaded; nothing was written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(slots=True)
class Loaded:
    """How many rows were made, changed, and left as they are."""

    created: int = 0
    updated: int = 0
    kept: int = 0

    def __str__(self) -> str:
        return f"{self.created} created, {self.updated} updated, {self.kept} left as they are"

    def count(self, *, created: bool, update: bool) -> bool:
        """Count one row; says whether its values are to be written."""
        if created:
            self.created += 1
        elif update:
            self.updated += 1
        else:
            self.kept += 1
        return created or update


@dataclass(slots=True)
class Row:
    """One row of a file: its values, its line, and where complaints about it go."""

    source: str
    line: int
    values: dict[str, Any]
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def remark(self, text: str) -> None:
        """Note what one should know of this row, though it can be loaded."""
        self.remarks.append(text)

    def complain(self, reason: str) -> None:
        """Note what is wrong with this row."""
        self.problems.append(Problem(self.source, self.line, reason))

    def required(self, name: str) -> str:
        """A value that must be there; complains and gives "" where it is not."""
        value = str(self.values.get(name) or "").strip()
        if not value:
            self.complain(_("“%(name)s” is missing.") % {"name": name})
        return value

    def names(self, name: str) -> dict[str, str]:
        """A table of texts per language; complains about unknown languages and about none."""
        names = dict(self.values.get(name) or {})
        for code in names.keys() - set(CODES):
            self.complain(f"“{name}” has the unknown language “{code}”.")
        if not names:
            self.complain(f"“{name}” has no text in any language.")
        return names


def csv_rows(path: Path, columns: Iterable[str]) -> list[Row]:
    """The rows of a CSV file in UTF-8 with just these columns.

    Raises ``BrokenRows`` where the header has other columns or the file is not UTF-8.
    """
    reader = csv_reader(path.name, path.read_bytes())
    wanted, found = list(columns), list(reader.fieldnames or [])
    if found != wanted:
        reason = f"The columns are {', '.join(found)}; they must be {', '.join(wanted)}."
        raise BrokenRows([Problem(path.name, 1, reason)])
    return read_rows(path.name, reader)


def csv_reader(source: str, data: bytes, delimiter: str = ",") -> csv.DictReader[str]:
    """A reader of a CSV file in UTF-8 that has a header; raises ``BrokenRows``."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BrokenRows([Problem(source, 1, _("The file is not in UTF-8."))]) from error
    return csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)


def read_rows(source: str, reader: csv.DictReader[str]) -> list[Row]:
    """The rows of a CSV file; raises ``BrokenRows`` where one is no CSV."""
    try:
        return list(_csv_rows(source, reader))
    except csv.Error as error:
        reason = _("The row cannot be read as CSV: %(error)s.") % {"error": error}
        raise BrokenRows([Problem(source, reader.line_num, reason)]) from error


def _csv_rows(source: str, reader: csv.DictReader[str]) -> Iterator[Row]:
    for values in reader:
        row = Row(source, reader.line_num, values)
        if None in values or None in values.values():
            row.complain(_("The row has more or fewer cells than the header."))
        yield row


def toml_rows(path: Path, table: str) -> list[Row]:
    """The tables ``[[table]]`` of a TOML file, each with the line on which it begins."""
    tables = read_toml(path).get(table, [])
    header = re.compile(rf"^\[\[{re.escape(table)}\]\]")
    numbered = enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    lines = [number for number, line in numbered if header.match(line)]
    return [Row(path.name, line, values) for line, values in zip(lines, tables, strict=True)]


def read_toml(path: Path) -> dict[str, Any]:
    """A whole TOML file; raises ``BrokenRows`` with the line where it is not well formed."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BrokenRows([Problem(path.name, _line_of(error), str(error))]) from error


def _line_of(error: Exception) -> int:
    match = re.search(r"line (\d+)", str(error))
    return int(match[1]) if match else 1


def complain_about_doubles(rows: Iterable[Row], name: str) -> None:
    """Complain about rows whose identifier an earlier row has."""
    seen: dict[str, int] = {}
    for row in rows:
        value = row.required(name)
        if value in seen:
            row.complain(
                _("“%(value)s” stands in line %(line)s already.")
                % {"value": value, "line": seen[value]}
            )
        seen.setdefault(value, row.line)


def raise_problems(rows: Iterable[Row]) -> None:
    """Raise ``BrokenRows`` if any row was complained about."""
    problems = [problem for row in rows for problem in row.problems]
    if problems:
        raise BrokenRows(problems)


def store(
    model: type[M], key: Mapping[str, Any], values: Mapping[str, Any], update: bool, loaded: Loaded
) -> tuple[M, bool]:
    """Make or update the row with this key; says whether it was written."""
    instance = model._default_manager.filter(**key).first()
    written = loaded.count(created=instance is None, update=update)
    if instance is None:
        return model._default_manager.create(**key, **values), True
    if written:
        for name, value in values.items():
            setattr(instance, name, value)
        instance.save()
    return instance, written


@contextmanager
def quiet_log(name: str = "wagtail") -> Iterator[None]:
    """Without the lines that Wagtail logs for each page it makes: a loader says what it does."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


class LoadCommand(BaseCommand):
    """Base of the commands that load rows from the repository's files."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether rows that exist are written again."""
        parser.add_argument(
            "--update",
            action="store_true",
            help="Write rows that exist again, over what editors changed.",
        )

    def load(self, update: bool) -> Mapping[str, Loaded]:
        """Load the files; each kind of row with its counts."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what was done, or what is wrong and where."""
        try:
            counts = self.load(options["update"])
        except BrokenRows as broken:
            message = "\n".join(["Nothing was loaded. Correct these rows:", str(broken)])
            raise CommandError(message) from broken
        if options["verbosity"]:
            for kind, loaded in counts.items():
                self.stdout.write(f"{kind}: {loaded}")
