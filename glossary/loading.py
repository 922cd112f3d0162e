"""Loading the glossary of the repository: themes, concepts with their labels, and their links.

``themes.csv`` and ``concepts.csv`` hold an identifier, one preferred label per language and, for
concepts, alternative labels (``<language>_alt``) separated by semicolons. ``links.csv`` says
for each concept which one is broader and which are related.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cms.languages import DEFAULT_LANGUAGE
from cms.loading import Loaded, Row, complain_about_doubles, csv_rows, raise_problems
from glossary.exchange.checking import check
from glossary.exchange.csv_files import csv_entry, split_values
from glossary.exchange.entries import Entry
from glossary.exchange.stored import stored_entries
from glossary.exchange.storing import store

DATA = Path(__file__).parent / "data"

THEME_COLUMNS = ("id", "en", "tr", "ar", "sv", "fr")
CONCEPT_COLUMNS = ("id", "en", "en_alt", "tr", "tr_alt", "ar", "ar_alt", "sv", "sv_alt", "fr")
LINK_COLUMNS = ("concept", "broader", "related")


def load_glossary(folder: Path = DATA, *, update: bool = False) -> Mapping[str, Loaded]:
    """Load themes, concepts and links from a folder; raises ``BrokenRows``."""
    themes = csv_rows(folder / "themes.csv", THEME_COLUMNS)
    concepts = csv_rows(folder / "concepts.csv", CONCEPT_COLUMNS)
    links = csv_rows(folder / "links.csv", LINK_COLUMNS)
    entries = _entries(themes, concepts)
    _link(entries, links)
    stored = stored_entries()
    check(list(entries.values()), stored)
    raise_problems([*themes, *concepts, *links])
    counts = {"themes": Loaded(), "concepts": Loaded()}
    written = [
        entry
        for entry in entries.values()
        if counts["themes" if entry.is_theme else "concepts"].count(
            created=entry.slug not in stored, update=update
        )
    ]
    store(written, stored)
    return counts


def _entries(themes: list[Row], concepts: list[Row]) -> dict[str, Entry]:
    """The concepts of the files by identifier; each needs a label in the default language."""
    complain_about_doubles([*themes, *concepts], "id")
    entries: dict[str, Entry] = {}
    for rows, is_theme in ((themes, True), (concepts, False)):
        for row in rows:
            row.required(DEFAULT_LANGUAGE)
            entry = csv_entry(row)
            entry.is_theme, entry.broader, entry.related = is_theme, "", ()
            entries.setdefault(entry.slug, entry)
    return entries


def _link(entries: Mapping[str, Entry], links: list[Row]) -> None:
    """Say in each concept what the rows of links say of it."""
    complain_about_doubles(links, "concept")
    for row in links:
        entry = entries.get(row.values["concept"])
        if entry is None:
            row.complain(f"“{row.values['concept']}” is no concept of these files.")
            continue
        entry.links = row
        entry.broader = row.values["broader"]
        entry.related = tuple(split_values(row.values["related"]))
