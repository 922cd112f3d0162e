"""Which passages of a work are shown: those with the words, and those near in meaning."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, zip_longest
from typing import NamedTuple

from search.ranking.fusion import NearPassage


class ChosenPassage(NamedTuple):
    """A passage to be shown, and the sentence by which it is near, if it is shown for that."""

    passage: int
    sentence: int | None


def choose_passages(
    by_words: Iterable[int], by_meaning: Sequence[NearPassage]
) -> list[ChosenPassage]:
    """The passages of a work in the order to show them, no passage twice.

    Both lists have the best first; they take turns, and words begin.
    """
    with_words = [ChosenPassage(number, None) for number in by_words]
    near = [ChosenPassage(one.passage, one.sentence) for one in by_meaning]
    chosen: dict[int, ChosenPassage] = {}
    for one in chain.from_iterable(zip_longest(with_words, near)):
        if one is not None:
            chosen.setdefault(one.passage, one)
    return list(chosen.values())
