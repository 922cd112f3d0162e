"""Tables of text as CSV and XLSX.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which reading
takes away again.
"""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from cms.formulas import guard, unguard

TABLE_ENDINGS = (".csv", ".xlsx")
MAX_ROWS = 100_000
MAX_UNPACKED = 200 * 2**20

Row = dict[str, str]


class UnusableTable(Exception):
    """A table cannot be read; the message says why."""


def write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """A CSV in UTF-8 that spreadsheets open by themselves."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([guard(row.get(name, "")) for name in columns] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """An XLSX with one sheet; every cell is text."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("works")
    sheet.append(list(columns))
    for row in rows:
        cells = (ILLEGAL_CHARACTERS_RE.sub("", row.get(name, "")) for name in columns)
        sheet.append([guard(cell) for cell in cells])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def read_table(path: Path) -> tuple[list[str], list[Row]]:
    """The names of the columns in small letters, and the rows; raises ``UnusableTable``."""
    header, *lines = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    names = [name.strip().lower() for name in header]
    while names and not names[-1]:
        names.pop()
    if len(set(names)) < len(names):
        raise UnusableTable(_("%(name)s has a column twice.") % {"name": path.name})
    if len(lines) > MAX_ROWS:
        raise UnusableTable(_("%(name)s has too many rows.") % {"name": path.name})
    rows = [_row(names, line) for line in lines]
    return names, rows


def _row(names: Sequence[str], line: Sequence[str]) -> Row:
    """A line's cells by column; what stands beyond the last column is under the name ""."""
    row = {name: unguard(cell) for name, cell in zip(names, line, strict=False)}
    beyond = [cell for cell in line[len(names) :] if cell.strip()]
    return row | {"": " ".join(beyond)} if beyond else row


def _read_csv(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        reason = _("%(name)s is not in UTF-8. Save it as “CSV UTF-8”.")
        raise UnusableTable(reason % {"name": path.name}) from error
    header = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=header.count)
    csv.field_size_limit(10 * 2**20)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) or [[]]
    except csv.Error as error:
        reason = _("%(name)s cannot be read as CSV: %(error)s.")
        raise UnusableTable(reason % {"name": path.name, "error": error}) from error


def _read_xlsx(path: Path) -> list[list[str]]:
    unusable = UnusableTable(
        _("%(name)s cannot be read as a spreadsheet. Save it as XLSX or “CSV UTF-8”.")
        % {"name": path.name}
    )
    try:
        _check_package(path, unusable)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = [
            [_text(cell) for cell in line]
            for line in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=200, values_only=True)
        ]
        book.close()
    except UnusableTable:
        raise
    except Exception as error:  # openpyxl fails on broken files in ways no list can hold
        raise unusable from error
    return [line for line in lines if any(line)] or [[]]


def _check_package(path: Path, unusable: UnusableTable) -> None:
    """Refuse what unpacks to too much, and XML that declares entities."""
    with zipfile.ZipFile(path) as package:
        if sum(part.file_size for part in package.infolist()) > MAX_UNPACKED:
            raise unusable
        for part in package.infolist():
            with package.open(part) as content:
                if b"<!DOCTYPE" in content.read(4096):
                    raise unusable


def _text(cell: Any) -> str:
    """A cell as one would type it: whole numbers without a point, days without a time."""
    if cell is None:
        return ""
    if isinstance(cell, datetime.datetime):
        is_day = cell.time() == datetime.time()
        return cell.date().isoformat() if is_day else cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
