"""Title and language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cms.languages import CODES
from intake.suggesting.found import Found, Source, shortened
from intake.suggesting.text import FileText
from publications.contacts import has_contact

MAX_TITLE = 255
_LONGEST_LINE = 160
_SHORTEST_LINE = 8


def find_title(file: FileText) -> Found:
    """The title: what the file says of itself, else a heading, a first line, or its name."""
    return next(_titles(file))


def _titles(file: FileText) -> Iterator[Found]:
    if file.title and not has_contact(file.title):
        yield Found("title", file.title[:MAX_TITLE], Source.METADATA)
    for part in file.front(2):
        if (heading := " ".join(part.heading.split())) and not has_contact(heading):
            yield Found("title", heading[:MAX_TITLE], Source.TEXT, part, shortened(part.heading))
    for part in file.front(2):
        if line := _first_line(part.text):
            yield Found("title", line, Source.TEXT, part, line)
    yield Found("title", readable(file.base_name)[:MAX_TITLE], Source.NAME)


def _first_line(text: str) -> str:
    """The first paragraph, or the first line of it, if it is as short as titles are."""
    paragraph = next((part for part in text.split("\n\n") if part.strip()), "")
    for line in (" ".join(paragraph.split()), paragraph.strip().partition("\n")[0].strip()):
        if _SHORTEST_LINE <= len(line) <= _LONGEST_LINE and not has_contact(line):
            return line
    return ""


def readable(name: str) -> str:
    """A file's name as words."""
    return re.sub(r"[_\-\s.]+", " ", name).strip() or name


def find_language(file: FileText) -> Found:
    """The language of the text, else the one that the name states, else the empty one."""
    if file.language in CODES:
        return Found("language", file.language, Source.TEXT)
    if file.named_language:
        return Found("language", file.named_language, Source.NAME)
    return Found("language", "", Source.TEXT)
