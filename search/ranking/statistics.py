"""What ranking must know of a library's vectors: where each language lies, and how near is near.

Computed from the library's own text when it is indexed, and kept with the index. A small library
says little: what it says is mixed with what holds for libraries in general.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from search.encoders.base import Vectors, normalised
from search.ranking.constants import (
    CENTRED,
    FLOOR,
    FLOOR_BELIEVED,
    MEAN_BELIEVED,
    TOLD_APART,
)

Vector = npt.NDArray[np.float32]

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Statistics:
    """Of the vectors of one encoder in one index.

    ``encoder`` is the encoder's name. ``means`` has for each language the mean of its passages'
    vectors, not normalised, shape ``(dimensions,)``. ``passages`` counts those it was made from.
    ``floor`` is the similarity below which a text is as good as any stranger.
    """

    encoder: str
    means: Mapping[str, Vector] = field(default_factory=dict)
    passages: int = 0
    floor: float = FLOOR

    def centred(self, vectors: Vectors, language: str, share: float) -> Vectors:
        """Vectors of one language with a share of its mean taken away, of length 1 again.

        A language without a mean is moved by the mean of all.
        """
        mean = self.means.get(language)
        if mean is None:
            mean = self.mean
        return normalised(vectors - np.float32(share) * mean)

    def likeness(self, vectors: Vectors, language: str, share: float, to: Vectors) -> Vectors:
        """The cosines of `centred` vectors with others of length 1: shape ``(vectors, to)``.

        The centred vectors themselves are not made, which takes several times as long.
        """
        mean = self.means.get(language)
        moved = np.float32(share) * (self.mean if mean is None else mean)
        if not moved.any():
            return normalised(vectors) @ to.T
        products = vectors @ np.vstack([to, moved]).T
        squares = np.einsum("ij,ij->i", vectors, vectors) - 2 * products[:, -1] + moved @ moved
        lengths = np.sqrt(np.maximum(squares, 0))[:, None]
        cosines = products[:, :-1] - moved @ to.T
        return np.divide(cosines, lengths, out=np.zeros_like(cosines), where=lengths > 0)

    def question(self, vector: Vector) -> Vector:
        """A question's vector, moved as the texts of its own language are, of length 1 again.

        Which language that is, the vector says itself: it lies where that language's texts lie. So
        a question in a language that the library has no text in is right, too, where it is
        known where such texts would lie (`expected_means`).
        """
        centre = np.float32(CENTRED) * self._centre_near(vector)
        centred: Vector = normalised((vector - centre)[None])[0]
        return centred

    def _centre_near(self, vector: Vector) -> Vector:
        """The mean of the language that a vector is of, or a mixture where that is not clear."""
        centres = self._centres
        if len(centres) < 2:
            return self.mean
        middle = centres.mean(axis=0)
        near = normalised(centres - middle) @ normalised((vector - middle)[None])[0]
        weights = np.exp((near - near.max()) / TOLD_APART)
        centre: Vector = weights @ centres / weights.sum()
        return centre

    @cached_property
    def _centres(self) -> Vectors:
        """Where the languages of the library lie, and where others would: a row for each."""
        expected = expected_means(self.encoder)
        known = [code for code in self.means if code in expected]
        centres = dict(self.means)
        if known:
            # What the library is about moves all languages alike.
            moved = np.mean([self.means[code] - expected[code] for code in known], axis=0)
            centres = {code: mean + moved for code, mean in expected.items()} | centres
        return np.stack(list(centres.values())) if centres else np.empty((0, 0), np.float32)

    @property
    def mean(self) -> Vector:
        """The mean of all languages, each counting alike; 0 where there is none."""
        if not self.means:
            return np.float32(0.0)  # type: ignore[return-value]
        return np.mean(list(self.means.values()), axis=0)

    def with_floor(self, strangers: Iterable[float]) -> Statistics:
        """With the floor that some sentences of the library give.

        ``strangers`` has, for each sentence asked as a question, the similarity of the best text
        of another work. What is no nearer to a question than that is a stranger to it.
        """
        found = np.fromiter(strangers, float)
        if not len(found):
            return self
        share = len(found) / (len(found) + FLOOR_BELIEVED)
        floor = share * float(np.median(found)) + (1 - share) * FLOOR
        return replace(self, floor=floor)

    def as_json(self) -> dict[str, Any]:
        """A form that JSON can hold, for engines to keep."""
        return {
            "encoder": self.encoder,
            "passages": self.passages,
            "floor": self.floor,
            "means": {
                language: base64.b64encode(mean.astype("<f4").tobytes()).decode()
                for language, mean in self.means.items()
            },
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Statistics:
        """What `as_json` gave."""
        return cls(
            encoder=kept["encoder"],
            passages=kept["passages"],
            floor=kept["floor"],
            means={
                language: np.frombuffer(base64.b64decode(packed), "<f4").astype(np.float32)
                for language, packed in kept["means"].items()
            },
        )


class MeansCollector:
    """Adds up the vectors of passages, language by language."""

    def __init__(self, encoder: str) -> None:
        self._encoder = encoder
        self._sums: dict[str, npt.NDArray[np.float64]] = {}
        self._counts: dict[str, int] = {}

    def add(self, language: str, vector: Vector) -> None:
        """Count a passage's vector."""
        if language not in self._sums:
            self._sums[language] = np.zeros(len(vector))
            self._counts[language] = 0
        self._sums[language] += vector
        self._counts[language] += 1

    def statistics(self) -> Statistics:
        """The means so far. That of a language with few passages is partly what is expected.

        Expected are the means that this encoder gives other texts of the languages, or else the
        mean of all languages here.
        """
        if not self._sums:
            return Statistics(self._encoder)
        own = {code: total / self._counts[code] for code, total in self._sums.items()}
        common = np.mean(list(own.values()), axis=0)
        expected = expected_means(self._encoder)
        return Statistics(
            self._encoder,
            means={
                code: _mixed(mean, expected.get(code, common), self._counts[code])
                for code, mean in own.items()
            },
            passages=sum(self._counts.values()),
        )


@cache
def expected_means(encoder: str) -> Mapping[str, Vector]:
    """The means of the demonstration's texts by language, if it is known of this encoder.

    Encoders of one network differ by less than texts do.
    """
    network = encoder.partition("/")[0]
    path = DATA / f"{network}.json"
    if not path.is_file():
        return {}
    return Statistics.from_json(json.loads(path.read_text(encoding="utf-8"))).means


def _mixed(own: npt.NDArray[np.float64], expected: npt.NDArray[Any], count: int) -> Vector:
    share = count / (count + MEAN_BELIEVED)
    return (share * own + (1 - share) * expected).astype(np.float32)
