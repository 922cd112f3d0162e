"""Each format, from files made on the spot."""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pptx
import pytest
from docx.oxml import parse_xml
from fpdf import FPDF
from pptx.util import Inches

from publications.extraction import Detail, Extraction, Limits, State, read_file

Read = Callable[..., Extraction]

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/Library/Fonts"))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read_bytes(data: bytes, name: str, limits: Limits | None = None) -> Extraction:
        path = tmp_path / "stored"
        path.write_bytes(data)
        return read_file(path, name, limits or Limits())

    return read_bytes


def headings_and_texts(extraction: Extraction) -> list[tuple[str, str]]:
    return [(section.heading, section.text) for section in extraction.sections]


# -- PDF --------------------------------------------------------------------------------


def pdf(*pages: str, outline: bool = False) -> bytes:
    document = FPDF()
    document.set_title("Waste plan")
    document.set_author("Ada Berg; Can Su")
    document.set_creation_date(datetime.datetime(2019, 4, 12, tzinfo=datetime.UTC))
    for number, page in enumerate(pages, start=1):
        document.add_page()
        document.set_font("Helvetica", size=12)
        if outline:
            document.start_section(f"Part {number}")
        document.multi_cell(0, 6, page)
    return bytes(document.output())


def test_pdf_pages_with_metadata_and_outline(read: Read) -> None:
    data = pdf("Water for all. " * 30, "Second page here", outline=True)
    extraction = read(data, "a.pdf")
    assert (extraction.state, extraction.page_count) == (State.READ, 2)
    assert (extraction.title, extraction.authors) == ("Waste plan", ["Ada Berg", "Can Su"])
    assert extraction.date == "2019-04-12"
    assert [section.heading for section in extraction.sections] == ["Part 1", "Part 2"]
    assert extraction.sections[0].text == " ".join(["Water for all."] * 30)
    assert {section.kind for section in extraction.sections} == {"page"}
    assert extraction.language == "en"


def test_pdf_with_too_many_pages_is_read_as_far_as_allowed(read: Read) -> None:
    extraction = read(pdf(*["Some words"] * 6), "a.pdf", Limits(pages=4))
    assert (extraction.state, extraction.partial) == (State.READ, True)
    assert (extraction.detail, extraction.page_count) == (Detail.PAGES, 6)
    assert [section.number for section in extraction.sections] == [1, 2, 3, 4]


def test_pdf_with_too_many_characters_is_read_as_far_as_allowed(read: Read) -> None:
    extraction = read(pdf(*["Twenty five characters x."] * 5), "a.pdf", Limits(characters=60))
    assert (extraction.detail, extraction.partial) == (Detail.CHARACTERS, True)
    assert len(extraction.sections) == 2


def test_a_long_scan_is_still_called_a_scan(read: Read) -> None:
    document = FPDF()
    for _ in range(3):
        document.add_page()
        document.rect(10, 10, 50, 50, style="F")
    extraction = read(bytes(document.output()), "a.pdf", Limits(pages=2))
    assert (extraction.state, extraction.detail) == (State.NO_TEXT, Detail.SCAN)


def test_pdf_without_anything_is_not_called_a_scan(read: Read) -> None:
    document = FPDF()
    document.add_page()
    extraction = read(bytes(document.output()), "a.pdf")
    assert (extraction.state, extraction.detail) == (State.NO_TEXT, Detail.EMPTY_DOCUMENT)


def font(name: str) -> Path:
    for folder in FONT_FOLDERS:
        for path in folder.rglob(name):
            return path
    pytest.skip(f"the font {name} is not installed")


ARABIC = [
    "تعمل البلديات معًا على إدارة النفايات منذ عام 2018، وخصصت 1,250.5 مليون ليرة (حوالي 40%)"
    " لمشروع RESLOG في طرابلس.",
    "أُعلن عن الخطة في 12/05/2020 و«اتفق» الشركاء على التنفيذ مع UN-Habitat وبلدية غازي عنتاب.",
    "الهاتف 03-123-456 والبريد info@example.org للتواصل.",
    "يُقدّر عدد السكان بـ 120 ألفًا، ويُشكّل اللاجئون 15% منهم.",
]


def test_arabic_pdf_of_another_producer(read: Read) -> None:
    document = FPDF()
    document.add_page()
    document.add_font("DejaVu", "", font("DejaVuSans.ttf"))
    document.set_font("DejaVu", size=12)
    document.set_text_shaping(use_shaping_engine=True, direction="rtl", script="Arab")
    for paragraph in ARABIC:
        document.multi_cell(0, 8, paragraph, align="R")
        document.ln(6)
    text = " ".join(read(bytes(document.output()), "a.pdf").text.split())
    for paragraph in ARABIC:
        assert paragraph in text


# -- DOCX -------------------------------------------------------------------------------


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def test_docx_sections_tables_and_metadata(read: Read) -> None:
    document = docx.Document()
    document.core_properties.title = "Waste plan"
    document.core_properties.author = "Ada Berg"
    document.sections[0].header.paragraphs[0].text = "RUNNING HEAD"
    document.add_heading("First", 1)
    document.add_paragraph("Some text\nwith a break.")
    table = document.add_table(2, 2)
    for cell, text in zip(table._cells, ["Year", "Tonnes", "2020", "120"], strict=True):
        cell.text = text
    document.add_heading("Second", 2)
    document.add_paragraph("More text.")
    extraction = read(saved(document), "a.docx")
    assert headings_and_texts(extraction) == [
        ("First", "First\n\nSome text with a break.\n\nYear | Tonnes\n\n2020 | 120"),
        ("Second", "Second\n\nMore text."),
    ]
    assert (extraction.title, extraction.authors) == ("Waste plan", ["Ada Berg"])
    assert extraction.page_count is None


def test_docx_title_style_names_the_document(read: Read) -> None:
    document = docx.Document()
    document.add_heading("Göç planı", 0)
    document.add_paragraph("Metin.")
    extraction = read(saved(document), "a.docx")
    assert extraction.title == "Göç planı"
    assert extraction.authors == []
    assert extraction.date == ""


def test_docx_text_boxes_come_once_and_deleted_text_never(read: Read) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Before")
    box = "<w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent>"
    paragraph._p.append(
        parse_xml(
            f'<w:r {_W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
            ' xmlns:v="urn:schemas-microsoft-com:vml">'
            '<mc:AlternateContent><mc:Choice Requires="wps">'
            f"<w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}"
            "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    paragraph._p.append(parse_xml(f"<w:del {_W}><w:r><w:delText>gone</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:ins {_W}><w:r><w:t> added</w:t></w:r></w:ins>"))
    assert read(saved(document), "a.docx").text == "Before added\n\nIn the box"


def test_docx_footnotes_follow_their_paragraph(read: Read) -> None:
    document = docx.Document()
    first = document.add_paragraph("A claim")
    first._p.append(parse_xml(f'<w:r {_W}><w:footnoteReference w:id="2"/></w:r>'))
    document.add_paragraph("The next.")
    data = with_footnotes(saved(document), f'<w:footnotes {_W}><w:footnote w:id="2"><w:p><w:r>'
        "<w:t>Its source.</w:t></w:r></w:p></w:footnote></w:footnotes>")  # fmt: skip
    assert read(data, "a.docx").text == "A claim\n\nIts source.\n\nThe next."


def with_footnotes(data: bytes, footnotes: str) -> bytes:
    relation = (
        '<Relationship Id="rId99" Target="footnotes.xml" Type="http://schemas.openxmlformats.org/'
        'officeDocument/2006/relationships/footnotes"/></Relationships>'
    )
    return rewritten(
        data,
        {
            "word/_rels/document.xml.rels": lambda part: part.replace("</Relationships>", relation),
            "word/footnotes.xml": lambda _: footnotes,
        },
    )


def rewritten(data: bytes, changes: dict[str, Callable[[str], str]]) -> bytes:
    """The package with parts changed or added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, change in changes.items():
            before = old.read(name).decode() if name in old.namelist() else ""
            new.writestr(name, change(before))
    return buffer.getvalue()


def test_long_text_without_headings_is_cut_between_paragraphs(read: Read) -> None:
    document = docx.Document()
    for number in range(30):
        document.add_paragraph(f"Paragraph {number} " + "word " * 48)
    sections = read(saved(document), "a.docx").sections
    assert [section.number for section in sections] == [1, 2, 3]
    assert all(len(section.text.split()) <= 500 for section in sections)
    assert sections[1].text.startswith("Paragraph 10 word")


# -- packages that lie --------------------------------------------------------------------


def test_a_part_that_unpacks_to_more_than_it_says_is_stopped(read: Read) -> None:
    data = rewritten(saved(docx.Document()), {"word/big.bin": lambda _: "0" * 3_000_000})
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
    lying = packed.getvalue().replace((3_000_000).to_bytes(4, "little"), bytes([9, 0, 0, 0]))
    honest = read(packed.getvalue(), "a.docx", Limits(unpacked_bytes=2_000_000))
    assert (honest.state, honest.detail) == (State.TOO_LARGE, Detail.UNPACKED_SIZE)
    assert read(lying, "a.docx", Limits(unpacked_bytes=2_000_000)).state is State.DAMAGED


def test_names_that_lead_out_of_the_package_write_nothing(read: Read, tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Text.")
    data = rewritten(saved(document), {"../../escaped.txt": lambda _: "x"})
    assert read(data, "a.docx").text == "Text."
    assert {path.name for path in tmp_path.rglob("*")} == {"stored"}


def test_a_document_cut_short_is_damaged(read: Read) -> None:
    assert read(saved(docx.Document())[:9000], "a.docx").detail == Detail.NOT_WELL_FORMED


def test_an_entity_in_utf16_is_seen_too(read: Read) -> None:
    data = odt("<text:p>x</text:p>")
    bad = (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE d [<!ENTITY a "b">]><d>&a;</d>'
    ).encode("utf-16")
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        kept = {name: old.read(name) for name in old.namelist() if name != "content.xml"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for name, part in {**kept, "content.xml": bad}.items():
            new.writestr(name, part)
    assert read(buffer.getvalue(), "a.odt").detail == Detail.XML_ENTITIES


# -- PPTX -------------------------------------------------------------------------------


def test_pptx_slides(read: Read) -> None:
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "Waste"
    frame = slide.shapes.add_textbox(0, 0, Inches(2), Inches(1)).text_frame
    frame.text = "Sorted at source"
    table = slide.shapes.add_table(1, 2, 0, 0, Inches(2), Inches(1)).table
    table.cell(0, 0).text, table.cell(0, 1).text = "2020", "120"
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "In a group"
    slide.notes_slide.notes_text_frame.text = "Only for the speaker"
    presentation.slides.add_slide(presentation.slide_layouts[6])
    extraction = read(saved(presentation), "a.pptx")
    assert extraction.page_count == 2
    assert headings_and_texts(extraction) == [
        ("Waste", "Waste\n\nSorted at source\n\n2020 | 120\n\nIn a group"),
        ("", ""),
    ]
    assert extraction.title == "Waste"


# -- ODT --------------------------------------------------------------------------------

_NS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def odt(body: str, manifest: str = "<manifest/>") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        package.writestr(
            "content.xml",
            f"<office:document-content {_NS}><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
        )
        package.writestr(
            "meta.xml",
            f"<office:document-meta {_NS}><office:meta><dc:title>Waste plan</dc:title>"
            "<meta:initial-creator>Ada Berg</meta:initial-creator>"
            "<meta:creation-date>2019-04-12T10:00:00</meta:creation-date>"
            "</office:meta></office:document-meta>",
        )
        package.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()


def test_odt_text_tables_notes_and_boxes(read: Read) -> None:
    extraction = read(
        odt(
            "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
            '<text:h text:outline-level="1">First</text:h>'
            '<text:p>Two<text:s text:c="2"/>words<text:note><text:note-citation>1'
            "</text:note-citation><text:note-body><text:p>Its source.</text:p></text:note-body>"
            "</text:note><office:annotation><text:p>a comment</text:p></office:annotation> end"
            "</text:p>"
            "<table:table><table:table-row><table:table-cell><text:p>2020</text:p>"
            "</table:table-cell><table:table-cell><text:p>120</text:p></table:table-cell>"
            "</table:table-row></table:table>"
            "<text:list><text:list-item><text:p>An item</text:p></text:list-item></text:list>"
            "<text:p><draw:frame><draw:text-box><text:p>In the box</text:p></draw:text-box>"
            "</draw:frame></text:p>"
        ),
        "a.odt",
    )
    assert headings_and_texts(extraction) == [
        (
            "First",
            "First\n\nTwo words end\n\nIts source.\n\n2020 | 120\n\nAn item\n\nIn the box",
        )
    ]
    assert extraction.title == "Waste plan"
    assert (extraction.authors, extraction.date) == (["Ada Berg"], "2019-04-12")


def test_odt_with_a_password_is_locked(read: Read) -> None:
    data = odt("<text:p>x</text:p>", "<manifest><encryption-data/></manifest>")
    assert read(data, "a.odt").state is State.LOCKED


# -- HTML, Markdown, plain text -----------------------------------------------------------


def test_html_is_what_a_reader_sees(read: Read) -> None:
    page = """<!doctype html><html><head><title>Waste plan</title>
    <meta name="author" content="Ada Berg"><meta name="dcterms.date" content="2019-04-12">
    <style>p {}</style></head><body><nav>Menu</nav><h1>First</h1><p>Some <b>bold</b>
    text</p><script>alert("x")</script><p hidden>unseen</p><table><tr><th>Year</th><th>Tonnes</th>
    </tr><tr><td><p>2020</p></td><td>120</td></tr></table>
    <div>Loose<h2>Second</h2>tail<br>line</div><!-- a comment --></body></html>"""
    extraction = read(page.encode(), "a.html")
    assert headings_and_texts(extraction) == [
        ("First", "First\n\nSome bold text\n\nYear | Tonnes\n\n2020 | 120\n\nLoose"),
        ("Second", "Second\n\ntail line"),
    ]
    assert extraction.title == "Waste plan"
    assert (extraction.authors, extraction.date) == (["Ada Berg"], "2019-04-12")


def test_html_nested_without_end_is_survived(read: Read) -> None:
    page = "<html>" + "<div>" * 50_000 + "deep"
    assert read(page.encode(), "a.html").state in (State.READ, State.NO_TEXT, State.DAMAGED)


def test_markdown(read: Read) -> None:
    text = (
        "---\nlayout: post\n---\n# Plan *one*\n\n"
        "Some [linked](http://x.example) text,\nwith `code`.\n\n"
        "## Second\n\n- an item\n- another\n\n| Year | Tonnes |\n| --- | --- |\n| 2020 | 120 |\n"
    )
    extraction = read(text.encode(), "a.md")
    assert headings_and_texts(extraction) == [
        ("Plan one", "Plan one\n\nSome linked text, with code."),
        ("Second", "Second\n\nan item\n\nanother\n\nYear | Tonnes\n\n2020 | 120"),
    ]
    assert extraction.title == "Plan one"


def test_plain_text_paragraphs(read: Read) -> None:
    assert read(b"one\nline\n\ntwo", "a.txt").text == "one line\n\ntwo"
    long_lines = f"{'word ' * 30}\nnext"
    assert len(read(long_lines.encode(), "a.txt").sections[0].paragraphs) == 2


def test_a_file_of_spaces_has_no_text(read: Read) -> None:
    extraction = read(b" \n \n", "a.txt")
    assert (extraction.state, extraction.detail) == (State.NO_TEXT, Detail.EMPTY_DOCUMENT)


def test_each_section_has_its_own_language(read: Read) -> None:
    text = (
        "# Göç planı\n\nBelediyeler göç konusunda birlikte çalışıyor ve deneyim paylaşıyor.\n\n"
        "# Summary\n\nThe municipalities work together on migration and share experience.\n\n"
        "# 2020"
    )
    extraction = read(text.encode(), "a.md")
    assert [section.language for section in extraction.sections] == ["tr", "en", ""]
