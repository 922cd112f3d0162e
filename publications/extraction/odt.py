"""ODT, read from its XML: text, tables row by row, notes and text boxes.

Deleted text, comments, headers and footers (which lie with the styles) are left out.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from .limits import Budget
from .metadata import clean_authors, clean_date, clean_title
from .packages import open_package, parse_xml
from .sections import Block, make_sections
from .types import Detail, Extraction, FileType, State, Unreadable

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_DC = "{http://purl.org/dc/elements/1.1/}"

_SPACES = frozenset((_TEXT + "s", _TEXT + "tab", _TEXT + "line-break"))
_PARAGRAPHS = frozenset((_TEXT + "p", _TEXT + "h"))
_SKIPPED = frozenset(
    (
        _TEXT + "tracked-changes", _TEXT + "note", _TEXT + "sequence-decls", _TEXT + "ruby-text",
        _OFFICE + "annotation", _OFFICE + "annotation-end", _OFFICE + "forms", _DRAW + "frame",
        _DRAW + "text-box", _DRAW + "custom-shape",
    )
)  # fmt: skip
_ASIDE = (_TEXT + "note-body", _DRAW + "text-box", _DRAW + "custom-shape")
_HOLDERS = frozenset((*_ASIDE, _DRAW + "frame"))
_MAX_DEPTH = 60


def read_odt(path: Path, budget: Budget) -> Extraction:
    """The text of an ODT; raises ``Unreadable``."""
    with open_package(path, budget.limits) as package:
        if b"encryption-data" in _part(package, "META-INF/manifest.xml"):
            raise Unreadable(State.LOCKED, Detail.PASSWORD)
        content = _part(package, "content.xml")
        metadata = _part(package, "meta.xml")
    body = parse_xml(content).find(f".//{_OFFICE}text")
    if body is None:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED)
    sections, detail = make_sections(_blocks(body), budget)
    extraction = Extraction(
        State.READ, detail, FileType.ODT, partial=bool(detail), sections=sections
    )
    if metadata:
        _add_metadata(extraction, parse_xml(metadata))
    return extraction


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    """A part's bytes, empty when there is none; its size has been checked."""
    return package.read(name) if name in package.namelist() else b""


def _blocks(parent: etree._Element, depth: int = 0) -> Iterator[Block]:
    if depth > _MAX_DEPTH:
        return
    for child in parent:
        if child.tag in _PARAGRAPHS:
            yield Block("".join(_text(child)), _level(child))
            for aside in _asides(child):
                yield from _blocks(aside, depth + 1)
        elif child.tag == _TABLE + "table":
            for row in child.iter(_TABLE + "table-row"):
                if next(row.iterancestors(_TABLE + "table"), None) is child:
                    yield from _row(row, depth)
        elif child.tag in _HOLDERS or child.tag not in _SKIPPED:
            yield from _blocks(child, depth + 1)


def _level(element: etree._Element) -> int:
    if element.tag != _TEXT + "h":
        return 0
    value = element.get(_TEXT + "outline-level", "1")
    return int(value) if value.isdigit() else 1


def _text(element: etree._Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in _SPACES:
            yield " "
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _text(child)
        yield child.tail or ""


def _asides(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Notes and text boxes anchored in a paragraph."""
    for element in paragraph.iter(*_ASIDE):
        holder = next(element.iterancestors(*_PARAGRAPHS), None)
        if holder is paragraph:
            yield element


def _row(row: etree._Element, depth: int) -> Iterator[Block]:
    """One block for a row; a row of one cell is only layout and keeps its paragraphs."""
    cells = [list(_blocks(cell, depth + 1)) for cell in row if cell.tag == _TABLE + "table-cell"]
    cells = [cell for cell in cells if any(block.text.strip() for block in cell)]
    if len(cells) == 1:
        yield from cells[0]
    elif cells:
        yield Block(" | ".join(" ".join(block.text for block in cell) for cell in cells))


def _add_metadata(extraction: Extraction, root: etree._Element) -> None:
    def value(tag: str) -> str:
        return root.findtext(f".//{tag}") or ""

    extraction.title = clean_title(value(_DC + "title"))
    author = value(_META + "initial-creator") or value(_DC + "creator")
    extraction.authors = clean_authors(author)
    extraction.date = clean_date(value(_META + "creation-date") or value(_DC + "date"))
