"""Analysis of words: from text to the terms that an index holds and a question asks for.

Pure Python; it gives what Elasticsearch's stock analyzers give (see `search.analysis.config`
for the chains and our own lists in them). A language without an analysis of its own is
analysed as folded. Positions count words; several tokens at one position are readings of the
same word. ``question=True`` leaves out the parts of compounds.
"""

from __future__ import annotations

from functools import cache

from search.analysis.chain import Analyzer, Token, build
from search.analysis.config import LANGUAGES, OTHER

__all__ = [
    "Token",
    "analyze",
    "fold",
    "fold_stems",
    "is_stop_word",
    "stop_word_anywhere",
]


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


def is_stop_word(word: str, language: str) -> bool:
    """Whether the analysis of a language drops this one word, however it is written."""
    return language in LANGUAGES and bool(fold(word, language)) and not analyze(word, language)


def stop_word_anywhere(word: str) -> bool:
    """Whether any language's analysis drops this word."""
    return any(is_stop_word(word, language) for language in LANGUAGES)
