"""ISBN and DOI of a work: where a file's first or last pages say them, with a valid check digit."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.core.exceptions import ValidationError

from intake.suggesting.dates import western_digits
from intake.suggesting.found import Found, Source, around
from intake.suggesting.text import FileText, Part
from publications.identifiers import parse_identifier

_ISBN = re.compile(r"ISBN(?:-1[03])?\s*[:.]?\s*(?P<value>[\d][\d \u00a0\-‐–]{8,16}[\dXx])")
_DOI = re.compile(
    r"(?:doi\.org/|\bdoi\s*[:.]?\s*)(?P<value>10\.\d{4,9}/[^\s\"<>،؛]+)", re.IGNORECASE
)
_CLOSING = ".,;:)]}»”"


def find_identifiers(file: FileText) -> list[Found]:
    """The identifiers that the imprint states.

    A bibliography cites those of other works, so only the first pages and the last two count, and
    of DOIs only what stands on the first pages.
    """
    found: dict[tuple[str, str], Found] = {}
    for part in file.ends():
        for value in _isbns(part):
            found.setdefault((value.value[0], _digits(value.value[1])), value)
    for part in file.front(2):
        for value in _dois(part):
            found.setdefault((value.value[0], value.value[1].casefold()), value)
    return list(found.values())


def _isbns(part: Part) -> Iterator[Found]:
    text = western_digits(part.text)
    for match in _ISBN.finditer(text):
        # What follows on the same line may be digits of something else: shorter ones are tried.
        for value in _beginnings(match["value"]):
            if identifier := _valid(f"ISBN {value}"):
                quote = around(text, *match.span())
                yield Found("identifiers", identifier, Source.TEXT, part, quote)
                break


def _beginnings(value: str) -> Iterator[str]:
    compact = re.sub(r"[\s\u00a0]", "-", value.strip())
    yield compact
    for length in (13, 10):
        digits = [at for at, char in enumerate(compact) if char.isdigit() or char in "Xx"]
        if len(digits) > length:
            yield compact[: digits[length - 1] + 1]


def _dois(part: Part) -> Iterator[Found]:
    for match in _DOI.finditer(part.text):
        value = match["value"].rstrip(_CLOSING)
        if identifier := _valid(f"doi:{value}"):
            quote = around(part.text, *match.span())
            yield Found("identifiers", identifier, Source.TEXT, part, quote)


def _valid(line: str) -> list[str]:
    """Scheme and value, or nothing where the check digit is wrong."""
    try:
        scheme, value = parse_identifier(line)
    except ValidationError:
        return []
    return [scheme, value] if scheme != "other" else []


def _digits(value: str) -> str:
    return re.sub(r"[^\dX]", "", value.upper())
