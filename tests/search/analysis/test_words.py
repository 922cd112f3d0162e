"""The tables of words, and what analysis promises beside them."""

from __future__ import annotations

import pytest

from search.analysis import analyze, fold, fold_stems, is_stop_word, stop_word_anywhere
from search.analysis.filters import BUILDERS, Term
from search.analysis.tokenizer import mapped_words
from tests.search.words import LANGUAGES, Meeting, Row, meetings, rows


def terms(tokens) -> tuple[str, ...]:
    return tuple(token.term for token in tokens)


def by_position(tokens) -> list[set[str]]:
    """The readings of each word."""
    found: dict[int, set[str]] = {}
    for token in tokens:
        found.setdefault(token.position, set()).add(token.term)
    return list(found.values())


def finds(meeting: Meeting) -> bool:
    """Whether each word of the query has a reading among the terms of the text."""
    language, query, text = meeting.language, meeting.query, meeting.text
    ways = [(lambda words: analyze(words, language, question=True), analyze)]
    if meeting.field == "any":
        ways += [
            (lambda words: fold(words, language), fold),
            (lambda words: fold_stems(words, language, question=True), fold_stems),
        ]
    for ask, index in ways:
        held = set(terms(index(text, language)))
        readings = by_position(ask(query))
        if readings and all(reading & held for reading in readings):
            return True
    return False


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.language}:{row.text}")
def test_words_are_analysed_as_the_table_says(row: Row) -> None:
    assert terms(analyze(row.text, row.language)) == row.analysed


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.language}:{row.text}")
def test_words_are_folded_as_the_table_says(row: Row) -> None:
    assert terms(fold(row.text, row.language)) == row.folded


@pytest.mark.parametrize(
    "meeting", meetings(), ids=lambda m: f"{m.language}:{m.query}~{m.text}:{m.found}"
)
def test_query_meets_text_as_the_table_says(meeting: Meeting) -> None:
    assert finds(meeting) is meeting.found


@pytest.mark.parametrize("language", LANGUAGES)
def test_table_holds_at_least_sixty_words_of_a_language(language: str) -> None:
    assert sum(row.language == language for row in rows()) >= 60


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.language}:{row.text}")
def test_stems_hold_the_folded_forms_of_all_analysed_terms(row: Row) -> None:
    held = set(terms(fold_stems(row.text, row.language)))
    for term in row.analysed:
        assert set(terms(fold(term, "folded only"))) <= held


def test_stems_hold_word_and_stem_at_one_position() -> None:
    tokens = fold_stems("göçün yolu", "tr")
    assert by_position(tokens) == [{"gocun", "goc"}, {"yolu", "yol"}]


def test_removed_stop_word_leaves_a_gap() -> None:
    assert [(t.term, t.position) for t in analyze("göç ve afet", "tr")] == [("göç", 0), ("afet", 2)]


def test_parts_of_a_compound_stand_at_its_position() -> None:
    tokens = analyze("om avfallshantering i kommunen", "sv")
    assert [(t.term, t.position) for t in tokens] == [
        ("avfallshantering", 1),
        ("avfall", 1),
        ("hantering", 1),
        ("kommun", 3),
    ]


def test_question_is_not_cut_into_the_parts_of_its_compounds() -> None:
    assert terms(analyze("avfallshantering", "sv", question=True)) == ("avfallshantering",)
    assert terms(fold_stems("avfallshantering", "sv", question=True)) == ("avfallshantering",)


@pytest.mark.parametrize(
    ("only_longest", "parts"),
    [(True, ["dagvatten", "hantering"]), (False, ["dag", "dagvatten", "vatten", "hantering"])],
)
def test_decompounder_passes_over_parts_inside_the_longest(
    only_longest: bool, parts: list[str]
) -> None:
    settings = {
        "word_list": ["dag", "dagvatten", "vatten", "hantering"],
        "min_word_size": 5,
        "min_subword_size": 2,
        "max_subword_size": 15,
        "only_longest_match": only_longest,
    }
    decompound = BUILDERS["dictionary_decompounder"](settings)
    found = decompound([Term("dagvattenhantering")])
    assert [term.text for term in found] == ["dagvattenhantering", *parts]


@pytest.mark.parametrize("rules", [{"abc": "d"}, {"ab": "c", "bd": "e"}, {"a": "b", "ac": "d"}])
def test_mapping_rules_that_could_overlap_are_refused(rules: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="another's end"):
        mapped_words(rules)


def test_pictographs_take_no_position() -> None:
    tokens = analyze("waste © city\U0001f600plan 👍🏽 🇸🇪 map", "en")
    assert [(t.term, t.start, t.position) for t in tokens] == [
        ("wast", 0, 0),
        ("citi", 8, 1),
        ("plan", 13, 2),
        ("map", 24, 3),
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("o\u0308rebro kommun", ["o\u0308rebro", "kommun"]),
        ("avfalls\u00adhantering nu", ["avfalls\u00adhantering", "nu"]),
        ("\u200fbelediye\u200f göçün", ["belediye", "göçün"]),
    ],
)
def test_offsets_are_those_of_the_text_as_written(text: str, written: list[str]) -> None:
    cut = [text[token.start : token.end].strip("\u200f") for token in fold(text, "tr")]
    assert cut == written


def test_letter_and_combining_mark_are_one_letter() -> None:
    assert terms(analyze("o\u0308rebro", "sv")) == ("örebro",)
    assert terms(analyze("ÅTGA\u0308RDER", "sv")) == ("åtgärd",)
    assert terms(fold("S\u0327is\u0327li", "tr")) == ("sisli",)


def test_letters_no_language_decomposes_are_folded() -> None:
    assert terms(fold("Straße Ærø Łódź Þingvellir œuvre", "de")) == (
        "strasse",
        "aero",
        "lodz",
        "thingvellir",
        "oeuvre",
    )


def test_narrow_space_of_french_stands_outside_words() -> None:
    assert terms(analyze("«\u202fdéchets\u202f»\u202f!", "fr")) == ("dechet",)


def test_unknown_language_is_analysed_as_folded() -> None:
    assert terms(analyze("Bücher und Straßen", "de")) == ("bucher", "und", "strassen")
    assert fold_stems("Bücher", "de") == fold("Bücher", "de") == analyze("Bücher", "de")


@pytest.mark.parametrize("text", ["", " ", "— … ؟", "____", "\u200f", "\u0640\u0640"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_text_without_words_has_no_terms(text: str, language: str) -> None:
    for analysis in (analyze, fold, fold_stems):
        assert all(token.term for token in analysis(text, language))
    assert fold(text, language) == []


def test_very_long_word_is_cut_as_the_standard_tokenizer_cuts() -> None:
    tokens = fold("a" * 600, "en")
    assert [(t.start, t.end, t.position) for t in tokens] == [
        (0, 255, 0),
        (255, 510, 1),
        (510, 600, 2),
    ]


@pytest.mark.parametrize(
    ("word", "language"),
    [("ve", "tr"), ("VE", "tr"), ("في", "ar"), ("och", "sv"), ("The", "en"), ("les", "fr")],
)
def test_stop_words_are_known(word: str, language: str) -> None:
    assert is_stop_word(word, language)
    assert stop_word_anywhere(word)


def test_stop_word_of_one_language_is_a_word_of_another() -> None:
    assert not is_stop_word("die", "de")
    assert not is_stop_word("och", "tr")
    assert is_stop_word("och", "sv")
    assert stop_word_anywhere("och")
    assert not stop_word_anywhere("belediye")
    assert not is_stop_word("", "tr")
