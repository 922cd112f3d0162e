"""Words that may be offered as better spellings, and how near a word must be to be one."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cms.languages import CODES
from search.analysis import fold, fold_stems, words_of

Spelling = tuple[str, str]
"""A folded word, and the word as written, in small letters."""

SHORTEST = 3
"""Shorter words are not suggested: most of them are one letter from each other."""


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
    spelt = (_spelling(written, language) for written, _, _ in words_of(piece))
    return tuple(spelling for spelling in spelt if spelling)


def _spelling(written: str, language: str) -> Spelling | None:
    tokens = fold(written, language)
    return spelling(written, tokens[0].term, language) if tokens else None


def spelling(written: str, word: str, language: str) -> Spelling | None:
    """A word as written and folded, if it may be suggested to a reader."""
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


def correctable(typed: str) -> str:
    """What was typed, folded, if it is one word that can be spelt better; else nothing."""
    tokens = fold(typed, "")
    word = tokens[0].term if len(tokens) == 1 else ""
    return word if word.isalpha() and wrong_letters(word) else ""


def readings_anywhere(typed: str) -> set[str]:
    """A word and its stems in all languages: if a text holds one of them, it is no mistake."""
    return {token.term for code in CODES for token in fold_stems(typed, code, question=True)}


def wrong_letters(word: str) -> int:
    """How many letters of a word may be wrong: short words have too many neighbours."""
    if len(word) < SHORTEST:
        return 0
    return 1 if len(word) <= 4 else 2
