"""The floor: how near a stranger comes to a question, found with the library's own sentences.

A sentence of a text is asked as if it were a question, and the texts of its own work are left
out. What then comes nearest says nothing on it that was looked for: it is a stranger. A question
to which no text is nearer than strangers are to sentences has no answer by meaning.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from search.plan import Meant
from search.ranking.candidates import Candidate
from search.ranking.fusion import likeness
from search.ranking.statistics import Statistics
from search.records import Record
from search.texts import passages_in, sentences_of

SENTENCES = 200
"""The sentences that are asked: the median of their strangers is then sure to about .01."""

QUESTION_WORDS = range(4, 41)
"""As many words has a sentence that can stand for a question: no heading, no list of names."""

Ask = Callable[[Meant], Sequence[Candidate]]
"""Gives the nearest passages of every language, as `search.engines.base.Engine.candidates`."""


class Sentence(NamedTuple):
    """A sentence and where it stands."""

    work: int
    language: str
    text: str


def choose_sentences(records: Iterable[Record], count: int = SENTENCES) -> list[Sentence]:
    """Sentences of the records that can stand for questions, as many of each language as can be.

    Of each work and language one, before any gives a second. The same records give the same.
    """
    chance = random.Random(1)  # noqa: S311 - no secret
    texts: dict[tuple[str, int], list[Sentence]] = {}
    for record in records:
        for passage in passages_in(record):
            group = texts.setdefault((passage.language, record.work), [])
            group += [
                Sentence(record.work, passage.language, sentence)
                for sentence in sentences_of(passage)
                if len(sentence.split()) in QUESTION_WORDS
            ]
    languages: dict[str, list[list[Sentence]]] = {}
    for (language, _), sentences in texts.items():
        languages.setdefault(language, []).append(
            chance.sample(sentences, min(len(sentences), count))
        )
    in_turn = [_in_turn(groups) for groups in languages.values()]
    return _in_turn(in_turn)[:count]


def floor_of(
    ask: Ask, sentences: Iterable[tuple[int, Meant]], statistics: Statistics
) -> list[float]:
    """How like each sentence the nearest text of another work is, for `Statistics.with_floor`.

    ``sentences`` are the works where they stand, with what they mean, encoded as questions. A
    sentence for which there is no text of another work is left out.
    """
    found = []
    for work, meant in sentences:
        others = [one for one in ask(meant) if one.work != work]
        if others:
            found.append(max(likeness(meant, statistics, others)))
    return found


def _in_turn(groups: Sequence[Sequence[Sentence]]) -> list[Sentence]:
    """The first of each group, then the second of each, and so on."""
    return [one for one in chain.from_iterable(zip_longest(*groups)) if one is not None]
