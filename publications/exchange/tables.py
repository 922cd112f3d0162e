"""Finding the table in a folder of files."""

from __future__ import annotations

from pathlib import Path

from publications.exchange.columns import is_catalogue
from publications.exchange.sheets import TABLE_ENDINGS, Row, read_table


def find_table(folder: Path) -> Path | None:
    """The only table on the folder's first level, or the one called ``works``."""
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in TABLE_ENDINGS)
    named = [path for path in found if path.stem.lower() == "works"]
    if named:
        return named[0]
    return found[0] if len(found) == 1 else None


def find_catalogue(folder: Path) -> list[Row] | None:
    """The rows of an exported catalogue; ``None`` if the folder holds none."""
    table = find_table(folder)
    if table is None:
        return None
    names, rows = read_table(table)
    return rows if is_catalogue(names) else None
