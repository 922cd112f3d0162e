"""The chains as data: stock components only, and lists that do what they say."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from cms.languages import LANGUAGES as REGISTRY
from search.analysis import analyze
from search.analysis.config import LANGUAGES, NOT_CUT
from search.analysis.lists import read_words
from search.engines.elasticsearch.analysis import index_analysis

STOCK_FILTERS = {
    "apostrophe",
    "arabic_normalization",
    "asciifolding",
    "decimal_digit",
    "dictionary_decompounder",
    "elision",
    "keyword_repeat",
    "length",
    "lowercase",
    "pattern_replace",
    "remove_duplicates",
    "stemmer",
    "stemmer_override",
    "stop",
}
OVERRIDES = [
    ("tr", "overrides"),
    ("tr", "stems"),
    ("ar", "overrides"),
    ("ar", "stems"),
    ("sv", "overrides"),
    ("sv", "stems"),
    ("en", "overrides"),
]


def overridden(code: str, purpose: str) -> list[tuple[str, str]]:
    """Each word of an override list with its stem."""
    pairs = [rule.split("=>") for rule in read_words(code, purpose)]
    return [(word.strip(), stem.strip()) for words, stem in pairs for word in words.split(",")]


def test_every_language_of_the_registry_has_its_analysis() -> None:
    assert set(LANGUAGES) == {language.code for language in REGISTRY}


def test_stop_words_are_those_of_the_stock_analyzer_the_registry_names() -> None:
    filters = index_analysis()["filter"]
    for language in REGISTRY:
        assert filters[f"{language.code}_stop"]["stopwords"] == f"_{language.analyzer}_"


def test_index_settings_name_only_stock_components_that_are_defined() -> None:
    settings = index_analysis()
    assert {part["type"] for part in settings["filter"].values()} <= STOCK_FILTERS
    assert {part["type"] for part in settings["char_filter"].values()} == {"mapping"}
    for analyzer in settings["analyzer"].values():
        assert analyzer["type"] == "custom"
        assert analyzer["tokenizer"] == "standard"
        assert set(analyzer["filter"]) <= {*settings["filter"], *STOCK_FILTERS}
        assert set(analyzer["char_filter"]) <= set(settings["char_filter"])


def test_index_settings_have_an_analyzer_per_language_and_analysis() -> None:
    endings = ("analysed", "analysed_query", "folded", "stems", "stems_query")
    wanted = {f"{language.code}_{ending}" for language in REGISTRY for ending in endings}
    assert set(index_analysis()["analyzer"]) == {*wanted, "other_folded"}


def test_one_name_means_one_component() -> None:
    found: dict[str, set[str]] = {}
    for analysis in LANGUAGES.values():
        for chain in analysis.chains.values():
            for part in (*chain.char_filters, *chain.filters):
                found.setdefault(part.name, set()).add(repr((part.type, part.settings)))
    assert [name for name, meanings in found.items() if len(meanings) > 1] == []


def test_only_the_analyzers_of_questions_leave_compounds_whole() -> None:
    analyzers = index_analysis()["analyzer"]
    for decompounder in ("sv_compound_parts", "sv_parts"):
        cutting = {name for name, part in analyzers.items() if decompounder in part["filter"]}
        assert cutting == {"sv_analysed", "sv_stems"}


@pytest.mark.parametrize(("code", "purpose"), OVERRIDES)
def test_no_word_has_two_stems(code: str, purpose: str) -> None:
    words = Counter(word for word, _ in overridden(code, purpose))
    assert [word for word, times in words.items() if times > 1] == []


@pytest.mark.parametrize("code", ["tr", "ar", "sv", "en"])
def test_words_of_the_override_list_meet_their_stem(code: str) -> None:
    stop_words = set(read_words(code, "stop"))
    for word, stem in overridden(code, "overrides"):
        if word not in stop_words:
            assert stem in [token.term for token in analyze(word, code, question=True)], word


def test_parts_of_compounds_are_within_the_limits_of_the_decompounder() -> None:
    filters = index_analysis()["filter"]
    words = []
    for settings in (filters["sv_compound_parts"], filters["sv_parts"]):
        shortest, longest = settings["min_subword_size"], settings["max_subword_size"]
        assert [w for w in settings["word_list"] if not shortest <= len(w) <= longest] == []
        words += settings["word_list"]
    assert sorted(words) == sorted(read_words("sv", "parts"))
    assert len(set(words)) == len(words) > 250


def test_only_chosen_parts_of_the_second_decompounder_hold_another_part() -> None:
    words = index_analysis()["filter"]["sv_parts"]["word_list"]
    assert {w for w in words if any(part in w[1:] for part in words)} == NOT_CUT


def test_threads_get_the_same_terms() -> None:
    words = [f"belediye{number}lerimizde kitabı{number}nın" for number in range(3000)]
    expected = [analyze(text, "tr") for text in words]
    analyze.__globals__["_analyzer"].cache_clear()
    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(lambda _: [analyze(text, "tr") for text in words], range(4)):
            assert found == expected
