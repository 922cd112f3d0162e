"""Text of one PDF page: PDFium's characters, made into lines and paragraphs."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from dataclasses import dataclass

import pypdfium2.raw as pdfium_c

from .arabic import RTL_LETTER, Glyph, is_rtl, line_text

_CORE_SHARE = 0.3  # of the font's height: the band above the baseline that makes a row
_COLUMN_GAP = 1.5  # times the font's height: glyphs further apart are not of one line

_LAM = "ل"

_DROPPED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")


@dataclass(slots=True)
class Line:
    """A line of a page in logical order; points, y grows upwards."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    baseline: float
    hyphen: bool = False
    """PDFium took its last character for a hyphen that parts a word."""

    @property
    def height(self) -> float:
        """From the font's descent to its ascent."""
        return self.top - self.bottom


@dataclass(slots=True)
class PageText:
    """What a page's text layer holds."""

    lines: list[Line]
    """In the order of the file, which is the reading order."""
    shown: int
    """Characters other than white space."""
    unmapped: int
    """Those of them whose font does not say which letter they are."""


def page_text(text_page: pdfium_c.FPDF_TEXTPAGE) -> PageText:
    """The lines of a page, and how far its characters could be told.

    Pages in left-to-right scripts keep PDFium's own lines. As soon as a page has
    right-to-left letters its lines are built from the places of the glyphs.
    """
    count = pdfium_c.FPDFText_CountChars(text_page)
    characters = [_character(text_page, index) for index in range(max(count, 0))]
    shown = [index for index, character in enumerate(characters) if character.strip()]
    unmapped = {index for index in shown if _is_unmapped(text_page, index)}
    if any(RTL_LETTER.match(character) for character in characters):
        lines = _lines_by_place(text_page, characters, unmapped)
    else:
        lines = _lines_by_order(text_page, characters)
    return PageText(lines, len(shown), sum(not characters[index].isascii() for index in unmapped))


def _is_unmapped(text_page: pdfium_c.FPDF_TEXTPAGE, index: int) -> bool:
    """Whether the font has no letter for this glyph; PDFium then gives its bare code."""
    return bool(pdfium_c.FPDFText_HasUnicodeMapError(text_page, index) == 1)


def _character(text_page: pdfium_c.FPDF_TEXTPAGE, index: int) -> str:
    code = pdfium_c.FPDFText_GetUnicode(text_page, index)
    if pdfium_c.FPDFText_IsHyphen(text_page, index) == 1 and code in (0x02, 0xFFFE, 0xAD):
        return "\u00ad"
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return ""
    return chr(code)


def _boxes(
    text_page: pdfium_c.FPDF_TEXTPAGE, index: int
) -> tuple[float, float, float, float, float]:
    """Left, right, bottom, top of the character's advance box, and its baseline."""
    box = pdfium_c.FS_RECTF()
    pdfium_c.FPDFText_GetLooseCharBox(text_page, index, box)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(text_page, index, x, y)
    return box.left, box.right, box.bottom, box.top, y.value


# -- left to right ---------------------------------------------------------------------


def _lines_by_order(text_page: pdfium_c.FPDF_TEXTPAGE, characters: list[str]) -> list[Line]:
    lines: list[Line] = []
    start = 0
    for index, character in enumerate([*characters, "\n"]):
        if character not in "\r\n":
            continue
        line = _line_between(text_page, characters, start, index)
        if line is not None:
            lines.append(line)
        start = index + 1
    return lines


def _line_between(
    text_page: pdfium_c.FPDF_TEXTPAGE, characters: list[str], start: int, end: int
) -> Line | None:
    text = clean_line("".join(characters[start:end]))
    if not text.strip("\u00ad"):
        return None
    shown = [index for index in range(start, end) if not characters[index].isspace()]
    first, last = _boxes(text_page, shown[0]), _boxes(text_page, shown[-1])
    middle = _boxes(text_page, shown[len(shown) // 2])
    return Line(
        text=text,
        left=min(first[0], last[0]),
        right=max(first[1], last[1]),
        bottom=middle[2],
        top=middle[3],
        baseline=middle[4],
    )


def clean_line(text: str) -> str:
    """Composed characters, no control characters, single spaces."""
    text = unicodedata.normalize("NFC", _DROPPED.sub("", text))
    return " ".join(text.split())


# -- right to left ---------------------------------------------------------------------


@dataclass(slots=True)
class _Row:
    low: float
    high: float
    glyphs: list[Glyph]

    def holds(self, low: float, high: float) -> bool:
        overlap = min(self.high, high) - max(self.low, low)
        return overlap > 0.25 * min(self.high - self.low, high - low)


def _lines_by_place(
    text_page: pdfium_c.FPDF_TEXTPAGE, characters: list[str], unmapped: set[int]
) -> list[Line]:
    bases, marks = _glyphs(text_page, characters)
    bases = _without_unmapped(bases, marks, unmapped)
    _order_ligatures(bases)
    rows = _rows(bases)
    _attach_marks(rows, marks)
    page_is_rtl = is_rtl("".join(glyph.text for glyph in bases))
    parts = [part for row in rows for part in _parts(row.glyphs)]
    parts.sort(key=lambda part: min(glyph.index for glyph in part))
    lines = [_line_of(part, page_is_rtl=page_is_rtl) for part in parts]
    return [line for line in lines if line.text]


def _glyphs(
    text_page: pdfium_c.FPDF_TEXTPAGE, characters: list[str]
) -> tuple[list[Glyph], list[Glyph]]:
    """The page's glyphs, letters and marks apart; spaces PDFium made up are left out."""
    bases: list[Glyph] = []
    marks: list[Glyph] = []
    for index, character in enumerate(characters):
        generated = pdfium_c.FPDFText_IsGenerated(text_page, index) == 1
        if generated or not character or _DROPPED.match(character) or character in "\r\n":
            continue
        glyph = Glyph(character, *_boxes(text_page, index), index)
        if glyph.is_space and glyph.left == glyph.right:
            continue  # made up by PDFium too, where it takes a displaced mark for a word
        (marks if unicodedata.combining(character) else bases).append(glyph)
    return bases, marks


def _without_unmapped(bases: list[Glyph], marks: list[Glyph], unmapped: set[int]) -> list[Glyph]:
    """The letters, with those put back whose text hangs on their mark.

    Some programs write the text of a letter and its mark to the glyph of the mark and none
    to that of the letter. What else has no letter to it is left out: its code means nothing.
    """
    mark_boxes = {glyph.box for glyph in marks}
    displaced = [
        glyph for glyph in bases if glyph.box in mark_boxes and glyph.index not in unmapped
    ]
    dropped = set(unmapped)
    for glyph in bases:
        near = [letter for letter in displaced if _is_over(letter, glyph)]
        if glyph.index in unmapped and near:
            letter = min(near, key=lambda letter: abs(letter.middle - glyph.middle))
            displaced.remove(letter)
            glyph.text = letter.text
            dropped ^= {glyph.index, letter.index}
    return [glyph for glyph in bases if glyph.index not in dropped]


def _is_over(letter: Glyph, glyph: Glyph) -> bool:
    beside = abs(letter.middle - glyph.middle) > max(letter.width, glyph.width)
    return not beside and abs(letter.baseline - glyph.baseline) < glyph.height


def _order_ligatures(bases: list[Glyph]) -> None:
    """Number the letters of each ligature (they share its box) in logical order.

    PDFium turns right-to-left runs round, and with them the letters of a ligature, unless it
    took the run for left to right. An alef never precedes the lam it shares a glyph with.
    """
    place = 0
    while place < len(bases):
        end = place + 1
        while end < len(bases) and bases[end].box == bases[place].box:
            end += 1
        group = bases[place:end]
        if len(group) > 1 and all(glyph.kind == "R" for glyph in group):
            turned = end < len(bases) and bases[end].middle < group[0].middle
            turned = turned or (place > 0 and bases[place - 1].middle > group[0].middle)
            letters = [glyph.text for glyph in (reversed(group) if turned else group)]
            if len(group) == 2 and letters[1] == _LAM:
                letters.reverse()
            for glyph, letter in zip(group, letters, strict=True):
                glyph.text = letter
        place = end


def _rows(glyphs: list[Glyph]) -> list[_Row]:
    rows: list[_Row] = []
    last: _Row | None = None
    for glyph in glyphs:
        low, high = glyph.baseline, glyph.baseline + _CORE_SHARE * max(glyph.height, 1.0)
        if last is None or not last.holds(low, high):
            last = next((row for row in reversed(rows) if row.holds(low, high)), None)
        if last is None:
            last = _Row(low, high, [])
            rows.append(last)
        last.glyphs.append(glyph)
    return rows


def _attach_marks(rows: list[_Row], marks: list[Glyph]) -> None:
    """Each vowel mark goes to the letter it stands over or under."""
    if not rows:
        return
    for mark in marks:
        row = min(rows, key=lambda row: abs(row.low - mark.baseline))
        letters = [glyph for glyph in row.glyphs if not glyph.is_space]
        if letters:
            min(letters, key=lambda glyph: _distance(glyph, mark)).marks.append(mark)


def _distance(glyph: Glyph, mark: Glyph) -> tuple[float, float]:
    outside = max(glyph.left - mark.middle, mark.middle - glyph.right, 0.0)
    return outside, abs(glyph.middle - mark.middle)


def _parts(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """The glyphs of a row, cut where a gap is too wide for one line (columns, cells)."""
    parts: list[list[Glyph]] = []
    reach = float("-inf")
    for glyph in sorted(glyphs, key=lambda glyph: glyph.left):
        if not parts or glyph.left - reach > _COLUMN_GAP * glyph.height:
            parts.append([])
        parts[-1].append(glyph)
        reach = max(reach, glyph.right)
    return parts


def _line_of(glyphs: list[Glyph], *, page_is_rtl: bool) -> Line:
    shown = [glyph for glyph in glyphs if not glyph.is_space] or glyphs
    tallest = max(shown, key=lambda glyph: glyph.height)
    return Line(
        text=" ".join(line_text(glyphs, page_is_rtl=page_is_rtl).split()),
        left=min(glyph.left for glyph in shown),
        right=max(glyph.right for glyph in shown),
        bottom=tallest.bottom,
        top=tallest.top,
        baseline=tallest.baseline,
    )
