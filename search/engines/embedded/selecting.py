"""Which works match a plan, in which order, and what their facets count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.engines.embedded.columns import Mask, Slots, View
from search.engines.embedded.matching import Found, clause_in_slices, find, word_in_slices
from search.engines.embedded.reader import Session
from search.plan import Clause, Plan
from search.records import FACETS

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Matches:
    """The works and editions that match, before the facets' selection, with their scores."""

    works: Mask
    editions: Mask
    edition_scores: Scores
    work_scores: Scores


class Selection:
    """The result set of a plan in a session."""

    def __init__(self, session: Session, plan: Plan) -> None:
        self._session = session
        self._plan = plan
        self.columns = session.snapshot.columns
        self.view = View(self.columns, plan)

    @cached_property
    def matches(self) -> Matches:
        """What matches by words and clauses."""
        editions, scores = self._editions_with_words()
        works = self.view.works_of(editions)
        work_of = self.columns.editions["work"]
        work_scores = np.zeros(len(works))
        np.maximum.at(work_scores, work_of[editions], scores[editions])
        for clause in self._plan.clauses:
            held, clause_scores = self._works_with_clause(clause)
            works &= ~held if clause.negative else held
            if not clause.negative:
                work_scores += clause_scores
        return Matches(works, editions & works[work_of], scores, work_scores)

    @cached_property
    def _filters(self) -> dict[str, Mask]:
        """For each facet with a selection, the works that have any of its values."""
        return {
            facet: self.view.with_value(facet, chosen)
            for facet, chosen in self._plan.filters.items()
            if chosen
        }

    @cached_property
    def works(self) -> Mask:
        """The result set: what matches, filtered by the facets."""
        works = self.matches.works.copy()
        for mask in self._filters.values():
            works &= mask
        return works

    def facets(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """The values of each facet with their counts; a facet's own selection is left out."""
        counts = {}
        for facet in FACETS:
            works = self.matches.works.copy()
            for other, mask in self._filters.items():
                if other != facet:
                    works &= mask
            counts[facet] = self.view.counts(facet, works)
        return counts

    def page(self) -> Slots:
        """Slots of the works on the page asked for, in order."""
        slots = np.flatnonzero(self.works)
        numbers, dates = self.columns.works["number"][slots], self.columns.works["date"][slots]
        if self._plan.sort == "title":
            order = self._by_title(slots)
        elif self._plan.sort == "date":
            order = np.lexsort((-numbers, -dates))
        else:
            order = np.lexsort((-numbers, -dates, -self.matches.work_scores[slots]))
        return slots[order[self._plan.offset : self._plan.offset + self._plan.size]]

    def _by_title(self, slots: Slots) -> NDArray[np.intp]:
        shown = self.shown_editions(slots)
        ids = self.columns.editions["id"][shown]
        keys = self._session.title_keys(ids.tolist(), self._plan.language)
        order = sorted(range(len(slots)), key=lambda index: (keys[index], slots[index]))
        return np.array(order, dtype=np.intp)

    def shown_editions(self, works: Slots) -> Slots:
        """For each work the edition to show: in the reader's language, else the best match."""
        table = self.columns.editions
        wanted = self.columns.numberings.language.find(self._plan.language)
        candidates = np.flatnonzero(self.view.editions & np.isin(table["work"], works))
        rank = np.lexsort(
            (
                candidates,
                -self.matches.edition_scores[candidates],
                ~self.matches.editions[candidates],
                table["language"][candidates] != wanted,
            )
        )
        ordered = candidates[rank]
        shown = np.full(len(self.columns.works), -1)
        shown[table["work"][ordered[::-1]]] = ordered[::-1]  # the best is written last
        return shown[works]

    def _editions_with_words(self) -> tuple[Mask, Scores]:
        """The visible editions that hold enough of the words, and every edition's score."""
        count = len(self.columns.editions)
        held, scores = np.zeros(count, np.int16), np.zeros(count)
        for word in self._plan.words:
            slots, found = self._visible(find(self._session.snapshot.slices, word_in_slices(word)))
            best = np.zeros(count)
            np.maximum.at(best, self.columns.slices["edition"][slots], found)
            held += word.required & (best > 0)
            scores += best
        return self.view.editions & (held >= self._plan.minimum), scores

    def _works_with_clause(self, clause: Clause) -> tuple[Mask, Scores]:
        found = find(self._session.snapshot.slices, clause_in_slices(clause))
        slots, scores = self._visible(found)
        works = self.columns.editions["work"][self.columns.slices["edition"][slots]]
        best = np.zeros(len(self.columns.works))
        np.maximum.at(best, works, scores)
        return best > 0, best

    def _visible(self, found: Found) -> tuple[Slots, Scores]:
        """What the reader may see of what was found: slots of slices, and scores."""
        slots = self.columns.slots_of_slices(found.ordinals)
        seen = slots >= 0
        seen[seen] = self.view.slices[slots[seen]]
        return slots[seen], found.scores[seen].astype(np.float64)
