"""From the glyphs of a line, as they lie on the page, to text in reading order.

A PDF keeps glyphs with their places, not text. Programs that write Arabic put the glyphs of
a line in any order: logical, visual, marks before or after everything else. Only the
places can be trusted, so a line is sorted by place and its visual order turned back into
logical order: the inverse of the Unicode bidirectional algorithm (UAX #9) for a line without
explicit embeddings. An inverse is not unique; where two logical texts look the same
(a number beside a Latin word) the likelier one is taken: the word first (``COVID-19``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise

RTL_LETTER = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

# Arabic presentation forms A and B; among B the isolated vowel marks.
_PRESENTATION = re.compile(r"[\ufb50-\ufdff\ufe70-\ufefc]+")
_TATWEEL = "\u0640"
_SHADDA = "\u0651"

_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "‹": "›"}
_CLOSING = {close: opening for opening, close in _BRACKETS.items()}

# What only ends Arabic words (teh marbuta, alef maksura), and the article that begins them.
_ONLY_LAST = ("\u0629", "\u0649")
_ARTICLE = "\u0627\u0644"
_ARABIC_WORD = re.compile(r"[\u0621-\u064a]{3,}")
_ENOUGH_WORDS = 5

_SPACE_SHARE = 0.15  # of the font's height: a wider gap between two glyphs is a space


@dataclass(slots=True)
class Glyph:
    """One character with the box its font gives it; units are points, y grows upwards."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    baseline: float
    index: int
    """Its place in the file's own order, which parts the pieces of a ligature."""
    marks: list[Glyph] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """The horizontal centre."""
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        """How far it takes the line on."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From the font's descent to its ascent."""
        return self.top - self.bottom

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The same for the letters of one ligature."""
        return self.left, self.right, self.bottom, self.top

    @property
    def kind(self) -> str:
        """``R`` right to left, ``L`` left to right, ``N`` number, ``C`` separator, ``O`` other."""
        return _KINDS.get(unicodedata.bidirectional(self.text[:1]), "O")

    @property
    def is_space(self) -> bool:
        """Whether it is white space."""
        return self.text.isspace()

    def full_text(self) -> str:
        """The character with its marks, the doubling mark first, as Arabic is typed."""
        marks = sorted(self.marks, key=lambda mark: (mark.text != _SHADDA, mark.index))
        text = self.text + "".join(mark.text for mark in marks)
        return text if RTL_LETTER.match(text) else unicodedata.normalize("NFC", text)


_KINDS = {"R": "R", "AL": "R", "L": "L", "EN": "N", "AN": "N", "CS": "C"}


def fold_presentation_forms(text: str) -> str:
    """Arabic letters in their presentation forms become the letters themselves.

    Compatibility forms outside these blocks stay. The isolated forms of marks decompose to
    a space or tatweel with the mark; what carries them here is a letter, so only the mark
    is kept.
    """
    return _PRESENTATION.sub(lambda match: "".join(map(_fold_form, match.group())), text)


def _fold_form(form: str) -> str:
    folded = unicodedata.normalize("NFKC", form)
    if len(folded) > 1 and folded[0] in (" ", _TATWEEL):
        return folded[1:]
    return folded


def is_rtl(text: str) -> bool:
    """Whether more letters run right to left than left to right."""
    right = len(RTL_LETTER.findall(text))
    return right > 0 and right >= sum(
        1 for character in text if unicodedata.bidirectional(character) == "L"
    )


def line_text(glyphs: list[Glyph], *, page_is_rtl: bool) -> str:
    """The logical text of one line, from its glyphs in any order, marks already attached."""
    visual = with_spaces(sorted(glyphs, key=_visual_key))
    line_is_rtl = _line_is_rtl(visual, page_is_rtl=page_is_rtl)
    logical = _from_rtl(visual) if line_is_rtl else _from_ltr(visual)
    text = fold_presentation_forms("".join(glyph.full_text() for glyph in logical))
    return turn_brackets(text) if RTL_LETTER.search(text) else text


def _visual_key(glyph: Glyph) -> tuple[float, int]:
    # Pieces of one ligature share a box and stand in logical order.
    return glyph.middle, -glyph.index if glyph.kind == "R" else glyph.index


def with_spaces(visual: list[Glyph]) -> list[Glyph]:
    """The glyphs, left to right, with a space wherever they stand apart without one."""
    if not visual:
        return []
    result = [visual[0]]
    for before, after in pairwise(visual):
        gap = after.left - max(glyph.right for glyph in result[-3:])
        wide = gap > _SPACE_SHARE * min(before.height, after.height)
        if wide and not before.is_space and not after.is_space:
            space = Glyph(
                " ", before.right, after.left, before.bottom, before.top, before.baseline, -1
            )
            result.append(space)
        result.append(after)
    return result


def _line_is_rtl(visual: list[Glyph], *, page_is_rtl: bool) -> bool:
    text = "".join(glyph.text for glyph in visual).strip()
    if RTL_LETTER.search(text):
        begins_latin = next((glyph.kind for glyph in visual if glyph.kind in "LR"), "") == "L"
        return page_is_rtl or (is_rtl(text) and not begins_latin)
    if any(glyph.kind == "L" for glyph in visual):
        # Only Latin words: their paragraph runs right to left if its end is at the left.
        return page_is_rtl and text[:1] in ".,:;!?،؛؟" and text[-1:] not in ".,:;!?"
    return page_is_rtl


def _from_ltr(visual: list[Glyph]) -> list[Glyph]:
    """Logical order of a left-to-right line: each right-to-left stretch is turned."""
    result: list[Glyph] = []
    place = 0
    while place < len(visual):
        if visual[place].kind != "R":
            result.append(visual[place])
            place += 1
            continue
        end = _stretch_end(visual, place, core="R", inside="RNCO")
        result += _from_rtl(visual[place:end])
        place = end
    return result


def _from_rtl(visual: list[Glyph]) -> list[Glyph]:
    """Logical order of a right-to-left line: turned, but for Latin words and numbers."""
    units: list[list[Glyph]] = []
    place = 0
    while place < len(visual):
        kind = visual[place].kind
        end = place + 1
        if kind == "L":
            end = _latin_end(visual, place)
        elif kind == "N":
            end = _number_end(visual, place, joiners=_joiners(visual, place))
        units.append(visual[place:end])
        place = end
    return [glyph for unit in reversed(units) for glyph in unit]


def _stretch_end(visual: list[Glyph], start: int, *, core: str, inside: str) -> int:
    """Where a stretch ends whose last glyph is of kind ``core``, all of kinds ``inside``."""
    end = start + 1
    for place in range(start + 1, len(visual)):
        kind = visual[place].kind
        if kind not in inside:
            break
        if kind in core:
            end = place + 1
    return end


def _latin_end(visual: list[Glyph], start: int) -> int:
    """Latin words with the numbers after them and what stands between, brackets closed."""
    end = _stretch_end(visual, start, core="LN", inside="LNCO")
    inside = "".join(glyph.text for glyph in visual[start:end])
    if end < len(visual) and visual[end].text in ")]}([{":
        pair = "()" if visual[end].text in "()" else "[]" if visual[end].text in "[]" else "{}"
        if sum(inside.count(bracket) for bracket in pair) % 2:
            return end + 1
    return end


def _joiners(visual: list[Glyph], place: int) -> tuple[str, ...]:
    """The bidirectional classes that join digits of the number at ``place``.

    Signs do (859-292) unless an Arabic letter came before them in the line (rule W2), which
    in visual order lies to the right.
    """
    european = unicodedata.bidirectional(visual[place].text) == "EN"
    after_letter = any(glyph.kind == "R" for glyph in visual[place:])
    return ("CS", "ES") if european and not after_letter else ("CS",)


def _number_end(visual: list[Glyph], start: int, *, joiners: tuple[str, ...]) -> int:
    """Digits, with single separators between them (1,250.5 or 12/05)."""
    end = start + 1
    while end < len(visual):
        joins = unicodedata.bidirectional(visual[end].text) in joiners
        if visual[end].kind == "N":
            end += 1
        elif (
            joins
            and not visual[end].is_space
            and end + 1 < len(visual)
            and visual[end + 1].kind == "N"
        ):
            end += 2
        else:
            break
    return end


def turn_brackets(text: str) -> str:
    """Brackets opening to the right side in logical order, however the font drew them.

    Right-to-left text shows mirrored brackets, and files record either the shape or the
    meaning. Spacing tells: what opens follows a space and touches the next word.
    """
    characters = list(text)
    open_brackets: list[str] = []
    for place, character in enumerate(characters):
        opening = _CLOSING.get(character, character)
        if opening not in _BRACKETS:
            continue
        if _opens(characters, place, inside=opening in open_brackets):
            characters[place] = opening
            open_brackets.append(opening)
        else:
            characters[place] = _BRACKETS[opening]
            if opening in open_brackets:
                open_brackets.remove(opening)
    return "".join(characters)


def _opens(characters: list[str], place: int, *, inside: bool) -> bool:
    before = characters[place - 1] if place else " "
    after = characters[place + 1] if place + 1 < len(characters) else " "
    apart_before = not before.isalnum() and before not in '.،,:;!?؟%"'
    apart_after = not after.isalnum() and after not in "\"'"
    if apart_before != apart_after:
        return apart_before
    return not inside


def reads_backwards(text: str) -> bool:
    """Whether Arabic words stand in a text with their last letter first.

    Programs that know nothing of direction store lines as they look, left to right. Then words
    begin with letters that only end words, and end with the article turned round.
    """
    forwards = backwards = 0
    for word in _ARABIC_WORD.findall(fold_presentation_forms(text)):
        forwards += word.endswith(_ONLY_LAST) + word.startswith(_ARTICLE)
        backwards += word.startswith(_ONLY_LAST) + word.endswith(_ARTICLE[::-1])
    return backwards >= _ENOUGH_WORDS and backwards > 2 * forwards


def turn_lines(text: str) -> str:
    """A text whose lines are stored as they look, left to right, in logical order."""
    return "\n".join(
        _turned(line) if RTL_LETTER.search(line) else line for line in text.split("\n")
    )


def _turned(line: str) -> str:
    glyphs = [
        Glyph(character, place, place + 1, 0.0, 1.0, 0.0, place)
        for place, character in enumerate(line)
    ]
    return line_text(glyphs, page_is_rtl=is_rtl(fold_presentation_forms(line)))
