"""The plan of a parsed query: each word analysed for every language of the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil

from search.analysis import fold, stop_word_anywhere
from search.plan import OTHER, Clause, Forms, Plan, Sort, Word
from search.query.concepts import FoundConcept
from search.query.expansion import expansions
from search.query.forms import forms_of
from search.query.parser import ParsedClause, ParsedQuery
from search.records import PUBLIC

ALL_REQUIRED_UP_TO = 3
"""Up to this many required words, a work must hold them all."""

SHARE_REQUIRED = 0.75
"""Of more required words, a work must hold this share."""


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
    concepts: Sequence[FoundConcept] = (),
    text_language: str | None = None,
) -> Plan:
    """The plan of a query: ``language`` is that of the address, ``now`` seconds since the epoch.

    Words that are a stop word in any language are not required, unless all words are.
    ``concepts`` are those found in this query, whose labels are searched for as well. With
    ``text_language`` only texts of that language are found, and words read only in it.
    """
    words = _words(parsed.words, text_language)
    required = sum(word.required for word in words)
    few = required <= ALL_REQUIRED_UP_TO
    return Plan(
        words=words,
        minimum=required if few else ceil(required * SHARE_REQUIRED),
        clauses=tuple(filter(None, (_clause(one, text_language) for one in parsed.clauses))),
        language=language,
        audiences=audiences,
        now=now,
        filters=filters or {},
        sort=sort,
        offset=offset,
        size=size,
        passages_per_hit=passages_per_hit,
        expansions=expansions(concepts, parsed, words, text_language),
        text_language=text_language,
    )


def _words(typed: Iterable[str], language: str | None) -> tuple[Word, ...]:
    """The words to search for, each once, whatever its case."""
    kept: dict[str, str] = {}
    for text in typed:
        if fold(text, OTHER):
            kept.setdefault(text.casefold(), text)
    meaningful = {text for text in kept.values() if not stop_word_anywhere(text)}
    return tuple(
        Word(text, _forms(text, language), required=text in meaningful or not meaningful)
        for text in kept.values()
    )


def _forms(text: str, language: str | None) -> Mapping[str, Forms]:
    """The forms of a text in every language, or in one and as a name."""
    forms = forms_of(text)
    return forms if language is None else {code: forms[code] for code in (language, OTHER)}


def _clause(parsed: ParsedClause, language: str | None) -> Clause | None:
    forms = _forms(parsed.text, language)
    if not any(form.analysed or form.folded for form in forms.values()):
        return None
    return Clause(parsed.text, parsed.field, forms, parsed.negative)
