"""The plan of a parsed query: each word analysed for every language of the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil

from cms.languages import CODES
from search.analysis import Token, analyze, fold, fold_stems, stop_word_anywhere
from search.plan import OTHER, Clause, Forms, Phrase, Plan, Sort, Word
from search.query.parser import ParsedClause, ParsedQuery
from search.records import PUBLIC

ALL_REQUIRED_UP_TO = 3
"""Up to this many required words, a work must hold them all."""

SHARE_REQUIRED = 0.75
"""Of more required words, a work must hold this share."""

_OWN_LETTERS = {"sv": frozenset("åäöÅÄÖ")}
"""Letters that are no accented variants of others: ``läger`` (camp) is not ``lager`` (store).

Who types one means it, so texts of that language are not compared without it.
"""


def build_plan(
    parsed: ParsedQuery,
    *,
    language: str,
    audiences: frozenset[str] = frozenset({PUBLIC}),
    now: int,
    filters: Mapping[str, frozenset[str]] | None = None,
    sort: Sort = "relevance",
    offset: int = 0,
    size: int = 10,
    passages_per_hit: int = 3,
) -> Plan:
    """The plan of a query: ``language`` is that of the address, ``now`` seconds since the epoch.

    Words that are a stop word in any language are not required, unless all words are.
    """
    words = _words(parsed.words)
    required = sum(word.required for word in words)
    few = required <= ALL_REQUIRED_UP_TO
    return Plan(
        words=words,
        minimum=required if few else ceil(required * SHARE_REQUIRED),
        clauses=tuple(filter(None, map(_clause, parsed.clauses))),
        language=language,
        audiences=audiences,
        now=now,
        filters=filters or {},
        sort=sort,
        offset=offset,
        size=size,
        passages_per_hit=passages_per_hit,
    )


def _words(typed: Iterable[str]) -> tuple[Word, ...]:
    """The words to search for, each once, whatever its case."""
    kept: dict[str, str] = {}
    for text in typed:
        if fold(text, OTHER):
            kept.setdefault(text.casefold(), text)
    meaningful = {text for text in kept.values() if not stop_word_anywhere(text)}
    return tuple(
        Word(text, _forms(text), required=text in meaningful or not meaningful)
        for text in kept.values()
    )


def _clause(parsed: ParsedClause) -> Clause | None:
    forms = _forms(parsed.text)
    if not any(form.analysed or form.folded for form in forms.values()):
        return None
    return Clause(parsed.text, parsed.field, forms, parsed.negative)


def _forms(text: str) -> dict[str, Forms]:
    return {language: _forms_in(text, language) for language in (*CODES, OTHER)}


def _forms_in(text: str, language: str) -> Forms:
    analysed = _phrase(analyze(text, language, question=True))
    if _OWN_LETTERS.get(language, frozenset()).intersection(text):
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
