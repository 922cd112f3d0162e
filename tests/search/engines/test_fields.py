"""How the embedded engine's fields hold a text."""

from __future__ import annotations

import pytest

from cms.collation import title_key
from search.analysis import analyze, fold, fold_stems
from search.engines.embedded.fields import analysed_term, stem_term, text_forms
from tests.search.words import meetings, rows

TEXTS = [
    *((row.text, row.language) for row in rows()),
    *((row.text, row.language) for row in meetings()),
    ("Kommunernas avfallshantering och SKR:s plan i EU:s regi, 10:30 den 3:e.", "sv"),
    ("İstanbul'da Türkiye’nin %20'si, vb. ISI ve ısı; 1.000,50 TL", "tr"),
    ("l’eau d'été aujourd’hui", "fr"),
    ("وَالْبَلَدِيَّات في عام ٢٠٢٤، و«المخيم»", "ar"),
    ("10\u202f000 refugees\u00a0in camps, e-mail a.b@example.org — naïve", "en"),
    ("Straße über 100\u202f%", "de"),
]


@pytest.mark.parametrize(("text", "language"), TEXTS)
def test_word_by_word_a_text_is_analysed_as_the_whole(text: str, language: str) -> None:
    key = language if language != "de" else "other"
    forms = text_forms(text, language)
    words, folded, loose = (form.split(" ") for form in forms)
    assert len(words) == len(folded)
    first: dict[int, str] = {}
    for token in analyze(text, key):
        term = analysed_term(key, token.term)
        if first.setdefault(token.position, term) != term:
            assert term in loose
    assert {place: words[place] for place in first} == first
    assert {place for place, term in enumerate(words) if term != "_"} == set(first)
    for token in fold(text, key):
        assert folded[token.position] == analysed_term(key, token.term)
    assert {stem_term(key, token.term) for token in fold_stems(text, key)} <= set(loose)


def test_the_parts_of_a_compound_stand_beside_it() -> None:
    forms = text_forms("avfallshantering", "sv")
    assert forms.words == "sv|avfallshantering"
    assert "sv|avfall" in forms.loose.split()


def test_spellings_are_words_of_letters_in_small_letters() -> None:
    vocabulary: set[tuple[str, str]] = set()
    text_forms("Göçün IĞDIR'da 2024 ve a1 bb İl", "tr", vocabulary)
    assert vocabulary == {("gocun", "göçün"), ("igdir", "igdir")}


def test_title_keys_put_digits_first_then_latin_then_arabic() -> None:
    titles = ["9 lives", "10 lives", "Année", "annex", "Zebra", "خطة"]
    assert sorted(titles, key=lambda title: title_key(title, "en")) == titles
