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

Phrase = tuple[tuple[int, str], ...]
"""Terms in their order, each with its position from 0; a removed stop word leaves a gap."""

OTHER = "other"
"""Stands for every language without an analysis of its own, and for names."""


@dataclass(frozen=True, slots=True)
class Forms:
    """What was typed, analysed as a text of one language would be.

    ``analysed`` and ``folded`` match where the same terms stand at the same distances; most
    words are a phrase of one, ``COVID-19`` is one of two. ``analysed`` is empty where the
    language drops the word; ``folded`` is empty where the language's own letters were typed
    and must not be folded away. ``stems`` are alternatives, each of one term: the folded word
    and its folded stem.
    """

    analysed: Phrase = ()
    folded: Phrase = ()
    stems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """One typed word: it matches a text of a language by any of its forms there.

    ``forms`` has every language of the registry, and `OTHER`. A word that is not ``required``
    (a stop word somewhere) may raise the score and never excludes.
    """

    text: str
    forms: Mapping[str, Forms]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Clause:
    """A phrase or a field word: it binds every result.

    It holds in a text when its analysed or folded terms stand there at their distances; the
    stems play no part. One word is a phrase of one. ``author`` and ``place`` are compared
    with the folded form under `OTHER`, as names have no language. ``negative`` clauses
    (``-word``) exclude.
    """

    text: str
    field: FieldWord
    forms: Mapping[str, Forms]
    negative: bool = False


@dataclass(frozen=True, slots=True)
class Expansion:
    """A concept's labels that stand for some of the typed words, at a lower weight.

    ``concept`` is its slug; ``words`` are the indexes in ``Plan.words`` that a label stands
    for. ``labels`` has, per language of the registry, the forms of the labels as phrases, and
    ``texts`` the labels themselves in the same order, preferred ones first.
    """

    concept: str
    words: tuple[int, ...]
    labels: Mapping[str, tuple[Forms, ...]]
    texts: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Meant:
    """What a query means: its vector, of length 1, as little-endian single floats.

    ``encoder`` is the name of what made it; only an index of the same encoder compares it.
    """

    encoder: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Plan:
    """A query ready to run.

    A work matches by words when the visible title, summary, facts, body and files of one of
    its editions hold together at least ``minimum`` of the required words, and every clause
    holds. The words of an expansion are held, too, where one of its labels stands. A positive
    clause holds for a work when one visible text of any of its editions has it; a negative one
    when none has. A plan without words and positive clauses matches every visible work.
    ``audiences`` are the keys that admit the reader; ``now`` is in seconds since the epoch.
    ``filters`` maps a facet of ``records.FACETS`` to the chosen values: any of them within a
    facet, all facets together. ``language`` is the language of the address, "" for none.

    With ``meant`` a work matches also by its meaning, when every clause holds and its best visible
    passage is near enough (``search.ranking``). Where ``floor`` is a number, all candidates match
    if the best is as near as that, for measuring. With ``by_words`` false the words find nothing.
    ``text_language`` leaves only texts of that language to be found, and ``works`` only some
    works.
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
    expansions: tuple[Expansion, ...] = ()
    meant: Meant | None = None
    floor: float | None = None
    by_words: bool = True
    text_language: str | None = None
    works: frozenset[int] | None = None
