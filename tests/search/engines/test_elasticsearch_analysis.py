"""Elasticsearch analyses words by stock components, and as the embedded engine does."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from scripts import check_stock
from search.analysis.config import LANGUAGES, Chain, Component
from search.engines.elasticsearch.analysis import analyzer_name, chains, index_analysis

STOCK_CHAR_FILTERS = {"mapping": {"mappings", "mappings_path"}}
STOCK_FILTERS = {
    "apostrophe": set(),
    "arabic_normalization": set(),
    "asciifolding": {"preserve_original"},
    "decimal_digit": set(),
    "dictionary_decompounder": {
        "word_list",
        "word_list_path",
        "min_word_size",
        "min_subword_size",
        "max_subword_size",
        "only_longest_match",
    },
    "elision": {"articles", "articles_path", "articles_case"},
    "keyword_repeat": set(),
    "length": {"min", "max"},
    "lowercase": {"language"},
    "pattern_replace": {"all", "flags", "pattern", "replacement"},
    "remove_duplicates": set(),
    "stemmer": {"language"},
    "stemmer_override": {"rules", "rules_path"},
    "stop": {"stopwords", "stopwords_path", "ignore_case", "remove_trailing"},
}
"""Components of the stock node and their settings, from Elasticsearch 9's reference."""

STOCK_STEMMERS = {
    "arabic",
    "english",
    "french",
    "light_french",
    "possessive_english",
    "porter2",
    "swedish",
    "turkish",
}
STOCK_STOP_LISTS = {"_arabic_", "_english_", "_french_", "_swedish_", "_turkish_"}
MUST_STAY_BARE = {"keyword_repeat"}
"""Stock components that cannot be defined, only used by name."""

DEMO = Path(__file__).parents[3] / "demo"


def definitions(kind: str) -> Iterator[tuple[str, dict[str, object]]]:
    for name, definition in index_analysis()[kind].items():
        settings = dict(definition)
        yield str(settings.pop("type")), {"name": name, **settings}


@pytest.mark.parametrize(
    ("kind", "stock"), [("filter", STOCK_FILTERS), ("char_filter", STOCK_CHAR_FILTERS)]
)
def test_only_stock_components_with_stock_settings_are_defined(
    kind: str, stock: dict[str, set[str]]
) -> None:
    for component, settings in definitions(kind):
        assert component in stock.keys() - MUST_STAY_BARE
        assert settings.keys() - {"name"} <= stock[component]


def test_analyzers_use_only_what_is_defined_or_stock() -> None:
    analysis = index_analysis()
    for analyzer in analysis["analyzer"].values():
        assert analyzer["tokenizer"] == "standard"
        assert set(analyzer["filter"]) <= analysis["filter"].keys() | STOCK_FILTERS.keys()
        assert set(analyzer["char_filter"]) <= analysis["char_filter"].keys()


def test_stemmers_and_stop_lists_are_stock_ones() -> None:
    for component, settings in definitions("filter"):
        if component == "stemmer":
            assert settings["language"] in STOCK_STEMMERS
        if component == "stop":
            assert settings["stopwords"] in STOCK_STOP_LISTS


def test_every_analysis_of_every_language_has_an_analyzer() -> None:
    analyzers = index_analysis()["analyzer"]
    for language, analyses in LANGUAGES.items():
        for analysis in analyses.chains:
            assert analyzer_name(language, analysis) in analyzers


def test_language_without_chains_is_folded() -> None:
    assert analyzer_name("de", "analysed") == analyzer_name("other", "stems") == "other_folded"
    assert "other_folded" in index_analysis()["analyzer"]


def test_settings_are_plain_json() -> None:
    assert json.loads(json.dumps(index_analysis())) == index_analysis()


def test_two_different_components_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Chain((), (Component("stop", "stop", {"stopwords": "_english_"}),))
    other = Chain((), (Component("stop", "stop", {"stopwords": "_french_"}),))
    monkeypatch.setattr(f"{chains.__module__}.chains", lambda: [("one", one), ("other", other)])
    with pytest.raises(ValueError, match="named stop"):
        index_analysis()


def test_expected_tokens_are_those_of_the_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = check_stock.EXPECTED.read_text(encoding="utf-8")
    monkeypatch.setattr(check_stock, "EXPECTED", tmp_path / "expected_tokens.json")
    check_stock.write_expected_tokens()
    again = "make it anew: .venv/bin/python -m scripts.check_stock --write"
    assert check_stock.EXPECTED.read_text(encoding="utf-8") == committed, again


def test_readings_keep_positions_and_gaps() -> None:
    tokens = [("göç", 0), ("göçün", 0), ("afet", 2)]
    assert check_stock.readings(tokens) == [["göç", "göçün"], [], ["afet"]]


@pytest.fixture(scope="module")
def client(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url, request_timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def index(client: Elasticsearch) -> Iterator[str]:
    with check_stock.analysing_index(client, "reslog-test-analysis") as index:
        yield index


def test_node_gives_the_expected_tokens(client: Elasticsearch, index: str) -> None:
    assert list(check_stock.differences(client, index)) == []


def test_differences_are_told(
    client: Elasticsearch, index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = check_stock.Expectation("tr", "göçün yolu", {"analysed": [["göç"], [], ["yol"]]})
    monkeypatch.setattr(check_stock, "expected_tokens", lambda: [wrong])
    (line,) = check_stock.differences(client, index)
    assert "tr_analysed: 'göçün yolu' gives [['göç'], ['yol']]" in line


def texts_of_symbols() -> list[str]:
    """The blocks of symbols and emoji, a hundred to a text; a word after each tells positions.

    Without encircled and squared letters (as `Ⓐ`), which are letters to the node.
    """
    codes = [*range(0xA1, 0xC0), *range(0x2010, 0x2070), *range(0x2100, 0x2400)]
    codes += [*range(0x2500, 0x2C00), *range(0x1F000, 0x1F130), *range(0x1F18A, 0x1FB00)]
    symbols = [chr(code) for code in codes if unicodedata.category(chr(code))[0] in "SP"]
    return [
        " ".join(f"{symbol} x" for symbol in symbols[at : at + 100])
        for at in range(0, len(symbols), 100)
    ]


def test_both_engines_take_no_symbol_for_a_word(client: Elasticsearch, index: str) -> None:
    texts = texts_of_symbols()
    assert len(texts) > 30
    for text in texts:
        on_node = check_stock.tokens_on_node(client, index, "en_folded", text)
        assert on_node == check_stock.tokens_in_python("en", "folded", text)


def paragraphs(language: str) -> list[str]:
    """What the demonstration's pages and files say in a language."""
    sources = sorted(DEMO.glob(f"works/*/{language}.*"))
    texts = [path.read_text(encoding="utf-8") for path in sources]
    return [part for text in texts for part in text.split("\n\n") if part.strip()]


@pytest.mark.parametrize("analysis", ["analysed", "folded", "stems"])
@pytest.mark.parametrize("language", ["tr", "ar", "sv", "en"])
def test_both_engines_agree_on_running_text(
    client: Elasticsearch, index: str, language: str, analysis: str
) -> None:
    texts = paragraphs(language)
    assert len(texts) >= 20
    name = analyzer_name(language, analysis)
    for text in texts:
        on_node = check_stock.tokens_on_node(client, index, name, text)
        assert on_node == check_stock.tokens_in_python(language, analysis, text)
