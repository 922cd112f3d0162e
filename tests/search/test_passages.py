"""Passages: their size, their boundaries, and that nothing is lost."""

from __future__ import annotations

from itertools import pairwise

import pytest

from search.passages import cut_passages

SENTENCE = "Belediye bu yıl yeni bir su hattı yaptı. "  # 8 words


def pieces(text: str, words: tuple[int, int] = (120, 200), language: str = "tr") -> list[str]:
    return [text[start:end] for start, end in cut_passages(text, language, words)]


def sizes(text: str, words: tuple[int, int] = (120, 200)) -> list[int]:
    return [len(piece.split()) for piece in pieces(text, words)]


@pytest.mark.parametrize("count", [26, 29, 31, 40, 55, 76, 200])
def test_passages_hold_between_least_and_most_words(count: int) -> None:
    found = sizes(SENTENCE * count)
    assert all(120 <= size <= 200 for size in found[:-1])
    assert 1 <= found[-1] <= 200
    assert sum(found) == 8 * count


def test_last_passage_is_not_left_with_a_short_rest() -> None:
    assert min(sizes(SENTENCE * 31)) >= 120  # 248 words


def test_short_text_is_one_passage() -> None:
    assert pieces("  Kısa bir metin.  ") == ["Kısa bir metin."]


def test_passages_end_with_sentences() -> None:
    assert all(piece.endswith(".") for piece in pieces(SENTENCE * 120))


def test_passage_ends_with_a_paragraph_where_it_can() -> None:
    paragraph = (SENTENCE * 18).strip()  # 144 words
    assert pieces("\n\n".join([paragraph] * 4)) == [paragraph] * 4


def test_short_paragraphs_are_joined() -> None:
    paragraph = (SENTENCE * 5).strip()  # 40 words
    assert sizes("\n\n".join([paragraph] * 12)) == [200, 160, 120]


def test_sentence_that_is_too_long_is_cut_between_words() -> None:
    words = [f"kelime{number}" for number in range(1000)]
    found = pieces(" ".join(words))
    assert " ".join(found).split() == words
    assert all(120 <= len(piece.split()) <= 200 for piece in found)


def test_nothing_visible_is_lost_and_passages_do_not_overlap() -> None:
    text = "\n\nBaşlık\n\n" + SENTENCE * 33 + "\f" + "x " * 350 + "\n\nSon söz؟ " + SENTENCE * 9
    spans = cut_passages(text, "tr")
    assert all(start < end for start, end in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert "".join("".join(pieces(text)).split()) == "".join(text.split())


def test_same_text_gives_the_same_passages() -> None:
    text = SENTENCE * 77
    assert cut_passages(text, "tr") == cut_passages(text, "tr")


@pytest.mark.parametrize("text", ["", " \n\n "])
def test_blank_text_has_no_passages(text: str) -> None:
    assert cut_passages(text, "sv") == []


def test_size_can_be_chosen() -> None:
    assert sizes(SENTENCE * 10, (8, 16)) == [16] * 5


@pytest.mark.parametrize("words", [(0, 10), (10, 10), (20, 10), (-1, 5)])
def test_sizes_that_cannot_be_are_refused(words: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="passage needs"):
        cut_passages("metin", "tr", words)
