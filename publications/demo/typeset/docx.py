"""Typesetting a document as DOCX: heading styles, real lists and tables, the same bytes each time.

Word keeps text in reading order and lays it out itself; a text from right to left needs that
said of every paragraph, run and table.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

from docx import Document as new_docx
from docx.enum.table import WD_TABLE_DIRECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from cms.languages import direction_of
from publications.demo.typeset.blocks import Document, Heading, Item, Paragraph, Runs, Table

ACCENT = RGBColor(12, 92, 106)
LOCALES = {"en": "en-GB", "tr": "tr-TR", "ar": "ar-LB", "sv": "sv-SE", "fr": "fr-FR"}
FONT = "Arial"  # on every computer, with Arabic
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write_docx(document: Document, path: Path) -> None:
    """Typeset a document and write it."""
    writer = _Writer(document)
    for block in document.blocks:
        writer.block(block)
    packed = io.BytesIO()
    writer.docx.save(packed)
    path.write_bytes(_with_fixed_dates(packed))


def _with_fixed_dates(packed: io.BytesIO) -> bytes:
    """The same package, its parts without the time at which they were packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            part = zipfile.ZipInfo(info.filename, _ZIP_DATE)
            new.writestr(part, old.read(info), zipfile.ZIP_DEFLATED)
    return out.getvalue()


class _Writer:
    """The document as it is being written."""

    def __init__(self, document: Document) -> None:
        self.docx: Any = new_docx()
        self.language = document.language
        self.rtl = direction_of(document.language) == "rtl"
        self.list_id = 0
        self._describe(document)
        self._set_styles()
        self._set_page()
        self._front(document)

    def _describe(self, document: Document) -> None:
        properties = self.docx.core_properties
        properties.title = document.title
        properties.author = "; ".join(document.authors)
        properties.language = LOCALES[document.language]
        properties.comments = document.notice
        properties.last_modified_by = ""
        properties.created = properties.modified = document.moment.replace(tzinfo=None)

    def _set_styles(self) -> None:
        normal = self.docx.styles["Normal"]
        normal.font.size = Pt(11)
        normal.paragraph_format.space_after = Pt(7)
        normal.paragraph_format.line_spacing = 1.2
        for name in ("Normal", "Title", "Heading 1", "Heading 2"):
            style = self.docx.styles[name]
            style.font.name = FONT
            _set_fonts(style.element.get_or_add_rPr())
            if name != "Normal":
                style.font.color.rgb = ACCENT
        self._set_language(normal.element.get_or_add_rPr())

    def _set_language(self, properties: Any) -> None:
        language = OxmlElement("w:lang")
        attribute = "w:bidi" if self.rtl else "w:val"
        language.set(qn(attribute), LOCALES[self.language])
        properties.append(language)

    def _set_page(self) -> None:
        section = self.docx.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(24)
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
            _add_field_part(footer.add_run(), kind, text)

    def _front(self, document: Document) -> None:
        self._paragraph("Title", document.heading.runs)
        publisher = self._paragraph("Normal", ())
        self._run(publisher, document.publisher, bold=True).font.color.rgb = ACCENT
        notice = self._paragraph("Normal", ())
        self._run(notice, document.notice, italic=not self.rtl)
        notice.paragraph_format.space_after = Pt(14)

    def block(self, block: object) -> None:
        """Write one block."""
        match block:
            case Heading():
                self._paragraph(f"Heading {block.level - 1}", block.runs)
            case Paragraph():
                self._paragraph("Normal", block.runs)
            case Item():
                self._item(block)
            case Table():
                self._table(block)

    def _paragraph(self, style: str, runs: Runs) -> Any:
        paragraph = self.docx.add_paragraph(style=style)
        self._fill(paragraph, runs)
        return paragraph

    def _fill(self, paragraph: Any, runs: Runs) -> None:
        if self.rtl:
            paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for run in runs:
            self._run(paragraph, run.text, bold=run.bold, italic=run.italic)

    def _run(self, paragraph: Any, text: str, *, bold: bool = False, italic: bool = False) -> Any:
        run = paragraph.add_run(text)
        run.bold, run.italic = bold or None, italic or None
        if self.rtl:
            run.font.cs_bold, run.font.rtl = bold or None, True
        return run

    def _item(self, item: Item) -> None:
        style = "List Bullet" if item.number is None else "List Number"
        paragraph = self._paragraph(style, item.runs)
        paragraph.paragraph_format.left_indent = Mm(8 * (item.level + 1))
        if item.number is None:
            return
        if item.number == 1:
            self.list_id = self._new_list(paragraph)
        number = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        number.get_or_add_numId().val = self.list_id
        number.get_or_add_ilvl().val = 0

    def _new_list(self, paragraph: Any) -> int:
        """A list of numbers that begins at 1 again."""
        numbering = self.docx.part.numbering_part.element
        style = self.docx.styles["List Number"].element.pPr.numPr.numId.val
        abstract = next(num for num in numbering.num_lst if num.numId == style).abstractNumId.val
        num = numbering.add_num(abstract)
        num.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(num.numId)

    def _table(self, table: Table) -> None:
        grid = self.docx.add_table(0, len(table.rows[0]), style="Light Grid Accent 1")
        if self.rtl:
            grid.table_direction = WD_TABLE_DIRECTION.RTL
        for row in table.rows:
            for cell, runs in zip(grid.add_row().cells, row, strict=True):
                self._fill(cell.paragraphs[0], runs)
        self.docx.add_paragraph()


def _set_fonts(properties: Any) -> None:
    fonts = properties.get_or_add_rFonts()
    for attribute in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(attribute), FONT)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(theme), None)


def _add_field_part(run: Any, kind: str, text: str) -> None:
    if kind:
        part = OxmlElement("w:fldChar")
        part.set(qn("w:fldCharType"), kind)
    else:
        part = OxmlElement("w:instrText")
        part.text = text
    run._r.append(part)
