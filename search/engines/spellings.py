"""Words that may be offered as better spellings, and how near a word must be to be one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from search.analysis import fold
from search.analysis.config import COMPOSE
from search.analysis.tokenizer import mapped_words

Spelling = tuple[str, str]
"""A folded word, and the word as written, in small letters."""

SHORTEST = 3
"""Shorter words are not suggested: most of them are one letter from each other."""

_words = mapped_words(dict(rule.split("=>") for rule in COMPOSE.settings["mappings"]))


def spellings(texts: Iterable[tuple[str, str]]) -> set[Spelling]:
    """The words of some texts, each given with its language, that may be suggested."""
    pieces: dict[str, set[str]] = {}
    for text, language in texts:
        pieces.setdefault(language, set()).update(text.split())
    return {
        spelling
        for language, found in pieces.items()
        for piece in found
        for spelling in _spellings(piece, language)
    }


@lru_cache(maxsize=1 << 17)
def _spellings(piece: str, language: str) -> tuple[Spelling, ...]:
    """The words in a piece of text without white space; remembered, because words come again."""
    spelt = (_spelling(written, language) for written, _, _ in _words(piece))
    return tuple(spelling for spelling in spelt if spelling)


def _spelling(written: str, language: str) -> Spelling | None:
    tokens = fold(written, language)
    word = tokens[0].term if tokens else ""
    if len(word) < SHORTEST or not word.isalpha():
        return None
    # An ending behind an apostrophe is not part of the folded word.
    plain = "'" not in written and "’" not in written
    return word, _lower(written, language) if plain else word


def _lower(word: str, language: str) -> str:
    """A word in small letters, by the rules of its language."""
    if language == "tr":
        word = word.replace("I", "ı")
    return word.replace("İ", "i").lower()


def wrong_letters(word: str) -> int:
    """How many letters of a word may be wrong: short words have too many neighbours."""
    if len(word) < SHORTEST:
        return 0
    return 1 if len(word) <= 4 else 2
