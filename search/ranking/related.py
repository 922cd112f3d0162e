"""How alike works are, by the vectors of their passages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.encoders.base import normalised
from search.ranking.candidates import Candidate
from search.ranking.constants import LEVEL, RELATED_FLOOR
from search.ranking.statistics import Statistics, Vector


def centre_of(passages: Sequence[Candidate], language: str) -> Vector:
    """The middle of a work's passages, of length 1: of those in a language, where there are any.

    ``passages`` are not empty.
    """
    own = [one.vector for one in passages if one.language == language]
    vectors = own or [one.vector for one in passages if one.language == passages[0].language]
    return normalised(np.mean(vectors, axis=0)[None])[0]


def most_alike(
    statistics: Statistics, own: Sequence[Candidate], candidates: Sequence[Candidate]
) -> list[int]:
    """The other works of the candidates that are like a work, the most alike first.

    ``own`` are passages of that work. As in a search each language is set back by a part of its
    best, so that the neighbours are not all in one.
    """
    work = own[0].work
    middle = _centred_middle(statistics, own)
    alike: dict[tuple[int, str], float] = {}
    for one in candidates:
        if one.work != work:
            vector = statistics.centred(one.vector[None], one.language, 1.0)[0]
            key = one.work, one.language
            alike[key] = max(float(vector @ middle), alike.get(key, -1.0))
    near = {key: score for key, score in alike.items() if score >= RELATED_FLOOR}
    best: dict[str, float] = {}
    for (_, language), score in near.items():
        best[language] = max(score, best.get(language, score))
    scores: dict[int, float] = {}
    for (number, language), score in near.items():
        level = score - LEVEL * best[language]
        scores[number] = max(level, scores.get(number, level))
    return sorted(scores, key=lambda number: (-scores[number], -number))


def _centred_middle(statistics: Statistics, passages: Sequence[Candidate]) -> Vector:
    """The middle of passages of several languages, once their languages' means are taken away."""
    vectors = [statistics.centred(one.vector[None], one.language, 1.0)[0] for one in passages]
    return normalised(np.mean(vectors, axis=0)[None])[0]
