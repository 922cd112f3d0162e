"""How alike works are, by the vectors of their passages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

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
    for one, cosine in _likenesses(statistics, candidates, middle):
        if one.work != work:
            key = one.work, one.language
            alike[key] = max(cosine, alike.get(key, -1.0))
    near = {key: score for key, score in alike.items() if score >= RELATED_FLOOR}
    best: dict[str, float] = {}
    for (_, language), score in near.items():
        best[language] = max(score, best.get(language, score))
    scores: dict[int, float] = {}
    for (number, language), score in near.items():
        level = score - LEVEL * best[language]
        scores[number] = max(level, scores.get(number, level))
    return sorted(scores, key=lambda number: (-scores[number], -number))


def _likenesses(
    statistics: Statistics, candidates: Sequence[Candidate], middle: Vector
) -> Iterator[tuple[Candidate, float]]:
    """Candidates with how like a vector they are once their language's mean is taken away.

    Those of a language are compared at once: one by one takes twenty times as long.
    """
    by_language: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        by_language[one.language].append(one)
    for language, group in by_language.items():
        vectors = np.stack([one.vector for one in group])
        cosines = statistics.likeness(vectors, language, 1.0, middle[None])[:, 0]
        yield from zip(group, cosines.tolist(), strict=True)


def _centred_middle(statistics: Statistics, passages: Sequence[Candidate]) -> Vector:
    """The middle of passages of several languages, once their languages' means are taken away."""
    vectors = [statistics.centred(one.vector[None], one.language, 1.0)[0] for one in passages]
    return normalised(np.mean(vectors, axis=0)[None])[0]
