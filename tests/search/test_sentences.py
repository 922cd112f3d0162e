"""Sentences of the library's languages."""

from __future__ import annotations

import pytest

from search.sentences import split_sentences


def sentences(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text, language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("tr", ["Dr. Ayşe Yılmaz geldi.", "Toplantı bitti."]),
        ("tr", ["12. toplantı yapıldı.", "15. Madde okundu.", "II. Abdülhamid dönemi anlatıldı."]),
        ("tr", ["Su, atık vb. konular görüşüldü.", "Md. 5 uyarınca karar alındı."]),
        ("tr", ["Okul, park vb.", "Bunlar yapıldı."]),
        ("tr", ["Nüfus 3.5 milyon.", "Yıl 2020.", "Artış sürdü."]),
        ("tr", ["No. 7 kapalı.", "Bakınız s. 12 ve s. 14."]),
        ("tr", ["M. K. Atatürk Cad. uzundur.", "T.C. Sağlık Bakanlığı açıkladı."]),
        ("tr", ['"Gel!" dedi.', "Gitti mi?", "Evet!"]),
        ("tr", ["Bekledi... sonra gitti.", "Bitti…", "Yeni gün."]),
        ("ar", ["ما هي البلدية؟", "هي إدارة محلية.", "نعم!", "انتهى."]),
        ("ar", ["قال د. أحمد إن النسبة ٣٫٥ بالمئة.", "ثم خرج."]),
        ("ar", ["المياه والطاقة؛ والنفايات إلخ.", "ثم الطرق."]),
        ("sv", ["Mötet är kl. 10.30 den 12. maj.", "Alla kom."]),
        ("sv", ["Bl.a. skolor, t.ex. gymnasier.", "De s.k. sopkärlen, ca. 500 st."]),
        ("sv", ["Vi köpte bord, stolar m.m.", "Därefter åkte vi."]),
        ("sv", ["Vi har en bil.", "Den är röd.", "Se bil. 3 och kap. 2."]),
        ("sv", ["År 2020.", "A. Svensson talade.", "EU:s mål nåddes."]),
        ("en", ["See Fig. 3 and e.g. Table 2.", "The end.[3]", "Next one (here.)", "Good."]),
        ("en", ["He said no.", "Then No. 5 came at 3 p.m.", "It rained."]),
        ("en", ["1. Introduction to waste.", "Prices rose 2.5 per cent.", "Why?!", "So."]),
        ("en", ["He came in Sept.", "Rep. Lamb left on Oct. 5 and stayed away."]),
        ("en", ["“It works.”", "She left."]),
        ("fr", ["Il a dit : « Bonjour ! »", "Puis il est parti."]),
        ("fr", ["« Vraiment ? » demanda-t-il.", "M. Dupont arrive."]),
        ("fr", ["C’est fini\u202f!", "À demain."]),
        ("de", ["Siehe Nr. 5.", "Ende."]),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else value,
)
def test_text_is_split_into_its_sentences(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language) == expected


def test_blank_line_ends_a_sentence_and_a_line_break_does_not() -> None:
    text = "Giriş\n\nBelediyeler su\nve yol yapar.\n \nSonuç\fEk"
    assert sentences(text, "tr") == ["Giriş", "Belediyeler su\nve yol yapar.", "Sonuç", "Ek"]


@pytest.mark.parametrize("text", ["", "   \n\n ", "\f"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text, "en") == []


@pytest.mark.parametrize("text", [". . .", "...", "! ?", "a", "x.\n\n.", "1. 2. 3."])
def test_every_visible_character_is_in_one_sentence(text: str) -> None:
    assert "".join("".join(sentences(text, "tr")).split()) == "".join(text.split())


def test_long_run_of_stops_is_split_in_reasonable_time() -> None:
    text = "İçindekiler " + "." * 50_000 + " 5 " + "» " * 20_000
    assert sentences(text, "tr")
