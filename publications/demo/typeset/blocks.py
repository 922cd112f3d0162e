"""A text in Markdown as blocks to typeset: headings, paragraphs, lists and tables."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the document's title."""

    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    runs: Runs


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list. ``number`` is ``None`` in a list of bullets."""

    runs: Runs
    number: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first row is its header."""

    rows: tuple[tuple[Runs, ...], ...]


Block = Heading | Paragraph | Item | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A text to typeset, with what its metadata say."""

    language: str
    authors: tuple[str, ...]
    day: datetime.date
    publisher: str
    notice: str
    """What the first page says the document is."""
    heading: Heading
    blocks: tuple[Block, ...]
    """All but the heading."""

    @property
    def title(self) -> str:
        """The title without styles."""
        return plain(self.heading.runs)

    @property
    def moment(self) -> datetime.datetime:
        """The noon of its day: what its metadata say, so that every run gives the same bytes."""
        return datetime.datetime.combine(self.day, datetime.time(12), datetime.UTC)


def plain(runs: Runs) -> str:
    """The text of some runs without its styles."""
    return "".join(run.text for run in runs)


def parse_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a text; raises ``ValueError`` for what cannot be typeset."""
    return tuple(_blocks(SyntaxTreeNode(_PARSER.parse(text)), level=0))


def _blocks(node: SyntaxTreeNode, level: int) -> Iterator[Block]:
    for child in node.children:
        match child.type:
            case "heading":
                yield Heading(int(child.tag[1]), _runs(child))
            case "paragraph":
                yield Paragraph(_runs(child))
            case "bullet_list" | "ordered_list":
                yield from _items(child, level)
            case "table":
                yield _table(child)
            case _:
                raise ValueError(f"A {child.type} in the text cannot be typeset.")


def _items(node: SyntaxTreeNode, level: int) -> Iterator[Block]:
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    for index, child in enumerate(node.children):
        first, *rest = list(_blocks(child, level + 1))
        if not isinstance(first, Paragraph):
            raise ValueError("An item of a list must begin with text.")
        yield Item(first.runs, None if start is None else start + index, level)
        yield from rest


def _table(node: SyntaxTreeNode) -> Table:
    rows = [row for part in node.children for row in part.children]
    return Table(tuple(tuple(_runs(cell) for cell in row.children) for row in rows))


def _runs(node: SyntaxTreeNode) -> Runs:
    """The styled text of a block, neighbours of one style joined."""
    joined: list[Run] = []
    for run in _leaves(node, bold=False, italic=False):
        if joined and (joined[-1].bold, joined[-1].italic) == (run.bold, run.italic):
            run = Run(joined.pop().text + run.text, run.bold, run.italic)
        joined.append(run)
    return tuple(joined)


def _leaves(node: SyntaxTreeNode, *, bold: bool, italic: bool) -> Iterator[Run]:
    for child in node.children:
        if child.type in ("softbreak", "hardbreak"):
            yield Run(" ", bold, italic)
        elif child.type in ("text", "code_inline"):
            if child.content:
                yield Run(child.content, bold, italic)
        else:
            yield from _leaves(
                child,
                bold=bold or child.type == "strong",
                italic=italic or child.type == "em",
            )
