"""The forms of a text: what it becomes in the analyses of every language of the registry."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from cms.languages import CODES
from search.analysis import Token, analyze, fold, fold_stems
from search.plan import OTHER, Forms, Phrase

_OWN_LETTERS = {"sv": frozenset("åäöÅÄÖ")}
"""Letters that are no accented variants of others: ``läger`` (camp) is not ``lager`` (store).

Who types one means it, so texts of that language are not compared without it.
"""


def keeps_its_letters(text: str, language: str) -> bool:
    """Whether a typed text has letters that must not be folded away in a language."""
    return not _OWN_LETTERS.get(language, frozenset()).isdisjoint(text)


def forms_of(text: str) -> dict[str, Forms]:
    """The forms of a text in every language of the registry, and under `OTHER`."""
    return {language: forms_in(text, language) for language in (*CODES, OTHER)}


@lru_cache(maxsize=1 << 14)
def forms_in(text: str, language: str) -> Forms:
    """The forms of a text in one language; remembered, because labels come again."""
    analysed = _phrase(analyze(text, language, question=True))
    if keeps_its_letters(text, language):
        return Forms(analysed)
    tokens = fold_stems(text, language, question=True)
    one_word = len({token.position for token in tokens}) == 1
    return Forms(
        analysed,
        _phrase(fold(text, language)),
        tuple(token.term for token in tokens) if one_word else (),
    )


def _phrase(tokens: Iterable[Token]) -> Phrase:
    """One term for each position, counted from that of the first term."""
    terms: dict[int, str] = {}
    for token in tokens:
        terms.setdefault(token.position, token.term)
    first = min(terms, default=0)
    return tuple((position - first, term) for position, term in terms.items())
