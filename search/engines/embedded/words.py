"""What the words of a plan find in each edition: how many it holds, and with what score."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tantivy import Query

from search.engines.embedded.columns import Mask, Slots, View
from search.engines.embedded.matching import (
    Found,
    clause_in_slices,
    find,
    labels_in_slices,
    word_in_slices,
)
from search.engines.embedded.reader import Session
from search.engines.weights import CONCEPT
from search.plan import Clause, Plan

Scores = NDArray[np.float64]
Counts = NDArray[np.int16]


@dataclass(frozen=True)
class EditionWords:
    """For each edition: the required words it holds, those it holds as typed, and its score."""

    held: Counts
    typed: Counts
    scores: Scores


class WordSearch:
    """Looks for words, labels and clauses in what one reader may see."""

    def __init__(self, session: Session, view: View) -> None:
        self._session = session
        self._view = view
        self._columns = view.columns

    def editions(self, plan: Plan) -> EditionWords:
        """What the words of a plan find, themselves or by the labels of their concepts."""
        found = [self._in_editions(word_in_slices(word)) for word in plan.words]
        labels: dict[tuple[int, ...], list[Scores]] = defaultdict(list)
        for expansion in plan.expansions:
            labels[expansion.words].append(self._in_editions(labels_in_slices(expansion)))
        count = len(self._columns.editions)
        held, typed, scores = np.zeros(count, np.int16), np.zeros(count, np.int16), np.zeros(count)
        for word, score in zip(plan.words, found, strict=True):
            typed += word.required & (score > 0)
        for places, of_labels in _groups(len(plan.words), labels):
            own = np.sum([found[place] for place in places], axis=0)
            named = np.max([np.zeros(count), *of_labels], axis=0)
            for place in places:
                held += plan.words[place].required & ((found[place] > 0) | (named > 0))
            scores += np.maximum(own, CONCEPT * named)
        return EditionWords(held, typed, scores)

    def works_with_clause(self, clause: Clause) -> tuple[Mask, Scores]:
        """The works in which a clause holds, whether it is positive or negative."""
        slots, scores = self._visible(find(self._session.snapshot.slices, clause_in_slices(clause)))
        works = self._columns.editions["work"][self._columns.slices["edition"][slots]]
        best = np.zeros(len(self._columns.works))
        np.maximum.at(best, works, scores)
        return best > 0, best

    def _in_editions(self, query: Query | None) -> Scores:
        """Each edition's best score; 0 where nothing is found."""
        slots, found = self._visible(find(self._session.snapshot.slices, query))
        best = np.zeros(len(self._columns.editions))
        np.maximum.at(best, self._columns.slices["edition"][slots], found)
        return best

    def _visible(self, found: Found) -> tuple[Slots, Scores]:
        """What the reader may see of what was found: slots of slices, and scores."""
        slots = self._columns.slots_of_slices(found.ordinals)
        seen = slots >= 0
        seen[seen] = self._view.slices[slots[seen]]
        return slots[seen], found.scores[seen].astype(np.float64)


def _groups(
    count: int, labels: dict[tuple[int, ...], list[Scores]]
) -> list[tuple[tuple[int, ...], list[Scores]]]:
    """The words that belong together by concepts, and each other word by itself."""
    named = {word for words in labels for word in words}
    return [*labels.items(), *(((word,), []) for word in range(count) if word not in named)]
