"""The concepts that come with the library, read from its files: no database is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cms.languages import CODES
from cms.loading import csv_rows
from glossary.loading import CONCEPT_COLUMNS, DATA, THEME_COLUMNS
from search.query.concepts import Labels


def shipped_concepts() -> dict[str, Labels]:
    """The labels of themes and concepts by identifier, the preferred ones first."""
    rows = [
        *csv_rows(DATA / "themes.csv", THEME_COLUMNS),
        *csv_rows(DATA / "concepts.csv", CONCEPT_COLUMNS),
    ]
    return concepts_of(row.values for row in rows)


def concepts_of(rows: Iterable[Mapping[str, str]]) -> dict[str, Labels]:
    """The labels of rows that have an ``id``, a label per language, and ``<language>_alt``."""
    return {
        row["id"]: {
            code: tuple(
                text.strip()
                for text in (row.get(code) or "", *(row.get(f"{code}_alt") or "").split(";"))
                if text.strip()
            )
            for code in CODES
        }
        for row in rows
    }
