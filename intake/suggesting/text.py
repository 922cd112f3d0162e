"""A file as suggestions see it: its name, what it says of itself, and its text part by part."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePath

from cms.languages import CODES
from publications.models import Reading

MAX_PARTS = 300
"""Pages or sections that are looked at; a longer book says at its beginning what it is about."""

MAX_CHARACTERS = 400_000


@dataclass(frozen=True, slots=True)
class Part:
    """A page or section: paragraphs parted by an empty line."""

    number: int
    kind: str
    text: str
    heading: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class FileText:
    """What is known of a file before anybody has looked at it.

    ``language`` is that of its text and empty where it is not known; ``date`` is ISO 8601.
    """

    name: str
    parts: tuple[Part, ...] = ()
    language: str = ""
    title: str = ""
    authors: tuple[str, ...] = field(default=())
    date: str = ""
    has_cover: bool = False

    @property
    def base_name(self) -> str:
        """The file's name without extension and language: ``report-1`` of ``report-1.en.pdf``."""
        return named(self.name)[0]

    @property
    def named_language(self) -> str:
        """The language that the file's name states, or nothing."""
        return named(self.name)[1]

    def front(self, count: int = 3) -> tuple[Part, ...]:
        """The first pages or sections, where a work says what it is."""
        return self.parts[:count]

    def ends(self, first: int = 5, last: int = 2) -> tuple[Part, ...]:
        """The first and the last parts: where the imprint stands."""
        if len(self.parts) <= first + last:
            return self.parts
        return (*self.parts[:first], *self.parts[-last:])


_LANGUAGE_AT_END = re.compile(
    rf"^(?P<base>.+)[.\-_ ]\(?(?P<code>{'|'.join(CODES)})\)?$", re.IGNORECASE
)


def named(name: str) -> tuple[str, str]:
    """Base name and language of a file by its name: ``report-1.en.pdf``, ``report-1_EN.pdf``."""
    stem = PurePath(name).stem
    match = _LANGUAGE_AT_END.match(stem)
    return (match["base"], match["code"].lower()) if match else (stem, "")


def file_text(name: str, reading: Reading | None) -> FileText:
    """A file with what became of reading it; only its name where it was not read."""
    if reading is None:
        return FileText(name)
    return FileText(
        name,
        parts=tuple(_parts(reading)),
        language=reading.language,
        title=reading.found_title,
        authors=tuple(reading.found_authors),
        date=reading.found_date,
        has_cover=bool(reading.cover),
    )


def _parts(reading: Reading) -> list[Part]:
    parts: list[Part] = []
    characters = 0
    for row in reading.sections.order_by("number")[:MAX_PARTS]:
        characters += len(row.text)
        parts.append(
            Part(row.number, row.kind, row.text, row.heading, row.language or reading.language)
        )
        if characters > MAX_CHARACTERS:
            break
    return parts
