"""From the blocks of a document without pages to sections a reader can be sent to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .limits import Budget, LimitReached
from .types import Detail, Section

SECTION_WORDS = 500
_CUT_LEVEL = 3  # headings of levels 1 to 3 begin a section

_SENTENCE = re.compile(r"(?<=[.!?؟…])\s+")


@dataclass(slots=True)
class Block:
    """A paragraph, a row of a table, or a heading (``level`` from 1; 0 for text)."""

    text: str
    level: int = 0


def collapse(text: str) -> str:
    """White space to single spaces; soft hyphens and zero-width joints of layout go."""
    return " ".join(text.replace("\u00ad", "").replace("\u200b", "").split())


def make_sections(blocks: Iterable[Block], budget: Budget) -> tuple[list[Section], Detail]:
    """Sections cut at headings, and after some 500 words; why it ends early, if it does.

    A heading is both the section's ``heading`` and the first paragraph of its text.
    A section that goes on in the next one hands its heading on.
    """
    sections = _SectionMaker()
    try:
        for block in blocks:
            text = collapse(budget.spend(block.text))
            if text and 0 < block.level <= _CUT_LEVEL:
                sections.begin(text)
            elif text:
                for piece in _pieces(text):
                    sections.add(piece)
    except LimitReached as limit:
        return sections.finish(), limit.detail
    return sections.finish(), Detail.NONE


class _SectionMaker:
    def __init__(self) -> None:
        self._sections: list[Section] = []
        self._heading = ""
        self._paragraphs: list[str] = []
        self._words = 0
        self._only_headings = True

    def begin(self, heading: str) -> None:
        """Headings that follow each other without text between stay in one section."""
        if not self._only_headings:
            self._close()
        self._heading = heading
        self._paragraphs.append(heading)

    def add(self, paragraph: str) -> None:
        words = len(paragraph.split())
        if self._words and self._words + words > SECTION_WORDS:
            self._close()
        self._paragraphs.append(paragraph)
        self._words += words
        self._only_headings = False

    def finish(self) -> list[Section]:
        if self._paragraphs:
            self._close()
        return self._sections

    def _close(self) -> None:
        number = len(self._sections) + 1
        text = "\n\n".join(self._paragraphs)
        self._sections.append(Section(number, "section", self._heading, text))
        self._paragraphs, self._words, self._only_headings = [], 0, True


def _pieces(paragraph: str) -> Iterable[str]:
    """The paragraph; one of more than a section's length is cut between sentences."""
    if paragraph.count(" ") < SECTION_WORDS:
        return [paragraph]
    pieces: list[list[str]] = [[]]
    words = 0
    for sentence in _SENTENCE.split(paragraph):
        length = sentence.count(" ") + 1
        if words and words + length > SECTION_WORDS:
            pieces.append([])
            words = 0
        pieces[-1].append(sentence)
        words += length
    return [" ".join(piece) for piece in pieces]
