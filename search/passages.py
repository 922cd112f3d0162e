"""Cutting a text into passages: what semantic search compares and a results page shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from itertools import accumulate, pairwise
from typing import NamedTuple

from search.sentences import PARAGRAPH_BREAK, Span, split_sentences

_WORD = re.compile(r"\S+")


class _Boundary(IntEnum):
    """How good a place is to cut after."""

    WORD = 0
    SENTENCE = 1
    PARAGRAPH = 2


class _Unit(NamedTuple):
    """A sentence, or a part of an over-long one, that is not cut any further."""

    start: int
    end: int
    words: int
    boundary: _Boundary


def cut_passages(text: str, language: str, words: tuple[int, int] = (120, 200)) -> list[Span]:
    """The passages of a text in order: start and end (exclusive) in characters.

    ``words`` says how many words (runs between white space) a passage holds at least and at
    most. Passages end with a paragraph where they can, else with a sentence; a sentence longer
    than the difference of both numbers may be cut between words. What is left at the end may be
    shorter, as may a short text. Every character that is not white space is in exactly one
    passage, none is empty, and the same text always gives the same passages.

    Raises `ValueError` if ``words`` is not a pair of growing positive numbers.
    """
    least, most = words
    if not 0 < least < most:
        raise ValueError(f"A passage needs 0 < least < most words, not {least} and {most}.")
    units = list(_units(text, language, most - least))
    passages: list[Span] = []
    first = 0
    while first < len(units):
        after = first + _length(units[first : first + least + most + 2], least, most)
        passages.append((units[first].start, units[after - 1].end))
        first = after
    return passages


def _units(text: str, language: str, longest: int) -> Iterator[_Unit]:
    spans = split_sentences(text, language)
    for (start, end), (next_start, _) in pairwise([*spans, (len(text), len(text))]):
        found = list(_WORD.finditer(text, start, end))
        ends_paragraph = PARAGRAPH_BREAK.search(text, end, next_start) is not None
        for at in range(0, len(found), longest):
            part = found[at : at + longest]
            boundary = _Boundary.WORD
            if part[-1] is found[-1]:
                boundary = _Boundary.PARAGRAPH if ends_paragraph else _Boundary.SENTENCE
            yield _Unit(part[0].start(), part[-1].end(), len(part), boundary)


def _length(units: list[_Unit], least: int, most: int) -> int:
    """How many of the units the next passage takes.

    ``units`` are all that are left, or as many as hold more than ``least + most`` words.
    """
    total = 0
    sums: list[int] = []
    for total in accumulate(unit.words for unit in units):
        sums.append(total)
        if total > most + least:
            break
    if total <= most:
        return len(sums)
    # So near to the end of the text, leave enough for the last passage too.
    at_most = min(most, total - min(least, total // 2)) if len(sums) == len(units) else most
    places = [at for at, words in enumerate(sums) if least <= words <= at_most]
    if not places:
        return next(at for at, words in enumerate(sums) if words >= least) + 1
    return max(places, key=lambda at: (units[at].boundary, at)) + 1
