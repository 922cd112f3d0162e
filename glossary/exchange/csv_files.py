"""Concepts as CSV: one row per concept, its labels in columns per language.

``<language>`` is the preferred label, ``<language>_alt`` holds alternatives. Semicolons separate
several values of a cell; one that belongs to a value has a backslash before it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from cms.languages import CODES
from cms.loading import BrokenRows, Problem, Row, complain_about_doubles, csv_reader, read_rows
from glossary.exchange.entries import Entry, Names, check_matches, check_slug, names_of

COLUMNS = (
    "id",
    *(column for code in CODES for column in (code, f"{code}_alt")),
    "theme",
    "broader",
    "related",
    "exact_match",
)

_YES = frozenset({"yes", "true", "1", "x", "evet", "ja", "oui", "نعم"})
_NO = frozenset({"", "no", "false", "0", "hayır", "nej", "non", "لا"})

# A spreadsheet takes a cell that begins like this for a formula, and would run it.
_FORMULA = re.compile(r"(?=[=+\-@]|'+[=+\-@])")
_GUARDED = re.compile(r"'(?='*[=+\-@])")


def read_csv(name: str, data: bytes) -> list[Entry]:
    """The concepts of a CSV file with any of `COLUMNS`; raises ``BrokenRows``.

    Columns that the file lacks leave the glossary as it is. Spreadsheets of some countries write
    semicolons or tabs between the cells: the header tells.
    """
    header = data.split(b"\n", 1)[0]
    reader = csv_reader(name, data, max(",;\t", key=lambda sign: header.count(sign.encode())))
    _check_columns(name, reader)
    rows = [row for row in read_rows(name, reader) if any(filter(None, row.values.values()))]
    complain_about_doubles(rows, "id")
    return [csv_entry(row) for row in rows]


def csv_entry(row: Row) -> Entry:
    """The concept of one row; what is wrong with it is noted in the row."""
    cells = {
        column: _GUARDED.sub("", value.strip(), count=1) if value else ""
        for column, value in row.values.items()
        if isinstance(column, str) and not isinstance(value, list)
    }
    entry = Entry(row, cells.get("id", ""))
    check_slug(row, entry.slug)
    for code in CODES:
        if code in cells or f"{code}_alt" in cells:
            alternatives = split_values(cells.get(f"{code}_alt", ""))
            entry.names[code] = names_of(row, code, cells.get(code, ""), alternatives)
    entry.is_theme = _is_theme(row, cells.get("theme"))
    entry.broader = cells.get("broader")
    if (related := cells.get("related")) is not None:
        entry.related = tuple(dict.fromkeys(split_values(related)))
    if (matches := cells.get("exact_match")) is not None:
        entry.exact_matches = check_matches(row, split_values(matches))
    return entry


def write_csv(entries: Iterable[Entry]) -> bytes:
    """Concepts as a CSV file with all columns, in UTF-8 with a mark that spreadsheets need."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(map(_cells, entries))
    return file.getvalue().encode("utf-8-sig")


def split_values(cell: str) -> list[str]:
    """The values of a cell that holds several."""
    values = (re.sub(r"\\([\\;])", r"\1", part).strip() for part in _parts(cell))
    return [value for value in values if value]


def join_values(values: Iterable[str]) -> str:
    """One cell of several values."""
    return ";".join(re.sub(r"([\\;])", r"\\\1", value) for value in values)


_parts = re.compile(r"(?:[^\\;]|\\.|\\\Z)+", re.DOTALL).findall


def _check_columns(name: str, reader: csv.DictReader[str]) -> None:
    try:
        found: Sequence[str] = reader.fieldnames or []
    except csv.Error as error:
        raise BrokenRows([Problem(name, 1, str(error))]) from error
    problems = [
        Problem(name, 1, _("There is no column “%(name)s” in a glossary.") % {"name": column})
        for column in found
        if column not in COLUMNS
    ]
    if "id" not in found:
        problems.append(Problem(name, 1, _("The column “id” is missing.")))
    if len(set(found)) < len(found):
        problems.append(Problem(name, 1, _("A column stands there twice.")))
    if problems:
        known = _("A glossary has the columns %(names)s.") % {"names": ", ".join(COLUMNS)}
        raise BrokenRows([*problems, Problem(name, 1, known)])


def _is_theme(row: Row, cell: str | None) -> bool | None:
    if cell is None:
        return None
    word = cell.casefold()
    if word not in _YES | _NO:
        row.complain(_("“theme” is “%(value)s”; write yes or leave it empty.") % {"value": cell})
    return word in _YES


def _cells(entry: Entry) -> list[str]:
    cells = [entry.slug]
    for code in CODES:
        names = entry.names.get(code, Names())
        cells += names.preferred, join_values(names.alternatives)
    cells += "yes" if entry.is_theme else "", entry.broader or ""
    cells += join_values(entry.related or ()), join_values(entry.exact_matches or ())
    return [_FORMULA.sub("'", cell, count=1) if _FORMULA.match(cell) else cell for cell in cells]
