"""The encoder port: what every encoder promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Vectors: TypeAlias = npt.NDArray[np.float32]
"""Vectors of some texts: float32, one row per text, each of length 1 (L2)."""


class EncoderUnavailable(Exception):
    """The encoder cannot be used now. The message says why and what a person can do."""


class Encoder(Protocol):
    """Turns texts of any language into vectors. Safe to use from several threads at once.

    ``name`` identifies the kind of vectors: two encoders of one name give vectors that may be
    compared, two of different names never do. It stands in every key of the cache and in the
    index. ``dimensions`` is how many numbers a vector has.
    """

    @property
    def name(self) -> str:
        """Identity of the vectors' kind, e.g. ``multilingual-e5-small/onnx-int8-2``."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts to be found, shape ``(len(texts), dimensions)``.

        A text of any length is read to its end. Raises `EncoderUnavailable`.
        """

    def queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of what readers ask, shape ``(len(texts), dimensions)``.

        Raises `EncoderUnavailable`.
        """


def readable(text: str) -> str:
    """The text as any library can read it: no zero characters, no halves of surrogate pairs."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def normalised(vectors: npt.NDArray[np.floating]) -> Vectors:
    """The same directions with length 1; a vector of zeros stays as it is."""
    result = np.asarray(vectors, dtype=np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", result, result))[:, None]
    return np.divide(result, lengths, out=np.zeros_like(result), where=lengths > 0)
