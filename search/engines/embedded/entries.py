"""A record as the engine keeps it: documents for tantivy, rows for SQLite."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import tantivy

from search.analysis import fold
from search.engines.embedded.columns import visibility_row
from search.engines.embedded.fields import (
    FORMS,
    GAP,
    TextForms,
    language_key,
    names_text,
    text_forms,
)
from search.engines.embedded.meanings import MeantPassage
from search.engines.slices import Slice, cut, is_public
from search.engines.spellings import Spelling
from search.records import EditionRecord, Passage, Record

COUNTERS = ("stamp", "slice", "edition", "passage")
"""What is numbered; no number is given twice in a generation."""

Take = Callable[[str], int]
"""Gives the next number of a counter."""


@dataclass
class Entry:
    """One version of a work, known by its ``stamp``.

    ``columns`` is what readers hold in memory of it (see `Columns`), ``None`` for a work that
    is removed. The lists are rows of the tables of their names.
    """

    version: int
    stamp: int
    columns: dict[str, Any] | None = None
    vocabulary: set[Spelling] = field(default_factory=set)
    editions: list[tuple[Any, ...]] = field(default_factory=list)
    title_words: list[tuple[str, int, int]] = field(default_factory=list)
    files: list[tuple[Any, ...]] = field(default_factory=list)
    passages: list[tuple[Any, ...]] = field(default_factory=list)
    meanings: list[MeantPassage] = field(default_factory=list)


class EntryMaker:
    """Makes the entry of a record, and the documents of its slices and passages."""

    def __init__(self, record: Record, take: Take) -> None:
        self._record = record
        self._take = take
        self.entry = Entry(record.version, take("stamp"))
        self.slices: list[tantivy.Document] = []
        self.passages: list[tantivy.Document] = []
        if record.editions:
            self._make()

    def _make(self) -> None:
        record, entry = self._record, self.entry
        editions = [self._take("edition") for _ in record.editions]
        for number, edition in zip(editions, record.editions, strict=True):
            entry.editions.append((number, edition.slug, edition.title, edition.summary))
            entry.title_words.extend(_title_words(edition, number))
            entry.files.extend(
                (record.work, file.number, file.label, file.format, file.locator_kind)
                for file in edition.files
            )
        slices = []
        for part in cut(record):
            ordinal = self._take("slice")
            slices.append((part.edition, ordinal, *visibility_row(part.visibility)))
            self._make_slice(part, ordinal)
        entry.columns = _columns(record, editions, slices)

    def _make_slice(self, part: Slice, ordinal: int) -> None:
        record = self._record
        vocabulary = self.entry.vocabulary if is_public(part, record) else None
        document = self._document(ordinal)
        if part.with_page:
            edition = record.editions[part.edition]
            for name in ("title", "summary", "facts"):
                text = getattr(edition, name)
                _add_forms(document, name, [text_forms(text, edition.language, vocabulary)])
            document.add_text("author", names_text(record.authors))
            document.add_text("place", names_text(record.places))
        forms: list[TextForms] = []
        for one in part.texts:
            file = one.file.number if one.file else None
            for passage in one.passages:
                forms.append(text_forms(passage.text, passage.language, vocabulary))
                self._make_passage(passage, file, ordinal, forms[-1])
            forms.append(TextForms(GAP, GAP))
        _add_forms(document, "text", forms)
        self.slices.append(document)

    def _make_passage(
        self, passage: Passage, file: int | None, part: int, forms: TextForms
    ) -> None:
        number = self._take("passage")
        document = self._document(number)
        document.add_unsigned("slice", part)
        _add_forms(document, "text", [forms])
        self.passages.append(document)
        if passage.meaning:
            meant = MeantPassage(number, part, passage.language, passage.meaning)
            self.entry.meanings.append(meant)
        row = (passage.language, passage.locator, passage.heading, passage.text)
        self.entry.passages.append((number, self._record.work, file, *row))

    def _document(self, ordinal: int) -> tantivy.Document:
        document = tantivy.Document()
        document.add_unsigned("ordinal", ordinal)
        document.add_unsigned("stamp", self.entry.stamp)
        return document


def _title_words(edition: EditionRecord, number: int) -> list[tuple[str, int, int]]:
    """The folded words of a title, each with the place where it stands first."""
    places: dict[str, int] = {}
    for token in fold(edition.title, language_key(edition.language)):
        places.setdefault(token.term, token.position)
    return [(word, number, place) for word, place in places.items()]


def _add_forms(document: tantivy.Document, part: str, forms: Sequence[TextForms]) -> None:
    for form in FORMS:
        text = " ".join(filter(None, (getattr(one, form) for one in forms)))
        if text:
            document.add_text(f"{part}_{form}", text)


def _columns(
    record: Record, editions: Sequence[int], slices: Sequence[tuple[Any, ...]]
) -> dict[str, Any]:
    return {
        "date": record.date,
        "kind": [record.kind],
        "year": [] if record.year is None else [str(record.year)],
        "country": sorted(set(record.countries)),
        "theme": sorted(set(record.themes)),
        "organisation": sorted(set(record.organisations)),
        "editions": [
            (number, edition.language, *visibility_row(edition.visibility))
            for number, edition in zip(editions, record.editions, strict=True)
        ],
        "slices": slices,
        "files": [
            (index, file.language, *visibility_row(file.visibility))
            for index, edition in enumerate(record.editions)
            for file in edition.files
        ],
    }
