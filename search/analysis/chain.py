"""Running a chain of `search.analysis.config` in pure Python."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from search.analysis.config import Chain
from search.analysis.filters import BUILDERS, Term
from search.analysis.tokenizer import mapped_words, words

REMEMBERED_WORDS = 1 << 17
"""How many different words each analyzer remembers the terms of (about 20 MB when full)."""


@dataclass(frozen=True, slots=True)
class Token:
    """A term, where it stands in the text (characters, end exclusive), and its position.

    Positions count words from 0; a removed stop word leaves a gap. Several tokens at one
    position are readings of one word.
    """

    term: str
    start: int
    end: int
    position: int


Analyzer = Callable[[str], list[Token]]


def build(chain: Chain) -> Analyzer:
    """The analyzer of a chain: text in, tokens out."""
    rules: dict[str, str] = {}
    for part in chain.char_filters:
        rules.update(rule.split("=>") for rule in part.settings["mappings"])
    tokenize = mapped_words(rules) if rules else words
    terms_of = _terms(chain)

    def analyzer(text: str) -> list[Token]:
        return [
            Token(term, start, end, position)
            for position, (word, start, end) in enumerate(tokenize(text))
            for term in terms_of(word)
        ]

    return analyzer


def _terms(chain: Chain) -> Callable[[str], tuple[str, ...]]:
    """The filters of a chain as one remembered function: a word in, its terms out."""
    filters = [BUILDERS[part.type](part.settings) for part in chain.filters]

    @lru_cache(maxsize=REMEMBERED_WORDS)
    def terms_of(word: str) -> tuple[str, ...]:
        terms = [Term(word)]
        for apply in filters:
            terms = apply(terms)
        return tuple(term.text for term in terms)

    return terms_of
