"""From visual order back to logical order, as the bidirectional algorithm laid it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from publications.extraction import (
    Detail,
    Extraction,
    FileType,
    Limits,
    Section,
    State,
    read_file,
)
from publications.extraction.arabic import (
    Glyph,
    fold_presentation_forms,
    is_rtl,
    line_text,
    reads_backwards,
    turn_brackets,
    turn_lines,
)
from publications.extraction.reader import _finished
from publications.messages import state_message
from tests.library import docx_bytes


def laid_out(visual: str) -> list[Glyph]:
    """Glyphs ten points wide, the first at the left, in an order of the file that says nothing."""
    glyphs = [
        Glyph(character, place * 10.0, place * 10.0 + 10, 0.0, 12.0, 3.0, place)
        for place, character in enumerate(visual)
    ]
    return glyphs[1::2] + glyphs[0::2]


@pytest.mark.parametrize(
    ("logical", "visual"),
    [
        ("منذ 2018 هنا", "انه 2018 ذنم"),
        ("بنسبة 12.5 هنا", "انه 12.5 ةبسنب"),
        ("في 12/05/2020", "12/05/2020 يف"),
        ("من 10-20 سنة", "ةنس 20-10 نم"),
        ("نحو 40% منهم", "مهنم %40 وحن"),
        ("مشروع RESLOG في", "يف RESLOG عورشم"),
        ("فيروس COVID-19 هنا", "انه COVID-19 سوريف"),
        ("وكالة UN Habitat (UNH) هنا", "انه UN Habitat (UNH) ةلاكو"),
        ("نص (حوالي) هنا", "انه )يلاوح( صن"),
        ("قال «نعم» هنا", "انه »معن« لاق"),
        ("قال: نعم.", ".معن :لاق"),
        ("عام ٢٠٢٠ هنا", "انه ٢٠٢٠ ماع"),
    ],
)
def test_arabic_lines_are_turned_back(logical: str, visual: str) -> None:
    assert line_text(laid_out(visual), page_is_rtl=True) == logical


def test_mirrored_and_plain_brackets_come_out_alike() -> None:
    drawn = line_text(laid_out("انه )يلاوح( صن"), page_is_rtl=True)
    meant = line_text(laid_out("انه (يلاوح) صن"), page_is_rtl=True)
    assert drawn == meant == "نص (حوالي) هنا"


def test_a_number_with_hyphens_that_begins_a_line_stays() -> None:
    assert line_text(laid_out(".859-292-3680"), page_is_rtl=True) == "859-292-3680."


@pytest.mark.parametrize(
    ("logical", "visual"),
    [
        ("The word بلدية means municipality", "The word ةيدلب means municipality"),
        ("Beirut (بيروت كبرى) 2020", "Beirut (ىربك توريب) 2020"),
        ("Only Latin (2020).", "Only Latin (2020)."),
    ],
)
def test_latin_lines_keep_their_order(logical: str, visual: str) -> None:
    assert line_text(laid_out(visual), page_is_rtl=False) == logical


def test_a_latin_line_of_an_arabic_paragraph_ends_at_its_left() -> None:
    assert line_text(laid_out(".UN Habitat"), page_is_rtl=True) == "UN Habitat."


def test_gaps_become_spaces() -> None:
    glyphs = laid_out("انه صن")
    assert line_text([glyph for glyph in glyphs if glyph.text != " "], page_is_rtl=True) == (
        "نص هنا"
    )


def test_marks_stay_on_their_letter_doubling_first() -> None:
    glyphs = laid_out("بتك")
    kaf = next(glyph for glyph in glyphs if glyph.text == "ك")
    kaf.marks = [
        Glyph("\u064e", 0, 1, 0, 1, 0, 7),
        Glyph("\u0651", 0, 1, 0, 1, 0, 8),
    ]
    assert line_text(glyphs, page_is_rtl=True) == "ك\u0651\u064eتب"


def test_presentation_forms_are_folded_and_nothing_else() -> None:
    assert fold_presentation_forms("\ufedf\ufefc ﷲ") == "للا الله"
    assert fold_presentation_forms("\ufe77\ufe7d") == "\u064e\u0651"
    assert fold_presentation_forms("ﬁ ² ½ ـ") == "ﬁ ² ½ ـ"


def test_direction_is_that_of_most_letters() -> None:
    assert is_rtl("نص عربي مع UN 2020")
    assert not is_rtl("English with نص")
    assert not is_rtl("2020")


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        (")نص( هنا", "(نص) هنا"),
        ("(نص) هنا", "(نص) هنا"),
        ("1) نص", "1) نص"),
        ("نص ]1[.", "نص [1]."),
    ],
)
def test_brackets_open_before_the_word(found: str, meant: str) -> None:
    assert turn_brackets(found) == meant


LOGICAL = (
    "تعمل البلدية على إدارة النفايات الصلبة في المدينة القديمة (2021).\n"
    "وتقدم المكتبة العامة خدمات إلى اللاجئين في المنطقة."
)
VISUAL = "\n".join(
    line[::-1].translate(str.maketrans("()", ")(")).replace("1202", "2021")
    for line in LOGICAL.split("\n")
)


def test_lines_stored_as_they_look_are_recognised_and_turned() -> None:
    assert reads_backwards(VISUAL)
    assert not reads_backwards(LOGICAL)
    assert not reads_backwards("A report of the municipality. " * 20)
    assert turn_lines(VISUAL) == LOGICAL


def test_a_text_file_with_lines_the_wrong_way_round_is_read_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(VISUAL, encoding="utf-8")
    read = read_file(path, "a.txt", Limits())
    assert (read.state, read.detail) == (State.READ, Detail.LETTERS_TURNED)
    assert "البلدية على إدارة النفايات الصلبة" in read.text
    assert read.language == "ar"


def test_a_document_in_presentation_forms_is_read_as_letters(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    forms = "\ufe8d\ufedf\ufe92\ufee0\ufea9\ufef3\ufe94 2021"
    path.write_bytes(docx_bytes("\n".join([forms] * 3), heading=forms))
    read = read_file(path, "a.docx", Limits())
    assert "البلدية 2021" in read.text
    assert read.sections[0].heading == "البلدية 2021"


def test_a_pdf_whose_words_are_spelt_backwards_warns_the_editor() -> None:
    pages = [Section(1, "page", "", VISUAL)]
    found = Extraction(State.READ, file_type=FileType.PDF, sections=pages)
    assert _finished(found).detail is Detail.LETTERS_REVERSED
    assert "spelt backwards" in state_message(found)
