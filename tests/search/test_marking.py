"""Marking a query's words, and choosing the piece of a text to show."""

from __future__ import annotations

from itertools import pairwise

import pytest

from search.marking import SNIPPET_LENGTH, mark, snippet
from search.plan import Plan
from search.query import build_plan, parse


def plan_of(query: str) -> Plan:
    return build_plan(parse(query), language="en", now=0)


def marked(query: str, text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in mark(text, language, plan_of(query))]


class TestMark:
    @pytest.mark.parametrize(
        ("query", "language", "text", "found"),
        [
            ("göç", "tr", "Göçün nedeni, göçler.", ["Göçün", "göçler"]),
            ("goc", "tr", "Göçün nedeni", ["Göçün"]),
            ("istanbul", "tr", "İstanbul'da kış", ["İstanbul'da"]),
            ("avfall", "sv", "Om avfallshantering.", ["avfallshantering"]),
            ("kommun", "sv", "kommunernas plan", ["kommunernas"]),
            ("läger", "sv", "lager och läger", ["läger"]),
            ("البلدية", "ar", "عمل والبلديات كثير", ["والبلديات"]),
            ("eau", "fr", "gestion de l’eau", ["l’eau"]),
            ("COVID-19", "en", "COVID-19 and 19 COVID", ["COVID-19"]),
            ("Straße", "de", "Die STRASSE ist lang", ["STRASSE"]),
            ('"waste water"', "en", "water waste, waste water; waste", ["waste water"]),
            ('"cost of the service"', "en", "The cost of a service. cost", ["cost of a service"]),
            ("title:plan", "en", "A plan", ["plan"]),
            ("waste -water", "en", "waste water", ["waste"]),
            ("author:plan place:plan", "en", "A plan", []),
            ("the water", "en", "the water of the river", ["water"]),
            ("the", "en", "the water", ["the"]),
            ('waste "waste water"', "en", "a waste water plant", ["waste water"]),
            ("", "en", "water", []),
            ("water", "en", "", []),
        ],
    )
    def test_what_is_marked(self, query: str, language: str, text: str, found: list[str]) -> None:
        assert marked(query, text, language) == found

    def test_spans_are_in_order_and_do_not_overlap(self) -> None:
        text = "waste water waste water treatment of waste"
        spans = mark(text, "en", plan_of('"waste water" "water waste" waste treatment'))
        assert spans == sorted(spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))


SENTENCE = "This sentence is about something else entirely. "
TARGET = "Here the waste of the camps is collected twice. "


class TestSnippet:
    def test_a_short_text_is_whole(self) -> None:
        piece = snippet("Only waste here.", "en", plan_of("waste"))
        assert piece.parts == (("Only ", False), ("waste", True), (" here.", False))
        assert not piece.cut_start
        assert not piece.cut_end

    def test_the_best_sentence_of_a_long_text_begins_the_piece(self) -> None:
        text = SENTENCE * 20 + "Some waste. " + SENTENCE * 20 + TARGET + SENTENCE * 20
        piece = snippet(text, "en", plan_of("waste camps"))
        assert piece.text.startswith(TARGET.strip())
        assert [text for text, is_marked in piece.parts if is_marked] == ["waste", "camps"]
        assert piece.cut_start
        assert piece.cut_end
        assert piece.text.endswith(".")

    def test_it_holds_at_most_as_much_as_asked_for_and_whole_words(self) -> None:
        text = "waste " + " ".join(f"word{n}" for n in range(500))
        for length in (20, 80, SNIPPET_LENGTH):
            piece = snippet(text, "en", plan_of("waste"), length)
            assert 0 < len(piece.text) <= length
            assert set(piece.text.split()) <= set(text.split())

    def test_a_match_far_into_a_text_without_stops_is_shown(self) -> None:
        words = [f"word{n}" for n in range(500)]
        text = " ".join([*words, "waste", *words])
        piece = snippet(text, "en", plan_of("waste"))
        assert ("waste", True) in piece.parts
        assert set(piece.text.split()) <= set(text.split())
        assert 30 < piece.text.index("waste") < 150

    def test_without_a_match_it_is_the_beginning(self) -> None:
        piece = snippet(SENTENCE * 20, "en", plan_of("absent"))
        assert piece.text.startswith(SENTENCE)
        assert not piece.cut_start
        assert piece.cut_end

    def test_a_text_without_spaces_is_cut_all_the_same(self) -> None:
        assert len(snippet("x" * 1000, "en", plan_of("waste"), 100).text) == 100

    def test_parts_are_the_text_as_it_is(self) -> None:
        text = 'A <b>waste</b> & "water" plan'
        piece = snippet(text, "en", plan_of("waste"))
        assert piece.text == text
        assert ("waste", True) in piece.parts

    def test_arabic_is_cut_at_its_sentences(self) -> None:
        other = "هذه جملة عن موضوع آخر تماما. "
        text = other * 30 + "ما هي نفايات المخيم؟ " + other * 30
        piece = snippet(text, "ar", plan_of("النفايات"))
        assert piece.text.startswith("ما هي نفايات")
