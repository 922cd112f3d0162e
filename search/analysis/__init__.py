"""Analysis of words: from text to the terms that an index holds and a question asks for.

Pure Python; it gives what Elasticsearch's stock analyzers give (see `search.analysis.config`
for the chains and our own lists in them). A language without an analysis of its own is
analysed as folded. Positions count words; several tokens at one position are readings of the
same word. ``question=True`` leaves out the parts of compounds.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from search.analysis.chain import REMEMBERED_WORDS, Analyzer, Token, build
from search.analysis.config import COMPOSE, LANGUAGES, OTHER
from search.analysis.tokenizer import mapped_words

__all__ = [
    "Readings",
    "Token",
    "analyze",
    "fold",
    "fold_stems",
    "is_stop_word",
    "readings",
    "stop_word_anywhere",
    "words_of",
]

words_of = mapped_words(dict(rule.split("=>") for rule in COMPOSE.settings["mappings"]))
"""The words of a text with their places: what every analysis begins with.

Each word is then analysed by itself, and a token's position is that of its word.
"""


@cache
def _analyzer(language: str, name: str) -> Analyzer:
    return build(LANGUAGES.get(language, OTHER).chains[name])


def analyze(text: str, language: str, *, question: bool = False) -> list[Token]:
    """The stems of a text's words, as the stock analyzer of the language and our lists give."""
    return _analyzer(language, "analysed_query" if question else "analysed")(text)


def fold(text: str, language: str) -> list[Token]:
    """The words of a text without case, accents, spelling variants and apostrophe endings."""
    return _analyzer(language, "folded")(text)


def fold_stems(text: str, language: str, *, question: bool = False) -> list[Token]:
    """Folded words and, at the same position, their folded stems where these differ."""
    return _analyzer(language, "stems_query" if question else "stems")(text)


class Readings(NamedTuple):
    """The terms of one word in each analysis, and ``every`` one of them."""

    analysed: tuple[str, ...]
    folded: tuple[str, ...]
    stems: tuple[str, ...]
    every: frozenset[str]


@lru_cache(maxsize=REMEMBERED_WORDS)
def readings(word: str, language: str) -> Readings:
    """The terms of one of `words_of` a text; remembered, because words come again."""
    analysed, folded, stems = (
        tuple(token.term for token in analysis(word, language))
        for analysis in (analyze, fold, fold_stems)
    )
    return Readings(analysed, folded, stems, frozenset((*analysed, *folded, *stems)))


def is_stop_word(word: str, language: str) -> bool:
    """Whether the analysis of a language drops this one word, however it is written."""
    return language in LANGUAGES and bool(fold(word, language)) and not analyze(word, language)


def stop_word_anywhere(word: str) -> bool:
    """Whether any language's analysis drops this word."""
    return any(is_stop_word(word, language) for language in LANGUAGES)
