"""The tables of words in ``tests/data/words``: what each analysis makes of a text.

``<language>.tsv`` holds a text, its analysed terms and its folded terms; ``meet.tsv`` holds a
language, what is searched for, a text, and whether the search finds it. Every engine is held to
the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WORDS = Path(__file__).parent.parent / "data" / "words"
LANGUAGES = ("tr", "ar", "sv", "en", "fr")


@dataclass(frozen=True)
class Row:
    """A text and the terms that it is expected to give."""

    language: str
    text: str
    analysed: tuple[str, ...]
    folded: tuple[str, ...]


@dataclass(frozen=True)
class Meeting:
    """Whether a search in a language for ``query`` finds ``text``.

    ``field`` is ``analysed`` where only that analysis is asked, or ``any`` for analysed, folded
    and folded stems together.
    """

    language: str
    field: str
    query: str
    text: str
    found: bool


def _cells(name: str) -> list[list[str]]:
    lines = (WORDS / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]


def rows() -> list[Row]:
    """All rows of all languages."""
    return [
        Row(language, text, tuple(analysed.split()), tuple(folded.split()))
        for language in LANGUAGES
        for text, analysed, folded in _cells(f"{language}.tsv")
    ]


def meetings() -> list[Meeting]:
    """All rows of ``meet.tsv``."""
    return [
        Meeting(language, field, query, text, found == "yes")
        for language, field, query, text, found in _cells("meet.tsv")
    ]
