"""An encoder behind an address: asked rightly, and not believed when it answers wrongly."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from search.encoder import get_encoder
from search.encoders.base import EncoderUnavailable
from search.encoders.http import HttpEncoder, Server, family_prefixes
from tests.search.encoders.fixtures import EmbeddingsServer
from tests.search.encoders.server import vector

TEXTS = ["su", "ماء", "vatten", "water", "eau"]


@pytest.fixture
def server(embeddings_server: EmbeddingsServer) -> Server:
    return Server(embeddings_server.url, "plain", 8, batch=2, timeout=20)


def expected(*texts: str) -> Any:
    rows = np.array([vector(text, 8) for text in texts])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_texts_are_sent_in_batches_and_come_back_in_order(server: Server) -> None:
    found = HttpEncoder(server).passages(TEXTS)

    assert found.dtype == np.float32
    assert np.allclose(found, expected(*TEXTS), atol=1e-6)
    assert HttpEncoder(server).passages([]).shape == (0, 8)


def test_the_order_of_the_answer_is_that_of_its_numbers(server: Server) -> None:
    encoder = HttpEncoder(replace(server, model="backwards", batch=5))

    assert np.allclose(encoder.passages(TEXTS), expected(*TEXTS), atol=1e-6)


def test_queries_and_passages_have_their_prefixes(server: Server) -> None:
    encoder = HttpEncoder(replace(server, model="intfloat/multilingual-e5-small"))

    assert np.allclose(encoder.queries(["su"]), expected("query: su"), atol=1e-6)
    assert np.allclose(encoder.passages(["su"]), expected("passage: su"), atol=1e-6)
    own = HttpEncoder(replace(server, query_prefix="soru: ", passage_prefix=""))
    assert np.allclose(own.queries(["su"]), expected("soru: su"), atol=1e-6)
    assert np.allclose(own.passages(["su"]), expected("su"), atol=1e-6)


def test_a_server_that_wants_it_is_told_the_type(server: Server) -> None:
    encoder = HttpEncoder(replace(server, input_types=("query", "document")))

    assert np.allclose(encoder.queries(["su"]), expected("querysu"), atol=1e-6)
    assert np.allclose(encoder.passages(["su"]), expected("documentsu"), atol=1e-6)


@pytest.mark.parametrize(
    ("model", "query", "passage"),
    [
        ("intfloat/multilingual-e5-large", "query: ", "passage: "),
        ("nomic-embed-text:v1.5", "search_query: ", "search_document: "),
        ("text-embedding-3-small", "", ""),
        ("BAAI/bge-m3", "", ""),
    ],
)
def test_prefixes_follow_the_models_family(model: str, query: str, passage: str) -> None:
    assert family_prefixes(model) == (query, passage)


def test_names_differ_where_vectors_do() -> None:
    one = Server("http://a.example.org/v1", "m", 8)
    names = {
        HttpEncoder(server).name
        for server in (
            one,
            replace(one, model="n"),
            replace(one, dimensions=16),
            replace(one, query_prefix="q: "),
            replace(one, input_types=("query", "document")),
        )
    }
    assert len(names) == 5
    assert HttpEncoder(replace(one, url="http://b.example.org/v1", key="k")).name in names


@pytest.mark.parametrize(
    "model", ["too few", "nonsense", "not a number", "zeros", "endless", "a list"]
)
def test_a_wrong_answer_is_none(server: Server, model: str) -> None:
    with pytest.raises(EncoderUnavailable, match="embeddings server"):
        HttpEncoder(replace(server, model=model)).passages(TEXTS)


def test_vectors_of_another_size_name_the_setting(server: Server) -> None:
    with pytest.raises(EncoderUnavailable, match=r"8 dimensions, SEARCH_ENCODER_DIMENSIONS says 9"):
        HttpEncoder(replace(server, dimensions=9)).queries(["su"])


def test_a_refusal_is_told_and_the_key_is_not(server: Server) -> None:
    assert len(HttpEncoder(replace(server, key="right")).queries(["su"])) == 1
    with pytest.raises(EncoderUnavailable, match=r"401.*not known") as refused:
        HttpEncoder(replace(server, key="wrong-secret")).queries(["su"])
    assert "wrong-secret" not in str(refused.value)
    with pytest.raises(EncoderUnavailable, match="404"):
        HttpEncoder(replace(server, url=server.url + "/else")).queries(["su"])


def test_a_server_that_was_away_is_asked_again(
    server: Server, embeddings_server: EmbeddingsServer
) -> None:
    encoder = HttpEncoder(server)
    encoder.queries(["su"])
    embeddings_server.kill()
    with pytest.raises(EncoderUnavailable, match="does not answer"):
        encoder.queries(["su"])
    embeddings_server.start()

    assert np.allclose(encoder.queries(["su"]), expected("su"), atol=1e-6)


def test_any_text_can_be_sent(server: Server) -> None:
    assert len(HttpEncoder(server).passages(["", "\0", "\ud800", '"\\\n'])) == 4


def test_the_settings_name_the_server(server: Server, settings: Any) -> None:
    settings.SEARCH_ENCODER = "http"
    settings.SEARCH_ENCODER_URL = server.url
    settings.SEARCH_ENCODER_MODEL = "e5-like"
    settings.SEARCH_ENCODER_DIMENSIONS = 8
    settings.SEARCH_ENCODER_PASSAGE_PREFIX = "metin: "
    encoder = get_encoder()

    assert encoder is not None
    assert np.allclose(encoder.queries(["su"]), expected("query: su"), atol=1e-6)
    assert np.allclose(encoder.passages(["su"]), expected("metin: su"), atol=1e-6)
    assert get_encoder() is encoder
