"""The columns of the catalogue as a table: a row per edition, and one for each of its files.

Facts of the work stand in the first of its rows. Several values of a cell have semicolons
between them; a semicolon or backslash within a value has a backslash before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

WORK = ("work", "number", "kind")
EDITION = ("section", "language", "title", "slug", "state", "visible_to", "expires", "summary")
RICH_TEXTS = ("body", "challenge", "actions", "results", "costs", "transferability", "steps")
PLAIN_TEXTS = ("summary", "contact_role", "audience", "seo_title", "search_description")
COVER = ("cover", "cover_title")
FACTS = (
    "date", "authors", "publishers", "partners", "themes", "countries", "places", "activities",
    "identifiers", "licence", "municipality", "validation", "period_start", "period_end",
    "last_file",
)  # fmt: skip
FILE = (
    "file", "file_number", "file_name", "file_title", "file_language", "label", "embargo_until",
    "collection",
)  # fmt: skip

COLUMNS = (*WORK, *EDITION, *PLAIN_TEXTS[1:], *RICH_TEXTS, *COVER, *FACTS, *FILE)

_SPLIT = re.compile(r"(?<!\\)((?:\\\\)*);")
_ESCAPED = re.compile(r"\\([\\;])")


def is_catalogue(names: Iterable[str]) -> bool:
    """Whether a table's columns are those of an exported catalogue."""
    return {"work", "section", "state", "slug", "file_number"} <= set(names)


def join_values(values: Iterable[str]) -> str:
    """Several values as one cell."""
    escaped = (value.replace("\\", "\\\\").replace(";", "\\;") for value in values)
    return "; ".join(escaped)


def split_values(cell: str) -> list[str]:
    """The values of a cell."""
    marked = _SPLIT.sub(lambda match: f"{match[1]}\0", cell)
    parts = (_ESCAPED.sub(r"\1", part.strip()) for part in marked.split("\0"))
    return [part for part in parts if part]
