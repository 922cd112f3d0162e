"""Typesetting a document as PDF: A4, embedded subsets of open fonts, the same bytes each time.

Set with fpdf2, whose text shaping (HarfBuzz) joins Arabic letters and whose bidirectional
algorithm orders lines. Text is written in reading order, table cells too, so that programs that
read the file meet it as people do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from cms.languages import direction_of
from publications.demo.typeset.blocks import (
    Block,
    Document,
    Heading,
    Item,
    Paragraph,
    Run,
    Runs,
    Table,
    plain,
)

FONTS = Path(__file__).resolve().parents[3] / "demo" / "fonts"

MARGIN = 24.0  # millimetres, like every length here; fonts are in points
INDENT = 8.0
CELL_PADDING = 1.8
INK = (28, 32, 38)
ACCENT = (12, 92, 106)
MUTED = (95, 102, 112)
TINT = (232, 242, 243)
RULE = (196, 206, 210)


@dataclass(frozen=True, slots=True)
class Style:
    """The type of a script: its font family, size of text in points, and distance of lines."""

    family: str
    size: float
    leading: float


STYLES = {"ltr": Style("latin", 10.5, 1.45), "rtl": Style("naskh", 12.5, 1.55)}
HEADING_SIZES = {1: 2.0, 2: 1.35, 3: 1.12}  # times the size of text
POINT = 25.4 / 72
_MARKS = re.compile(r"(\*\*|__|--|~~|\\)")


def write_pdf(document: Document, path: Path) -> None:
    """Typeset a document and write it."""
    page = _Page(document)
    page.front(document)
    around = [document.heading, *document.blocks, None]
    for before, block, after in zip(around, document.blocks, around[2:], strict=False):
        page.block(block, before, after)
    page.output(str(path))


class _Page(FPDF):
    """The document as it is being set; ``start`` is the side where lines begin."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self.rtl = direction_of(document.language) == "rtl"
        self.style_of_text = STYLES["rtl" if self.rtl else "ltr"]
        self._describe(document)
        self._add_fonts()
        self.set_margins(MARGIN, MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(True, MARGIN)
        self.set_text_shaping(
            True, direction="rtl" if self.rtl else "ltr", language=document.language
        )
        self.add_page()

    def _describe(self, document: Document) -> None:
        self.set_title(document.title)
        self.set_author("; ".join(document.authors))
        self.set_lang(document.language)
        self.set_creation_date(document.moment)

    def _add_fonts(self) -> None:
        for style, name in (("", "Regular"), ("B", "Bold"), ("I", "Italic")):
            self.add_font("latin", style, FONTS / f"NotoSans-{name}.ttf")
        if self.rtl:
            for style, name in (("", "Regular"), ("B", "Bold"), ("I", "Regular")):
                self.add_font("naskh", style, FONTS / f"NotoNaskhArabic-{name}.ttf")
            self.set_fallback_fonts(["latin"], exact_match=False)

    def footer(self) -> None:
        """The page's number, and nothing that a search would find on every page."""
        self.set_y(-MARGIN * 0.6)
        self._font(0.8, colour=MUTED)
        self.cell(0, 5, str(self.page_no()), align="C")

    # --- blocks -----------------------------------------------------------------------------

    def front(self, document: Document) -> None:
        """The top of the first page: whose document, its title, and that it is demonstration."""
        self._lines((Run(document.publisher, bold=True),), 0.85, colour=ACCENT)
        self.ln(2)
        self._lines((Run(document.title, bold=True),), HEADING_SIZES[1], leading=1.25)
        self.ln(3)
        self._box(document.notice)
        self.ln(5)

    def block(self, block: Block, before: Block | None, after: Block | None) -> None:
        """Set one block between two others."""
        if isinstance(before, Item) and isinstance(block, Paragraph):
            self.ln(1.2)
        match block:
            case Heading():
                self._heading(block, after)
            case Paragraph():
                self._lines(block.runs)
                self.ln(2.4)
            case Item():
                self._item(block)
            case Table():
                self._table(block)

    def _heading(self, heading: Heading, after: Block | None) -> None:
        size = HEADING_SIZES[heading.level]
        below = self._table_height(after) if isinstance(after, Table) else 3 * self._line()
        if self.will_page_break(2 * self._line(size) + below):  # never last on a page
            self.add_page()
        elif self.get_y() > MARGIN + 1:
            self.ln(5 if heading.level == 2 else 2.5)
        runs = tuple(Run(run.text, bold=True) for run in heading.runs)
        self._lines(runs, size, colour=ACCENT if heading.level == 2 else INK, leading=1.3)
        self.ln(1.6)

    def _item(self, item: Item) -> None:
        if self.will_page_break(2 * self._line()):  # its mark must not stay behind
            self.add_page()
        indent = INDENT * (item.level + 1)
        mark = "•" if item.number is None else f"{item.number}."
        top = self.get_y()
        self._font(1, bold=True, colour=ACCENT, family="latin")
        width = INDENT - 1.5
        self.set_x(self.w - self.r_margin - indent + 1.5 if self.rtl else MARGIN + indent - INDENT)
        self.cell(width, self._line(), mark, align="R" if self.rtl else "L")
        self.set_xy(self.l_margin, top)
        self._lines(item.runs, start=indent)
        self.ln(1.2)

    def _table(self, table: Table) -> None:
        widths = self._column_widths(table)
        self.ln(1)
        if self.will_page_break(self._table_height(table)):
            self.add_page()
        for number, row in enumerate(table.rows):
            self._row(row, widths, header=number == 0)
        self.ln(4)

    def _table_height(self, table: Table) -> float:
        """The height to keep free for a table: all of it, or a page's half for a long one."""
        widths = self._column_widths(table)
        rows = enumerate(table.rows)
        height = sum(self._row_height(row, widths, header=number == 0) for number, row in rows)
        return min(height, self.eph / 2)

    def _column_widths(self, table: Table) -> list[float]:
        """Widths by how much text the columns hold, none narrower than its longest word."""
        self._font(0.9, bold=True)
        columns = list(zip(*table.rows, strict=True))
        weights = [sum(len(plain(cell)) for cell in column) ** 0.6 for column in columns]
        words = [[word for cell in column for word in plain(cell).split()] for column in columns]
        least = [max(map(self.get_string_width, column)) + 2.2 * CELL_PADDING for column in words]
        spare = max(self.epw - sum(least), 0)
        return [
            narrow + spare * weight / sum(weights)
            for narrow, weight in zip(least, weights, strict=True)
        ]

    def _row(self, row: tuple[Runs, ...], widths: list[float], *, header: bool) -> None:
        height = self._row_height(row, widths, header=header)
        if self.will_page_break(height):
            self.add_page()
        top, used = self.get_y(), 0.0
        if header:
            self.set_fill_color(*TINT)
            self.rect(self.l_margin, top, self.epw, height, style="F")
        for cell, width in zip(row, widths, strict=True):
            used += width
            x = self.w - self.r_margin - used if self.rtl else self.l_margin + used - width
            self.set_xy(x + CELL_PADDING, top + CELL_PADDING / 2)
            self._cell(cell, width - 2 * CELL_PADDING, header)
        self.set_draw_color(*RULE)
        self.line(self.l_margin, top + height, self.w - self.r_margin, top + height)
        self.set_xy(self.l_margin, top + height)

    def _row_height(self, row: tuple[Runs, ...], widths: list[float], *, header: bool) -> float:
        return max(
            self._cell_height(cell, width - 2 * CELL_PADDING, header)
            for cell, width in zip(row, widths, strict=True)
        )

    def _cell(self, runs: Runs, width: float, header: bool) -> None:
        self._font(0.9, bold=header, colour=ACCENT if header else INK)
        self._cell_of_text(width, self._line(0.9) * 0.94, _marked(runs))

    def _cell_height(self, runs: Runs, width: float, header: bool) -> float:
        self._font(0.9, bold=header)
        line = self._line(0.9) * 0.94
        return self._count(width, line, _marked(runs)) * line + CELL_PADDING

    def _box(self, text: str) -> None:
        """A tinted box with small text."""
        self._font(0.85)
        line, width = self._line(0.85), self.epw - 8
        top, height = self.get_y(), self._count(width, line, text) * line + 5
        self.set_fill_color(*TINT)
        self.rect(self.l_margin, top, self.epw, height, style="F")
        self.set_xy(self.l_margin + 4, top + 2.5)
        self._cell_of_text(width, line, text)
        self.set_xy(self.l_margin, top + height)

    # --- lines ------------------------------------------------------------------------------

    def _align(self) -> str:
        return "R" if self.rtl else "L"

    def _line(self, size: float = 1) -> float:
        """The distance of two lines of text of a size (times that of the text)."""
        return self.style_of_text.size * size * POINT * self.style_of_text.leading

    def _font(
        self, size: float, *, bold: bool = False, colour: object = INK, family: str = ""
    ) -> None:
        family = family or self.style_of_text.family
        self.set_font(family, "B" if bold else "", self.style_of_text.size * size)
        self.set_text_color(*colour)  # type: ignore[misc]

    def _lines(
        self,
        runs: Runs,
        size: float = 1,
        *,
        colour: object = INK,
        leading: float | None = None,
        start: float = 0,
    ) -> None:
        """Set runs as lines across the page, indented at their start; never one line alone."""
        self._font(size, colour=colour)
        line = self.style_of_text.size * size * POINT * (leading or self.style_of_text.leading)
        width, text = self.epw - start, _marked(runs)
        if self._count(width, line, text) > 1 and self.will_page_break(2 * line):
            self.add_page()
        self.set_x(self.l_margin + (0 if self.rtl else start))
        self._cell_of_text(width, line, text)
        self.set_x(self.l_margin)

    def _count(self, width: float, line: float, text: str) -> int:
        """How many lines a marked text takes."""
        lines = self.multi_cell(width, line, text, markdown=True, dry_run=True, output="LINES")
        return len(cast("list[str]", lines))

    def _cell_of_text(self, width: float, line: float, text: str) -> None:
        self.multi_cell(
            width,
            line,
            text,
            align=self._align(),
            markdown=True,
            new_x=XPos.LEFT,
            new_y=YPos.NEXT,
        )


def _marked(runs: Runs) -> str:
    """Runs with the marks by which fpdf2 knows bold and italic text."""
    return "".join(_marked_run(run) for run in runs)


def _marked_run(run: Run) -> str:
    text = _MARKS.sub(r"\\\1", run.text)
    inner = text.strip()
    mark = "**" if run.bold else "__" if run.italic else ""
    return text.replace(inner, f"{mark}{inner}{mark}", 1) if inner else text
