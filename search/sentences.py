"""Where sentences begin and end, in the library's languages.

A stop ends a sentence unless something speaks against it: an abbreviation, an initial, an ordinal
number (`12. toplantı`), a decimal, or a small letter after it. Quotes and brackets that close
after the stop belong to the sentence. A blank line or a page break always ends one, so that
headings stand alone; a single line break does not, because lines of a PDF are broken anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from search.analysis.config import LANGUAGES
from search.analysis.lists import read_words

Span = tuple[int, int]
"""Start and end in the text, in characters; the end is exclusive."""

PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n|[\f\u2029]")

_CLOSING = "\"'”’»›)\\]}"
_OPENING = "\"'“”‘’„«‹(\\[{¿¡"
# A stop with what closes after it (French sets a space before `»`), and a reference `[12]`.
_STOP = re.compile(rf"(?P<stop>[.!?؟۔…]+)(?:[{_CLOSING}]|[\s\u00a0\u202f]»)*(?:\[\d+\])*(?=\s|$)")
_NEXT_LETTER = re.compile(rf"[\s{_OPENING}–—-]*(?P<letter>[^\W\d_])")
_LAST_WORD = re.compile(r"[^\s(\[{\"'“‘«„/]+$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_ROMAN = re.compile(r"[IVXLC]+")
_NUMBER = re.compile(r"\d{1,3}")
_LONGEST_WORD = 40


def _read_abbreviations(code: str) -> dict[str, str]:
    """The abbreviations of a language and their kind: ``closes``, ``number`` or nothing."""
    lines = (line.partition(" ") for line in read_words(code, "abbreviations"))
    return {word: kind for word, _, kind in lines}


_COMMON = _read_abbreviations("all")
_ABBREVIATIONS = {code: _COMMON | _read_abbreviations(code) for code in LANGUAGES}


def split_sentences(text: str, language: str) -> list[Span]:
    """The sentences of a text in order, without the white space around them.

    Every character that is not white space is in exactly one sentence. An unknown language is
    split with the abbreviations that all languages share.
    """
    spans: list[Span] = []
    for first, last in _paragraphs(text):
        start = first
        for end in _ends(text, first, last, language):
            spans.append(_trimmed(text, start, end))
            start = end
        spans.append(_trimmed(text, start, last))
    return [span for span in spans if span[0] < span[1]]


def _paragraphs(text: str) -> Iterator[Span]:
    start = 0
    for gap in PARAGRAPH_BREAK.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _ends(text: str, first: int, last: int, language: str) -> Iterator[int]:
    """The ends of all sentences of a paragraph but the last."""
    start = first
    for stop in _STOP.finditer(text, first, last):
        if stop.end() < last and _is_end(text, start, stop, last, language):
            yield stop.end()
            start = stop.end()


def _is_end(text: str, start: int, stop: re.Match[str], last: int, language: str) -> bool:
    following = _NEXT_LETTER.match(text, stop.end(), last)
    if following and following["letter"].islower():
        return False
    if stop["stop"] != ".":
        return True
    before = text[max(start, stop.start() - _LONGEST_WORD) : stop.start()]
    found = _LAST_WORD.search(before)
    if not found:
        return True
    word = found.group()
    return not (
        _is_abbreviation(word, following is not None, language)
        or _is_ordinal(word, before.strip() == word, following is not None, language)
        or (_INITIALS.fullmatch(word) is not None and word[-1].isupper())
    )


def _is_abbreviation(word: str, letter_follows: bool, language: str) -> bool:
    plain = word.replace("İ", "i").lower().lstrip(".")
    kind = _ABBREVIATIONS.get(language, _COMMON).get(plain)
    return kind is not None and not (kind and letter_follows)


def _is_ordinal(word: str, begins: bool, letter_follows: bool, language: str) -> bool:
    """Whether a number before a stop counts: `3. Sonuç` as a heading, `12. Toplantı` in Turkish."""
    if _NUMBER.fullmatch(word):
        return begins or (language == "tr" and letter_follows)
    return language == "tr" and _ROMAN.fullmatch(word) is not None
