"""Identifiers as editors write them: one per line, ``ISBN 978-…``, ``DOI 10.…`` or anything."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from publications.models.works import WorkIdentifier

Scheme = WorkIdentifier.Scheme
_DOI = re.compile(r"^(?:https?://(?:dx\.)?doi\.org/|doi:?\s*)?(10\.\d{4,9}/\S+)$", re.IGNORECASE)
_ISBN = re.compile(r"^(?:isbn(?:-1[03])?:?\s*)?([\d][\d\s\-‐–]{8,20}[\dXx])$", re.IGNORECASE)


def isbn_is_valid(digits: str) -> bool:
    """Whether the check digit of an ISBN-10 or ISBN-13 (digits only) is right (ISO 2108)."""
    if len(digits) == 10:
        values = [10 if char == "X" else int(char) for char in digits]
        return (
            sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11
            == 0
        )
    if len(digits) == 13 and digits.isdigit():
        return sum(int(char) * (3 if i % 2 else 1) for i, char in enumerate(digits)) % 10 == 0
    return False


def parse_identifier(line: str) -> tuple[str, str]:
    """Scheme and value of one line; raises ``ValidationError`` for an ISBN that cannot be."""
    line = line.strip()
    if match := _DOI.match(line):
        return Scheme.DOI.value, match[1]
    match = _ISBN.match(line)
    if match or line.upper().startswith("ISBN"):
        digits = re.sub(r"[^\dX]", "", line.upper().removeprefix("ISBN"))
        if not isbn_is_valid(digits):
            raise ValidationError(
                _("“%(line)s” is not a valid ISBN: its check digit is wrong."),
                params={"line": line},
            )
        return Scheme.ISBN.value, match[1] if match else digits
    return Scheme.OTHER.value, line


def parse_identifiers(text: str) -> list[list[str]]:
    """All identifiers of a text, one per line."""
    return [list(parse_identifier(line)) for line in text.splitlines() if line.strip()]


def format_identifiers(identifiers: list[list[str]]) -> str:
    """The identifiers as lines that ``parse_identifiers`` reads back."""
    prefix = {Scheme.ISBN.value: "ISBN ", Scheme.DOI.value: "DOI "}
    return "\n".join(prefix.get(scheme, "") + value for scheme, value in identifiers)
