"""What simpler ways of searching reach on the development sets, and what is aimed at.

Elasticsearch 9.5, all documents in one index; multilingual-e5-small, 4 bits. Fusion is by
reciprocal rank. Centred vectors know nothing of the questions.
"""

from __future__ import annotations

from typing import NamedTuple


class Baseline(NamedTuple):
    """A method with its figures: first hits in one language and in two, and the mixed pool."""

    method: str
    same_r1: float
    cross_r1: float
    cross_ndcg10: float
    pooled_map: float
    own_share: float


BASELINES = {
    "xquad-dev": (
        Baseline("one analyzer for all (Wagtail's way)", 0.828, 0.139, 0.175, 0.337, 0.97),
        Baseline("an analyzer per language", 0.906, 0.124, 0.173, 0.387, 0.86),
        Baseline("vectors", 0.890, 0.703, 0.834, 0.523, 0.86),
        Baseline("fusion of both", 0.910, 0.616, 0.783, 0.429, 0.94),
        Baseline("vectors, centred", 0.872, 0.714, 0.843, 0.772, 0.41),
        Baseline("centred, with best sentence", 0.915, 0.776, 0.881, 0.809, 0.42),
    ),
    "ntrex-dev": (
        Baseline("one analyzer for all (Wagtail's way)", 0.799, 0.307, 0.377, 0.357, 0.87),
        Baseline("an analyzer per language", 0.824, 0.307, 0.379, 0.423, 0.72),
        Baseline("vectors", 0.840, 0.735, 0.857, 0.571, 0.74),
        Baseline("fusion of both", 0.836, 0.660, 0.811, 0.465, 0.82),
        Baseline("vectors, centred", 0.844, 0.802, 0.894, 0.821, 0.30),
    ),
}

AIMS = {
    "xquad-dev": Baseline("**aim**", 0.935, 0.82, 0.905, 0.87, 0.45),
    "ntrex-dev": Baseline("**aim**", 0.88, 0.86, 0.93, 0.89, 0.35),
}
