"""What an engine hands over to be ranked: passages near in meaning, and what words found."""

from __future__ import annotations

from dataclasses import dataclass

from search.encoders.base import Vectors
from search.ranking.statistics import Vector


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A passage near in meaning, that the reader may see.

    ``edition`` is the language of the edition where it stands, ``language`` its own. ``passage``
    is what the engine calls it. ``vector`` and ``sentences`` (one row for each) are as the
    encoder made them, of length 1.
    """

    work: int
    edition: str
    language: str
    passage: int
    vector: Vector
    sentences: Vectors


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """What the words of a plan found in one edition that the reader may see.

    ``held`` of the plan's required words stand there, themselves or by a label of their
    concept; ``score`` is the sum of BM25. ``matches`` says that it matches by words.
    """

    work: int
    edition: str
    held: int
    score: float
    matches: bool
