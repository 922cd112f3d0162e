"""The passages nearest to what a plan means: every vector is compared, so none is missed."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from search.engines.embedded.columns import Mask, View
from search.engines.embedded.meanings import Meanings
from search.engines.vectors import OTHER_SIZE
from search.plan import Plan
from search.ranking.candidates import Candidate
from search.ranking.constants import FIRST_PASSAGES, PASSAGES_PER_LANGUAGE, PASSAGES_PER_TEXT

logger = logging.getLogger(__name__)

Numbers = NDArray[np.int64]


def means_something(plan: Plan, meanings: Meanings | None) -> bool:
    """Whether a plan's meaning can be compared with these vectors."""
    if plan.meant is None or meanings is None or plan.meant.encoder != meanings.kind.encoder:
        return False
    size = len(plan.meant.vector) // 4
    if size != meanings.kind.dimensions:
        logger.error(OTHER_SIZE, plan.meant.encoder, size, meanings.kind.dimensions)
        return False
    return True


def nearest(
    meanings: Meanings, view: View, plan: Plan, works: Mask | None = None
) -> list[Candidate]:
    """The candidates of a plan, language by language; ``works`` leaves only some works."""
    assert plan.meant is not None
    scores = meanings.vectors @ np.frombuffer(plan.meant.vector, "<f4")
    seen = _visible(meanings, view)
    if works is not None:
        seen &= works[_works(meanings, view)]
    found: list[Candidate] = []
    for language, of_language in meanings.languages.items():
        if plan.text_language in (None, language):
            numbers = np.flatnonzero(seen & of_language)
            order = _first(scores[numbers], PASSAGES_PER_LANGUAGE * PASSAGES_PER_TEXT)
            chosen = _few_of_each(meanings, view, numbers[order])
            found += _candidates(meanings, view, chosen, language)
    return found


def first_passages(meanings: Meanings, view: View, work: int) -> list[Candidate]:
    """The first visible passages of a work that have vectors."""
    slots = view.columns.slots_of_works([work])
    if work not in slots:
        return []
    own = _visible(meanings, view) & (_works(meanings, view) == slots[work])
    found: list[Candidate] = []
    for language, of_language in meanings.languages.items():
        first = np.flatnonzero(own & of_language)[:FIRST_PASSAGES]
        found += _candidates(meanings, view, first.tolist(), language)
    return found


def _visible(meanings: Meanings, view: View) -> Mask:
    slots = meanings.slots
    seen = slots >= 0
    seen[seen] = view.slices[slots[seen]]
    return seen


def _editions(meanings: Meanings, view: View) -> Numbers:
    """For each passage the slot of its edition; of one that is gone it says nothing."""
    return view.columns.slices["edition"][meanings.slots]


def _works(meanings: Meanings, view: View) -> Numbers:
    """For each passage the slot of its work; of one that is gone it says nothing."""
    return view.columns.editions["work"][_editions(meanings, view)]


def _first(scores: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The places of the highest scores, highest first."""
    if len(scores) > count:
        places = np.argpartition(-scores, count)[:count]
        return places[np.argsort(-scores[places], kind="stable")]
    return np.argsort(-scores, kind="stable")


def _few_of_each(meanings: Meanings, view: View, numbers: Numbers) -> list[int]:
    """The first passages, but only some of each edition."""
    taken: dict[int, int] = {}
    chosen: list[int] = []
    editions = view.columns.slices["edition"][meanings.slots[numbers]]
    for number, edition in zip(numbers.tolist(), editions.tolist(), strict=True):
        taken[edition] = taken.get(edition, 0) + 1
        if taken[edition] <= PASSAGES_PER_TEXT:
            chosen.append(number)
        if len(chosen) == PASSAGES_PER_LANGUAGE:
            break
    return chosen


def _candidates(
    meanings: Meanings, view: View, numbers: list[int], language: str
) -> list[Candidate]:
    columns = view.columns
    editions = columns.slices["edition"][meanings.slots[numbers]]
    works = columns.works["number"][columns.editions["work"][editions]]
    codes = columns.numberings.language.values
    return [
        Candidate(work, codes[edition], language, number, vector, sentences)
        for work, edition, number, (vector, sentences) in zip(
            works.tolist(),
            columns.editions["language"][editions].tolist(),
            numbers,
            meanings.read(numbers),
            strict=True,
        )
    ]
