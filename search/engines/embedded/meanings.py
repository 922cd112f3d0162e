"""The vectors of a generation: three files beside its words, each row under a passage's number.

::

    vectors.f32     the vector of each passage, single floats: what a question is compared with
    passages.rows   for each passage its slice, its language, and where its meaning stands
    meanings.bin    vectors of passages and sentences, packed: what candidates are ranked by

Passages are numbered through and no number is given twice, so files only grow; rows of passages
that are gone stay until the next rebuild, and a missing row is one of zeros.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from search.engines.base import VectorKind
from search.engines.embedded.columns import Columns, Slots
from search.ranking.packing import pack, unpack_all, vector_of
from search.records import Meaning

VECTORS, ROWS, MEANINGS = "vectors.f32", "passages.rows", "meanings.bin"

_ROW = np.dtype([("slice", "<i8"), ("start", "<i8"), ("length", "<i4"), ("language", "S8")])
_FLOAT = np.dtype("<f4")


class MeantPassage(NamedTuple):
    """A passage to be written: its number, its slice's ordinal, its language and its meaning."""

    number: int
    slice: int
    language: str
    meaning: Meaning


def append(folder: Path, passages: Iterable[MeantPassage]) -> None:
    """Write meanings behind those of a generation; durable when it returns."""
    rows = list(passages)
    if not rows:
        return
    start = _append(folder / MEANINGS, packed := [pack(row.meaning) for row in rows])
    with _Places(folder / VECTORS) as vectors, _Places(folder / ROWS) as table:
        for row, blob in zip(rows, packed, strict=True):
            values = (row.slice, start, len(blob), row.language.encode())
            start += len(blob)
            vector = vector_of(row.meaning).astype(_FLOAT).tobytes()
            vectors.write_at(row.number * len(vector), vector)
            table.write_at(row.number * _ROW.itemsize, np.array(values, _ROW).tobytes())


@dataclass(frozen=True)
class Meanings:
    """The vectors of a generation at one change, of passages numbered below ``end``."""

    folder: Path
    kind: VectorKind
    end: int
    columns: Columns

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """The vectors of all passages, one row for each number; zeros for one without."""
        return _mapped(self.folder / VECTORS, _FLOAT, (self._held, self.kind.dimensions))

    @cached_property
    def slots(self) -> Slots:
        """For each passage the slot of its slice; -1 for one without a vector, or gone."""
        slots = self.columns.slots_of_slices(self._rows["slice"].astype(np.int64))
        return np.where(self._rows["length"] > 0, slots, -1)

    @cached_property
    def languages(self) -> dict[str, NDArray[np.bool_]]:
        """For each language, which passages are in it."""
        held = self._rows["language"]
        codes = np.unique(held[self._rows["length"] > 0])
        return {code.decode(): held == code for code in codes}

    def read(self, numbers: Sequence[int]) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """The vector of each of some passages, and those of its sentences."""
        rows = self._rows[list(numbers)]
        ends = zip(rows["start"].tolist(), rows["length"].tolist(), strict=True)
        packed = [self._packed[start : start + length].tobytes() for start, length in ends]
        return unpack_all(packed, self.kind.dimensions) if packed else []

    @cached_property
    def _rows(self) -> NDArray[np.void]:
        return _mapped(self.folder / ROWS, _ROW, (self._held,))

    @cached_property
    def _packed(self) -> NDArray[np.uint8]:
        path = self.folder / MEANINGS
        return _mapped(path, np.dtype(np.uint8), (_size(path),))

    @cached_property
    def _held(self) -> int:
        """The rows that both files have: behind them no passage has a vector yet."""
        of_vectors = _size(self.folder / VECTORS) // (_FLOAT.itemsize * self.kind.dimensions)
        return min(self.end, of_vectors, _size(self.folder / ROWS) // _ROW.itemsize)


class _Places:
    """A file that is written at places, and made durable at the end."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def __enter__(self) -> _Places:
        return self

    def __exit__(self, *error: object) -> None:
        os.fsync(self._handle)
        os.close(self._handle)

    def write_at(self, place: int, data: bytes) -> None:
        os.pwrite(self._handle, data, place)


def _append(path: Path, blobs: list[bytes]) -> int:
    """Write blobs at the end of a file; gives where they begin."""
    with path.open("ab") as file:
        start = file.tell()
        file.write(b"".join(blobs))
        file.flush()
        os.fsync(file.fileno())
    return start


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _mapped(path: Path, dtype: np.dtype[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    """The beginning of a file, mapped."""
    return np.memmap(path, dtype, "r", shape=shape) if shape[0] else np.zeros(shape, dtype)
