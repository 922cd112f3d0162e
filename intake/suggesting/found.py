"""What a suggestion is, and which facts there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from intake.models import Suggestion
from intake.suggesting.text import Part

Source = Suggestion.Source

FIELDS = {
    "title": _("Title"),
    "language": _("Language"),
    "summary": _("Summary"),
    "cover": _("Cover"),
    "date": _("Date"),
    "authors": _("Authors"),
    "publishers": _("Publishers"),
    "identifiers": _("Identifiers"),
    "countries": _("Countries"),
    "places": _("Places"),
    "municipality": _("Municipality"),
    "themes": _("Themes"),
}
"""Every fact that is suggested, in the order of the page, with what editors call it."""

EDITION_FIELDS = ("title", "language", "summary", "cover")
"""Those that belong to an edition; the others belong to the work in all its languages."""

MAX_QUOTE = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A value of a fact, where it comes from, and the words that say so."""

    field: str
    value: Any
    source: Suggestion.Source
    part: Part | None = None
    quote: str = ""

    @property
    def place(self) -> str:
        """``page`` or ``section`` where the number of one is known."""
        return self.part.kind if self.part else ""

    @property
    def number(self) -> int | None:
        """The number of that page or section."""
        return self.part.number if self.part else None


def shortened(text: str, length: int = MAX_QUOTE) -> str:
    """One line of a text, cut between words."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0] + " …"


def around(text: str, start: int, end: int) -> str:
    """The words around a place in a text."""
    margin = max((MAX_QUOTE - (end - start)) // 2, 0)
    first, last = max(start - margin, 0), end + margin
    piece = text[first:last]
    if first:
        piece = "… " + piece.partition(" ")[2]
    if last < len(text):
        piece = piece.rpartition(" ")[0] + " …"
    return " ".join(piece.split())[: MAX_QUOTE + 4]
