"""Plain text and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .arabic import reads_backwards, turn_lines
from .encodings import decode_text
from .limits import Budget
from .sections import Block, collapse, make_sections
from .types import Detail, Extraction, FileType, State

_EMPTY_LINES = re.compile(r"\n[ \t]*\n")
_FRONT_MATTER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_SHORT_LINE = 100  # characters: text whose lines are shorter was broken by its writer


def read_txt(path: Path, budget: Budget) -> Extraction:
    """Plain text: paragraphs are parted by empty lines, or, where there are none, by lines."""
    text = decode_text(path.read_bytes())
    turned = reads_backwards(text)  # asked here: afterwards the ends of lines are gone
    blocks = (Block(part) for part in _paragraphs(turn_lines(text) if turned else text))
    sections, detail = make_sections(blocks, budget)
    found = Extraction(State.READ, detail, FileType.TXT, partial=bool(detail), sections=sections)
    if turned and not detail:
        found.detail = Detail.LETTERS_TURNED
    return found


def _paragraphs(text: str) -> list[str]:
    parts = [part for page in text.split("\f") for part in _EMPTY_LINES.split(page)]
    if len(parts) > 1 or not parts:
        return parts
    lines = text.splitlines()
    longest = max((len(line) for line in lines), default=0)
    return lines if longest > _SHORT_LINE else parts


def read_md(path: Path, budget: Budget) -> Extraction:
    """Markdown (CommonMark with tables); raw HTML in it loses its tags, front matter goes."""
    text = _FRONT_MATTER.sub("", decode_text(path.read_bytes()))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    blocks = list(_blocks(tokens))
    sections, detail = make_sections(blocks, budget)
    title = next((collapse(block.text) for block in blocks if block.level == 1), "")
    return Extraction(
        State.READ, detail, FileType.MD, partial=bool(detail), title=title, sections=sections
    )


def _blocks(tokens: list[Token]) -> Iterator[Block]:
    level = 0
    row: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            yield Block(" | ".join(cell for cell in row if cell))
            row = None
        elif token.type == "inline" and row is not None:
            row.append(_inline_text(token))
        elif token.type == "inline":
            yield Block(_inline_text(token), level)
        elif token.type in ("fence", "code_block"):
            yield Block(token.content)
        elif token.type == "html_block":
            yield Block(_TAG.sub(" ", token.content))


def _inline_text(token: Token) -> str:
    """The words of a line of Markdown; of a picture its description."""
    parts: list[str] = []
    for child in token.children or []:
        if child.type in ("text", "code_inline", "image"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts)
