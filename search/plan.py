"""The plan: what a query asks of an engine, in no engine's language.

``search.query`` makes a plan from what a reader typed; an engine only translates it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from search.records import PUBLIC

Sort = Literal["relevance", "date", "title"]
FieldWord = Literal["any", "title", "author", "place"]


@dataclass(frozen=True, slots=True)
class Word:
    """One typed word, analysed for every language.

    ``terms`` maps a language to the analysed terms of the word there (empty where it is a
    stop word); ``folded`` are its folded forms and ``stems`` the folded forms of its stems in
    all languages. A word that is not ``required`` (a stop word somewhere) may raise the score
    and never excludes.
    """

    text: str
    terms: Mapping[str, tuple[str, ...]]
    folded: tuple[str, ...]
    stems: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True, slots=True)
class Clause:
    """A phrase or a field word: it binds every result.

    ``phrases`` maps a language to the analysed terms in order, each with its position
    (stop words leave gaps); ``folded`` the same for the folded analysis. One word is a phrase
    of one. ``negative`` clauses (``-word``) exclude.
    """

    text: str
    field: FieldWord
    phrases: Mapping[str, tuple[tuple[int, str], ...]]
    folded: tuple[tuple[int, str], ...]
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A query ready to run.

    A work matches by words when the visible title, summary, facts, body and files of one of
    its editions hold together at least ``minimum`` of the required words, and every clause
    holds. A plan without words and positive clauses matches every visible work.
    ``audiences`` are the keys that admit the reader; ``now`` is in seconds since the epoch.
    ``filters`` maps a facet of ``records.FACETS`` to the chosen values: any of them within a
    facet, all facets together. ``language`` is the language of the address.
    """

    words: tuple[Word, ...] = ()
    minimum: int = 0
    clauses: tuple[Clause, ...] = ()
    language: str = "en"
    audiences: frozenset[str] = frozenset({PUBLIC})
    now: int = 0
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: Sort = "relevance"
    offset: int = 0
    size: int = 10
    passages_per_hit: int = 3
