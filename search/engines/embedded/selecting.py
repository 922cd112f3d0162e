"""Which works match a plan, in which order, and what their facets count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.engines.base import Reason
from search.engines.embedded.columns import Mask, Slots, View
from search.engines.embedded.nearest import means_something, nearest
from search.engines.embedded.reader import Session
from search.engines.embedded.words import EditionWords, Scores, WordSearch
from search.plan import Plan
from search.ranking.candidates import Candidate, WordEvidence
from search.ranking.constants import WORKS_BY_WORDS
from search.ranking.fusion import RankedWork, Ranking, rank
from search.records import FACETS
from search.stages import stage


@dataclass(frozen=True)
class Matches:
    """What matches by words, before the facets' selection, with its scores.

    ``allowed`` are the works that the clauses, and the plan's works and language, leave.
    """

    allowed: Mask
    works: Mask
    editions: Mask
    words: EditionWords
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
        with stage("words"):
            return self._matches()

    def _matches(self) -> Matches:
        plan, view = self._plan, self.view
        search = WordSearch(self._session, view)
        words = search.editions(plan)
        allowed = view.works & self._named_works()
        clause_scores = np.zeros(len(allowed))
        for clause in plan.clauses:
            held, scores = search.works_with_clause(clause)
            allowed &= ~held if clause.negative else held
            if not clause.negative:
                clause_scores += scores
        work_of = self.columns.editions["work"]
        editions = view.editions & (words.held >= plan.minimum) & allowed[work_of] & plan.by_words
        work_scores = np.zeros(len(allowed))
        np.maximum.at(work_scores, work_of[editions], words.scores[editions])
        works = view.works_of(editions)
        return Matches(allowed, works, editions, words, work_scores + clause_scores)

    def _named_works(self) -> Mask:
        """The works that a plan leaves by their number, or by the language of their texts."""
        named = np.ones(len(self.columns.works), dtype=bool)
        if self._plan.works is not None:
            named = np.isin(self.columns.works["number"], list(self._plan.works))
        if self._plan.text_language is not None:
            named &= self.view.with_value("language", frozenset({self._plan.text_language}))
        return named

    @cached_property
    def means_something(self) -> bool:
        """Whether meaning takes part."""
        return means_something(self._plan, self._session.snapshot.meanings)

    @cached_property
    def ranking(self) -> Ranking:
        """The works that match, ranked by meaning and words; empty where nothing is meant."""
        meanings = self._session.snapshot.meanings
        statistics = self._session.reader.statistics(self._session.store)
        if not self.means_something or meanings is None or statistics is None:
            return Ranking()
        allowed = self.matches.allowed
        with stage("candidates"):
            candidates = nearest(meanings, self.view, self._plan, allowed)
        with stage("ranking"):
            return rank(self._plan, statistics, candidates, self._evidence(candidates))

    def _evidence(self, candidates: list[Candidate]) -> list[WordEvidence]:
        """What words found in the works of the candidates, and in the best works by words."""
        matches, columns = self.matches, self.columns
        if not self._plan.by_words or not self._plan.words:
            return []
        near = columns.slots_of_works({one.work for one in candidates}).values()
        best = np.flatnonzero(matches.works)
        best = best[np.argsort(-matches.work_scores[best], kind="stable")][:WORKS_BY_WORDS]
        wanted = np.zeros(len(columns.works), dtype=bool)
        wanted[[*near, *best]] = True
        work_of, languages = columns.editions["work"], columns.numberings.language.values
        slots = np.flatnonzero(self.view.editions & wanted[work_of])
        return [
            WordEvidence(work, languages[language], held, score, matching)
            for work, language, held, score, matching in zip(
                columns.works["number"][work_of[slots]].tolist(),
                columns.editions["language"][slots].tolist(),
                matches.words.held[slots].tolist(),
                matches.words.scores[slots].tolist(),
                matches.editions[slots].tolist(),
                strict=True,
            )
        ]

    @cached_property
    def ranked(self) -> dict[int, RankedWork]:
        """The ranked works by the slots of their works, best first."""
        slots = self.columns.slots_of_works(one.work for one in self.ranking.works)
        return {slots[one.work]: one for one in self.ranking.works if one.work in slots}

    @cached_property
    def _matching(self) -> Mask:
        """The works that match by words or meaning, before the facets' selection."""
        works = self.matches.works.copy()
        works[[slot for slot, one in self.ranked.items() if one.by_meaning]] = True
        return works

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
        works = self._matching.copy()
        for mask in self._filters.values():
            works &= mask
        return works

    def facets(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """The values of each facet with their counts; a facet's own selection is left out."""
        counts = {}
        for facet in FACETS:
            works = self._matching.copy()
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
            scores = self.matches.work_scores[slots]
            order = np.lexsort((-numbers, -dates, -scores, self._places[slots]))
        return slots[order[self._plan.offset : self._plan.offset + self._plan.size]]

    @cached_property
    def _places(self) -> NDArray[np.int64]:
        """For each work its place in the ranking; those outside of it follow."""
        places = np.full(len(self.columns.works), len(self.ranked))
        places[list(self.ranked)] = np.arange(len(self.ranked))
        return places

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
                -self.matches.words.scores[candidates],
                ~self._nearest_editions[candidates],
                ~self.matches.editions[candidates],
                table["language"][candidates] != wanted,
            )
        )
        ordered = candidates[rank]
        shown = np.full(len(self.columns.works), -1)
        shown[table["work"][ordered[::-1]]] = ordered[::-1]  # the best is written last
        return shown[works]

    @cached_property
    def _nearest_editions(self) -> Mask:
        """The editions with the nearest passage of a work that only meaning found."""
        nearest = np.zeros(len(self.columns.editions), dtype=bool)
        meanings = self._session.snapshot.meanings
        if meanings is not None:
            ranked = (one for one in self.ranked.values() if not one.by_words)
            first = [one.passages[0].passage for one in ranked]
            nearest[self.columns.slices["edition"][meanings.slots[first]]] = True
        return nearest

    def score(self, work: int) -> float:
        """The score of a work, by its slot: by meaning and words, or by words."""
        ranked = self.ranked.get(work)
        return ranked.score if ranked else float(self.matches.work_scores[work])

    def reasons(self, work: int) -> tuple[Reason, ...]:
        """Why a work, by its slot, is found."""
        found: list[Reason] = []
        of_work = self.matches.editions & (self.columns.editions["work"] == work)
        if self._plan.words and of_work.any():
            typed = self.matches.words.typed[of_work] >= self._plan.minimum
            found.append("words" if typed.any() else "concepts")
        elif self._plan.clauses and of_work.any():
            found.append("words")
        ranked = self.ranked.get(work)
        if ranked and ranked.by_meaning:
            found.append("meaning")
        return tuple(found)
