"""Which works are called related."""

from __future__ import annotations

import numpy as np

from search.encoders.base import normalised
from search.ranking.candidates import Candidate
from search.ranking.related import most_alike
from search.ranking.statistics import Statistics


def passage(work: int, *shares: float) -> Candidate:
    """A passage by how much of each of sixteen things it says."""
    vector = np.zeros(16, dtype=np.float32)
    vector[: len(shares)] = shares
    vector = normalised(vector[None])[0]
    return Candidate(work, "en", "en", 0, vector, vector[None])


def test_a_long_work_has_neighbours_on_its_subject_and_no_others() -> None:
    """Its passages share a subject, the first thing, and each says something of its own."""
    own = [passage(1, 0.3, *[0.0] * place, 1.0) for place in range(12)]
    near, far = passage(2, 0.4, *[0.0] * 13, 1.0), passage(3, 0.1, *[0.0] * 13, 1.0)
    statistics = Statistics("x", means={"en": np.zeros(16, dtype=np.float32)})
    assert most_alike(statistics, own, [*own, near, far]) == [2]


def test_a_neighbour_in_another_language_is_compared_within_its_own() -> None:
    """What all texts of a language share says nothing: here the last of the sixteen things."""
    turkish = np.zeros(16, dtype=np.float32)
    turkish[15] = 1.0
    statistics = Statistics("x", means={"en": np.zeros(16, dtype=np.float32), "tr": turkish})
    own = [passage(1, 1.0)]

    def in_turkish(work: int, *shares: float) -> Candidate:
        vector = passage(work, *shares).vector + turkish
        return Candidate(work, "tr", "tr", 0, vector, vector[None])

    near, far = in_turkish(2, 0.9, 0.1), in_turkish(3, 0.0, 1.0)
    assert most_alike(statistics, own, [far, near, passage(4, 0.0, 1.0), passage(5, 0.8)]) == [5, 2]
