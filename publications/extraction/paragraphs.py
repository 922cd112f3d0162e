"""From the lines of a document's pages to paragraphs, without running heads and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from .arabic import is_rtl
from .pdf_text import Line

SOFT_HYPHEN = "\u00ad"
_HYPHENS = "-\u2010" + SOFT_HYPHEN

_SENTENCE_END = re.compile(r"[.!?:؟…][\"'”’»)\]]*$")
_LIST_MARK = re.compile(r"^(?:[•‣◦▪●○*–—-]\s|\(?\d{1,3}[.)]\s|[a-zA-Z][.)]\s|\uf0b7)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_FIRST_LETTERS = re.compile(r"[^\W\d_]+")
# A word, or a number, cut at its hyphen; only of a word there is something to compare.
_BEFORE_HYPHEN = re.compile(r"(?:([^\W\d_]+(?:-[^\W\d_]+)*)|\d)[-\u2010\u00ad]$")

# After a hyphen at a line's end these words do not continue the word before them
# ("jord- och skogsbruk"): sv, en, tr, fr.
_CONJUNCTIONS = frozenset(
    ("och", "eller", "samt", "till", "and", "or", "to", "ve", "veya", "ile", "et", "ou")
)


@dataclass(slots=True)
class PageLines:
    """A page's lines and its height in points; ``number`` counts from 1."""

    number: int
    height: float
    lines: list[Line]


# -- page furniture --------------------------------------------------------------------

_ZONE = 0.12  # of the page's height, at the top and at the bottom
_MIN_REPEATS = 3
_LEAST_KEPT = 0.7  # of the characters
_REPEAT_SHARE = 0.4  # also where even and odd pages differ
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^\W*(?:(?:page|sayfa|sida|sid|s|صفحة|ص)\W*)?(\d{1,4})"
    r"(?:\s*(?:/|of|av|sur|من)\s*\d{1,4})?\W*$",
    re.IGNORECASE,
)


def without_furniture(pages: list[PageLines]) -> list[PageLines]:
    """The pages without what a template repeats at their edges.

    A line goes if it lies in the outer eighth of the page and, its digits aside, stands
    there on many pages, or if it is a page number that counts with the pages. Where that
    would take much of the text (forms, slides) nothing goes.
    """
    repeated = _repeated_keys(pages)
    offset = _page_number_offset(pages)
    kept = [
        PageLines(
            page.number,
            page.height,
            [line for line in page.lines if not _is_furniture(page, line, repeated, offset)],
        )
        for page in pages
    ]
    return kept if _length(kept) >= _LEAST_KEPT * _length(pages) else pages


def _length(pages: list[PageLines]) -> int:
    return sum(len(line.text) for page in pages for line in page.lines)


def _zone(page: PageLines, line: Line) -> str:
    if line.baseline < page.height * _ZONE:
        return "foot"
    return "head" if line.baseline > page.height * (1 - _ZONE) else ""


def _key(page: PageLines, line: Line) -> tuple[str, str, int] | None:
    zone = _zone(page, line)
    # The height on the page tells a running head from a heading that often returns.
    return (zone, _DIGITS.sub("#", line.text), round(line.baseline / 4)) if zone else None


def _repeated_keys(pages: list[PageLines]) -> set[tuple[str, str, int]]:
    counts: Counter[tuple[str, str, int]] = Counter()
    for page in pages:
        counts.update({key for line in page.lines if (key := _key(page, line))})
    least = max(_MIN_REPEATS, _REPEAT_SHARE * len(pages))
    return {key for key, count in counts.items() if count >= least}


def _printed_number(page: PageLines, line: Line) -> int | None:
    match = _PAGE_NUMBER.match(line.text) if _zone(page, line) else None
    return int(match[1]) if match else None


def _page_number_offset(pages: list[PageLines]) -> int | None:
    """What to add to a page's place to get its printed number, if two pages agree on it."""
    offsets = Counter(
        number - page.number
        for page in pages
        for line in page.lines
        if (number := _printed_number(page, line)) is not None
    )
    if not offsets:
        return None
    offset, count = offsets.most_common(1)[0]
    if count >= 2 and count >= _REPEAT_SHARE * len(pages):
        return offset
    return 0 if len(pages) == 1 and offset == 0 else None


def _is_furniture(
    page: PageLines, line: Line, repeated: set[tuple[str, str, int]], offset: int | None
) -> bool:
    if _key(page, line) in repeated:
        return True
    return offset is not None and _printed_number(page, line) == page.number + offset


# -- paragraphs ------------------------------------------------------------------------


def page_paragraphs(lines: list[Line]) -> list[list[Line]]:
    """The lines of one page, grouped into paragraphs by distance, size and length."""
    if not lines:
        return []
    pitch, height = _usual_pitch(lines), median(line.height for line in lines)
    groups = [[lines[0]]]
    for before, line in pairwise(lines):
        # Lines in larger letters (headings) stand further apart.
        own_pitch = pitch * max(1.0, line.height / (height or 1.0))
        if _starts_paragraph(before, line, groups[-1], own_pitch):
            groups.append([])
        groups[-1].append(line)
    return groups


def _usual_pitch(lines: list[Line]) -> float:
    """The distance of most lines to the next, in points; 0 when there is none."""
    steps = [
        before.baseline - after.baseline
        for before, after in pairwise(lines)
        if 0.5 * before.height < before.baseline - after.baseline < 3 * before.height
    ]
    return median(sorted(steps)[: max(1, (2 * len(steps) + 2) // 3)]) if steps else 0.0


def _starts_paragraph(before: Line, line: Line, group: list[Line], pitch: float) -> bool:
    step = before.baseline - line.baseline
    if abs(step) < 0.3 * min(before.height, line.height):
        return False  # the next cell of the same row
    if step < 0 or not 0.75 < before.height / (line.height or 1.0) < 1.34:
        return True
    if step > 1.35 * max(pitch, 0.5 * before.height):
        return True
    if _LIST_MARK.match(line.text):
        return True
    return bool(_SENTENCE_END.search(before.text)) and _ends_short(before, line, group)


def _ends_short(before: Line, line: Line, group: list[Line]) -> bool:
    """Whether the line before stops well before the edge that lines of its block reach."""
    block = [*group, line]
    left, right = min(item.left for item in block), max(item.right for item in block)
    rest = before.left - left if is_rtl(before.text) else right - before.right
    return rest > 0.2 * (right - left)


# -- words parted at the end of a line ---------------------------------------------------


class LineJoiner:
    """Joins the lines of paragraphs; words parted by a hyphen become whole where it is safe.

    PDFium does not tell a soft hyphen from a plain one there. It goes only if the document
    is set with hyphenation (many lines end so) or knows the joined word, and does not know
    the word with its hyphen.
    """

    def __init__(self, lines: list[Line]) -> None:
        self._words = {word.lower() for line in lines for word in _WORD.findall(line.text)}
        ends = sum(1 for line in lines if line.text[-1:] in _HYPHENS)
        self._hyphenated = ends >= 3 and ends >= 0.04 * len(lines)

    def join(self, lines: list[Line]) -> str:
        """The text of one paragraph on one line."""
        text = ""
        for line in lines:
            text = self._append(text, line.text) if text else line.text
        return text.replace(SOFT_HYPHEN, "")

    def _append(self, text: str, following: str) -> str:
        before = _BEFORE_HYPHEN.search(text)
        if before is None:
            return f"{text} {following}"
        if following[:1].isdigit():
            return _with_plain_hyphen(text) + following
        after = _FIRST_LETTERS.match(following)
        if after is None or not before[1] or after[0].lower() in _CONJUNCTIONS:
            return f"{_with_plain_hyphen(text)} {following}"
        if self._is_one_word(before[1], after[0]):
            return text[:-1] + following
        return _with_plain_hyphen(text) + following

    def _is_one_word(self, before: str, after: str) -> bool:
        if f"{before}-{after}".lower() in self._words:
            return False
        if (before + after).lower() in self._words:
            return True
        return self._hyphenated and after[0].islower()


def _with_plain_hyphen(text: str) -> str:
    return text[:-1] + "-" if text.endswith((SOFT_HYPHEN, "\u2010")) else text
