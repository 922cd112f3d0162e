"""DOCX: paragraphs, tables row by row, text boxes and notes, in the order of the document.

Headers and footers, deleted text, comments and field codes are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from lxml import etree

from .limits import Budget
from .metadata import clean_authors, clean_date, clean_title
from .packages import open_package, parse_xml
from .sections import Block, collapse, make_sections
from .types import Extraction, FileType, State

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"

_BREAKS = frozenset((_W + "tab", _W + "br", _W + "cr", _W + "ptab"))
_SKIPPED = frozenset(
    (
        _W + "del", _W + "moveFrom", _W + "instrText", _W + "delText", _W + "rPr", _W + "pPr",
        _W + "txbxContent", _MC + "Fallback",
    )
)  # fmt: skip
_CONTAINERS = frozenset(
    (
        _W + "sdt", _W + "sdtContent", _W + "customXml", _W + "ins", _W + "moveTo", _W + "smartTag",
        _MC + "AlternateContent", _MC + "Choice",
    )
)  # fmt: skip
_MAX_DEPTH = 40  # tables in tables


def read_docx(path: Path, budget: Budget) -> Extraction:
    """The text of a DOCX; raises ``Unreadable``."""
    with open_package(path, budget.limits):
        document = docx.Document(str(path))
    reader = _Reader(document)
    sections, detail = make_sections(reader.blocks(document.element.body), budget)
    properties = document.core_properties
    return Extraction(
        State.READ,
        detail,
        FileType.DOCX,
        partial=bool(detail),
        title=clean_title(properties.title) or reader.title,
        authors=clean_authors(properties.author),
        date=clean_date(properties.created),
        sections=sections,
    )


class _Reader:
    def __init__(self, document: Document) -> None:
        self.title = ""
        """The first paragraph in the style for titles."""
        self._levels = _heading_levels(document)
        self._notes = {
            "footnoteReference": _notes(document, RELATIONSHIP_TYPE.FOOTNOTES, "footnote"),
            "endnoteReference": _notes(document, RELATIONSHIP_TYPE.ENDNOTES, "endnote"),
        }

    def blocks(self, parent: etree._Element, depth: int = 0) -> Iterator[Block]:
        """What a body, a cell, a text box or a note holds."""
        if depth > _MAX_DEPTH:
            return
        for child in parent:
            if child.tag == _W + "p":
                yield from self._paragraph(child, depth)
            elif child.tag == _W + "tbl":
                for row in child.iter(_W + "tr"):
                    if _nearest(row, _W + "tbl") is child:
                        yield from self._row(row, depth)
            elif child.tag in _CONTAINERS:
                yield from self.blocks(child, depth)

    def _paragraph(self, paragraph: etree._Element, depth: int) -> Iterator[Block]:
        level, is_title = self._level(paragraph)
        text = "".join(_text(paragraph))
        if is_title and not self.title:
            self.title = collapse(text)
        yield Block(text, level)
        for box in _text_boxes(paragraph):
            yield from self.blocks(box, depth + 1)
        for name, notes in self._notes.items():
            for reference in paragraph.iter(_W + name):
                note = notes.get(reference.get(_W + "id", ""))
                if note is not None and _nearest(reference, _W + "p") is paragraph:
                    yield from self.blocks(note, depth + 1)

    def _row(self, row: etree._Element, depth: int) -> Iterator[Block]:
        """One block for a row; a row of one cell is only layout and keeps its paragraphs."""
        cells = [
            list(self.blocks(cell, depth + 1))
            for cell in row.iter(_W + "tc")
            if _nearest(cell, _W + "tr") is row
        ]
        cells = [cell for cell in cells if any(block.text.strip() for block in cell)]
        if len(cells) == 1:
            yield from cells[0]
        elif cells:
            yield Block(" | ".join(_joined(cell) for cell in cells))

    def _level(self, paragraph: etree._Element) -> tuple[int, bool]:
        properties = paragraph.find(_W + "pPr")
        if properties is None:
            return 0, False
        outline = _outline_level(properties)
        style = properties.find(_W + "pStyle")
        level, is_title = (
            self._levels.get(style.get(_W + "val", ""), (0, False))
            if (style is not None)
            else (0, False)
        )
        return (outline if outline is not None else level), is_title


def _joined(blocks: list[Block]) -> str:
    return " ".join(block.text.strip() for block in blocks if block.text.strip())


def _nearest(element: etree._Element, tag: str) -> etree._Element | None:
    """The nearest ancestor with ``tag``."""
    return next(element.iterancestors(tag), None)


def _text(element: etree._Element) -> Iterator[str]:
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag in (_W + "t", _M + "t"):
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield " "
        elif child.tag == _W + "noBreakHyphen":
            yield "-"
        elif child.tag == _W + "sym":
            yield " "
        elif isinstance(child.tag, str):
            yield from _text(child)


def _text_boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """The text boxes anchored in a paragraph, once each (files hold them in two forms)."""
    for box in paragraph.iter(_W + "txbxContent"):
        inside_fallback = _nearest(box, _MC + "Fallback") is not None
        if not inside_fallback and _nearest(box, _W + "p") is paragraph:
            yield box


def _outline_level(properties: etree._Element) -> int | None:
    outline = properties.find(_W + "outlineLvl")
    if outline is None:
        return None
    value = outline.get(_W + "val", "")
    return int(value) + 1 if value.isdigit() and int(value) < 9 else 0


def _heading_levels(document: Document) -> dict[str, tuple[int, bool]]:
    """By style: its heading level (0 for text), and whether it is the style for titles.

    Built-in styles keep their English name in any language of Word. A style without a level
    of its own has that of the one it is based on.
    """
    styles = {
        style.get(_W + "styleId", ""): style for style in document.styles.element.iter(_W + "style")
    }
    return {key: _style_level(key, styles) for key in styles}


def _style_level(key: str, styles: dict[str, etree._Element]) -> tuple[int, bool]:
    for _ in range(10):  # a chain of styles may be a ring
        style = styles.get(key)
        if style is None:
            break
        name = _child_value(style, "name").lower()
        if name == "title":
            return 1, True
        if name.startswith("heading ") and name[8:].isdigit():
            return int(name[8:]), False
        properties = style.find(_W + "pPr")
        level = _outline_level(properties) if properties is not None else None
        if level is not None:
            return level, False
        key = _child_value(style, "basedOn")
    return 0, False


def _child_value(element: etree._Element, name: str) -> str:
    child = element.find(_W + name)
    return child.get(_W + "val", "") if child is not None else ""


def _notes(document: Document, relationship: str, name: str) -> dict[str, etree._Element]:
    """Footnotes or endnotes by their number in the file."""
    for relation in document.part.rels.values():
        if relation.reltype == relationship and not relation.is_external:
            root = parse_xml(relation.target_part.blob)
            return {
                note.get(_W + "id", ""): note
                for note in root.iter(_W + name)
                if note.get(_W + "type", "normal") == "normal"
            }
    return {}
