"""Lines to paragraphs; running heads and hyphens."""

from __future__ import annotations

from publications.extraction.paragraphs import (
    LineJoiner,
    PageLines,
    page_paragraphs,
    without_furniture,
)
from publications.extraction.pdf_text import Line


def line(text: str, y: float, *, left: float = 70, right: float = 500, size: float = 12) -> Line:
    return Line(text, left, right, y - 3, y - 3 + size, y)


def texts(groups: list[list[Line]]) -> list[list[str]]:
    return [[item.text for item in group] for group in groups]


def test_a_wider_gap_begins_a_paragraph() -> None:
    lines = [line("a", 700), line("b", 686), line("c", 672), line("d", 644), line("e", 630)]
    assert texts(page_paragraphs(lines)) == [["a", "b", "c"], ["d", "e"]]


def test_a_heading_of_two_lines_stays_together() -> None:
    heading = [line("Big", 700, size=24), line("words", 672, size=24)]
    body = [line(text, 640 - 14 * place) for place, text in enumerate("abcd")]
    assert texts(page_paragraphs(heading + body)) == [["Big", "words"], list("abcd")]


def test_a_short_last_line_ends_a_paragraph() -> None:
    lines = [line("a", 700), line("b.", 686, right=200), line("c", 672), line("d", 658)]
    assert texts(page_paragraphs(lines)) == [["a", "b."], ["c", "d"]]


def test_in_arabic_the_short_line_ends_at_the_left() -> None:
    lines = [line("نص", 700), line("نص.", 686, left=350), line("نص", 672)]
    assert [len(group) for group in page_paragraphs(lines)] == [2, 1]


def test_list_items_are_paragraphs() -> None:
    lines = [line("List", 700), line("• one", 686), line("• two", 672), line("more", 658)]
    assert texts(page_paragraphs(lines)) == [["List"], ["• one"], ["• two", "more"]]


def test_a_row_of_a_table_stays_together() -> None:
    lines = [line("a", 700), line("b", 700, left=550, right=600), line("c", 686)]
    assert texts(page_paragraphs(lines)) == [["a", "b", "c"]]


def body(number: int) -> str:
    return f"Body {number} of its own, as long as the text of a page is beside its edges " * 2


def pages(*edges: tuple[str, str]) -> list[PageLines]:
    return [
        PageLines(number, 800, [line(head, 780), line(body(number), 400), line(foot, 20)])
        for number, (head, foot) in enumerate(edges, start=1)
    ]


def kept(result: list[PageLines]) -> list[str]:
    return [item.text for page in result for item in page.lines]


def test_running_heads_and_page_numbers_go() -> None:
    result = without_furniture(pages(*[("Report 2020", f"Page {n} of 4") for n in range(5, 9)]))
    assert kept(result) == [body(n) for n in range(1, 5)]


def test_what_stands_at_the_edge_once_stays() -> None:
    result = without_furniture(pages(("Chapter one", "1990"), ("Text goes on", "2020")))
    assert kept(result) == [
        "Chapter one", body(1), "1990",
        "Text goes on", body(2), "2020",
    ]  # fmt: skip


def test_page_numbers_of_a_short_document_go() -> None:
    result = without_furniture(pages(("Text", "1"), ("More text", "2")))
    assert kept(result) == ["Text", body(1), "More text", body(2)]


def test_nothing_goes_where_little_else_would_stay() -> None:
    forms = pages(*[("A long line that all the forms have in common " * 3, "")] * 4)
    assert without_furniture(forms) == forms


def joined(*lines: str, others: tuple[str, ...] = ()) -> str:
    own = [line(text, 700) for text in lines]
    return LineJoiner(own + [line(text, 100) for text in others]).join(own)


def test_lines_are_joined_by_a_space() -> None:
    assert joined("one", "two") == "one two"


def test_a_word_known_whole_is_made_whole() -> None:
    assert joined("the munici-", "pality", others=("Municipality",)) == "the municipality"


def test_a_word_known_with_its_hyphen_keeps_it() -> None:
    others = ("a well-known word",)
    assert joined("a well-", "known word", others=others) == "a well-known word"


def test_hyphens_of_a_document_that_does_not_hyphenate_stay() -> None:
    assert joined("a two-", "hour walk") == "a two-hour walk"
    assert joined("the COVID-", "19 year") == "the COVID-19 year"


def test_a_document_set_with_hyphenation_loses_them() -> None:
    others = ("ab-", "cd ef-", "gh ij-", "kl")
    assert joined("kommu\u00ad", "nerna", others=others) == "kommunerna"


def test_a_hanging_hyphen_before_a_conjunction_stays() -> None:
    assert joined("jord-", "och skogsbruk") == "jord- och skogsbruk"
