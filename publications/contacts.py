"""Mail addresses and telephone numbers in a text: a warning to editors, no suggestion."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["mail", "phone"]

_MAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]+\.)+[^\W\d_]{2,}")
# International, or with an area code in brackets or after a zero. Ten digits at least: years,
# amounts and page ranges have fewer.
_PHONE = re.compile(r"(?<![\w.,/-])(?:\+|00|\(?0)[\d٠-٩](?:[\s().\-/]{0,2}[\d٠-٩]){7,13}(?![\w-])")
_ISBN_BEFORE = re.compile(r"(?:ISBN|ISSN|DOI)[\s:\d-]*$", re.IGNORECASE)
MIN_DIGITS, MAX_DIGITS = 9, 15
"""Digits of a telephone number with its country or area code (at most 15: ITU-T E.164)."""


class Part(Protocol):
    """A page or section of a file: its text, and the number by which people find it."""

    @property
    def number(self) -> int:
        """Which one it is."""

    @property
    def kind(self) -> str:
        """``page`` or ``section``."""

    @property
    def text(self) -> str:
        """Its text."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A mail address or telephone number; ``shown`` is masked, enough to find it in the file."""

    kind: Kind
    shown: str
    part: Part

    def as_dict(self) -> dict[str, object]:
        """The same as JSON's types."""
        return {
            "kind": self.kind,
            "shown": self.shown,
            "place": self.part.kind,
            "number": self.part.number,
        }


def find_contacts(parts: Iterable[Part]) -> list[Contact]:
    """The contacts of a file, each once per page or section."""
    found: dict[tuple[str, int], Contact] = {}
    for part in parts:
        for match in _MAIL.finditer(part.text):
            shown = _masked_mail(match[0])
            found.setdefault((shown, part.number), Contact("mail", shown, part))
        for number in _phones(part.text):
            shown = _masked_phone(number)
            found.setdefault((shown, part.number), Contact("phone", shown, part))
    return list(found.values())


def has_contact(text: str) -> bool:
    """Whether a text holds a mail address or a telephone number."""
    return _MAIL.search(text) is not None or bool(_phones(text))


def _phones(text: str) -> list[str]:
    return [
        match[0]
        for match in _PHONE.finditer(text)
        if MIN_DIGITS <= sum(char.isdigit() for char in match[0]) <= MAX_DIGITS
        and not _ISBN_BEFORE.search(text[max(match.start() - 30, 0) : match.start()])
    ]


def _masked_mail(address: str) -> str:
    name, _at, host = address.partition("@")
    return f"{name[:2]}…@{host}"


def _masked_phone(number: str) -> str:
    return f"{number[:5].strip()}…{number[-2:]}"
