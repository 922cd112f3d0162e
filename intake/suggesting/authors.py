"""Who wrote a work: what the file says of itself, and lines such as “Prepared by: …”."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.suggesting.found import Found, Source, shortened
from intake.suggesting.text import FileText
from publications.contacts import has_contact

MAX_AUTHORS = 12
_WORDS = (
    r"(?:prepared|written|compiled)\s+by|authors?|text|hazırlayan(?:lar)?|yazar(?:lar)?(?:ı)?|"
    r"författare|sammanställ(?:d|t) av|auteurs?|préparé par|إعداد|تأليف|المؤلف(?:ون|ين)?|بقلم"
)
_LINE = re.compile(rf"^\s*(?:{_WORDS})\s*:?\s*(?:\n\s*)?(?P<names>\S[^\n]{{3,200}})$", re.I | re.M)
_BETWEEN = re.compile(r"\s*[,;،؛&]\s*|\s+(?:and|ve|och|et|و)\s+")
_TITLES = re.compile(r"^(?:(?:prof|doç|assoc|dr|mr|mrs|ms|öğr|gör|üyesi|د|أ)\.?\s*)+", re.I)
# Two to five words that begin like names do; Arabic has no capitals.
_NAME = re.compile(r"^(?:[A-ZÇĞİÖŞÜÅÄÉÈÂÎÔÛ][\w.'’-]*|[\u0621-\u064a][\u0621-\u0652]*|[a-z]{2,3})"
                   r"(?:\s+(?:[A-ZÇĞİÖŞÜÅÄÉÈÂÎÔÛ][\w.'’-]*|[\u0621-\u064a][\u0621-\u0652]*|[a-z]{2,3}))"
                   r"{1,4}$")  # fmt: skip


def find_authors(file: FileText) -> list[Found]:
    """The authors, those of the text before those of the metadata, each once."""
    found: dict[str, Found] = {}
    for one in (*_in_text(file), *_in_metadata(file)):
        found.setdefault(one.value.casefold(), one)
    return list(found.values())[:MAX_AUTHORS]


def _in_metadata(file: FileText) -> Iterator[Found]:
    for name in file.authors:
        if not has_contact(name):
            yield Found("authors", name, Source.METADATA)


def _in_text(file: FileText) -> Iterator[Found]:
    for part in file.front():
        for match in _LINE.finditer(part.text):
            for name in _names(match["names"]):
                yield Found("authors", name, Source.TEXT, part, shortened(match[0]))


def _names(text: str) -> list[str]:
    """The names of a line; none where one of its pieces is no name: then it is a sentence."""
    pieces = [_TITLES.sub("", piece).strip(" .") for piece in _BETWEEN.split(text)]
    pieces = [piece for piece in pieces if piece]
    return pieces if all(_NAME.match(piece) for piece in pieces) else []
