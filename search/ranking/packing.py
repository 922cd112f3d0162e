"""Vectors of a passage and its sentences in few bytes, as an engine keeps them for ranking.

The passage's vector as half floats, then for each sentence a scale (single float) and the numbers
as single bytes, which changes a cosine by about .001: a fifth of what single floats take.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.encoders.base import Vectors, normalised
from search.ranking.statistics import Vector
from search.records import Meaning

_HALF = np.dtype("<f2")
_STEPS = 127


def vector_of(meaning: Meaning) -> Vector:
    """The vector of a passage, float32."""
    return np.frombuffer(meaning.vector, _HALF).astype(np.float32)


def pack(meaning: Meaning) -> bytes:
    """The bytes of a passage's vectors."""
    dimensions = len(meaning.vector) // _HALF.itemsize
    sentences = np.frombuffer(meaning.sentences, _HALF).reshape(-1, dimensions).astype(np.float32)
    rows = np.zeros(len(sentences), _row(dimensions))
    scale = np.abs(sentences).max(axis=1, initial=0) / _STEPS
    rows["scale"] = scale
    steps = np.divide(sentences, scale[:, None], where=scale[:, None] > 0, out=sentences)
    rows["steps"] = np.rint(steps)
    return meaning.vector + rows.tobytes()


def unpack(packed: bytes, dimensions: int) -> tuple[Vector, Vectors]:
    """The vector of a passage, and those of its sentences, shape ``(sentences, dimensions)``."""
    ((vector, sentences),) = unpack_all([packed], dimensions)
    return vector, sentences


def unpack_all(packed: Sequence[bytes], dimensions: int) -> list[tuple[Vector, Vectors]]:
    """What `unpack` gives, of several passages at once: one by one costs more than ranking them."""
    head = dimensions * _HALF.itemsize
    row = _row(dimensions)
    heads = b"".join(one[:head] for one in packed)
    vectors = np.frombuffer(heads, _HALF).astype(np.float32).reshape(-1, dimensions)
    rows = np.frombuffer(b"".join(one[head:] for one in packed), row)
    sentences = normalised(rows["steps"].astype(np.float32) * rows["scale"][:, None])
    ends = np.cumsum([(len(one) - head) // row.itemsize for one in packed])
    return list(zip(vectors, np.split(sentences, ends[:-1]), strict=True))


def _row(dimensions: int) -> np.dtype[np.void]:
    return np.dtype([("scale", "<f4"), ("steps", "i1", (dimensions,))])
