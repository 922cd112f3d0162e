"""The type is told by content; the name has to agree."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pptx
import pytest

from publications.extraction import FileType, RefusalReason, Refused, detect_type


def office(kind: str) -> bytes:
    buffer = io.BytesIO()
    (docx.Document() if kind == "docx" else pptx.Presentation()).save(buffer)
    return buffer.getvalue()


def package(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, text in parts.items():
            zipped.writestr(name, text)
    return buffer.getvalue()


ODT = package(mimetype="application/vnd.oasis.opendocument.text")
XLSX = package(
    **{
        "[Content_Types].xml": '<Types><Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    }
)
MACROS = package(
    **{
        "[Content_Types].xml": '<Types><Override PartName="/word/document.xml" ContentType='
        '"application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>',
        "word/document.xml": "<w/>",
    }
)
LOCKED_OFFICE = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500) + "EncryptedPackage".encode("utf-16-le")
)


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"%PDF-1.7\n", "a.pdf", FileType.PDF),
        (b"\n%PDF-1.7\n", "A.PDF", FileType.PDF),
        (office("docx"), "a.docx", FileType.DOCX),
        (office("docx")[:6000], "cut-short.docx", FileType.DOCX),
        (office("pptx"), "a.pptx", FileType.PPTX),
        (ODT, "a.odt", FileType.ODT),
        (LOCKED_OFFICE, "locked.docx", FileType.DOCX),
        (b"<!DOCTYPE html><p>x", "a.html", FileType.HTML),
        (b"\xef\xbb\xbf <!-- c --> <HTML>", "a.htm", FileType.HTML),
        (b"<p>a fragment</p>", "a.html", FileType.HTML),
        ("şehir".encode("cp1254"), "a.txt", FileType.TXT),
        ("şehir".encode("utf-16"), "a.txt", FileType.TXT),
        ("# şehir".encode(), "a.md", FileType.MD),
        (b"MZ is also how a word may begin", "a.txt", FileType.TXT),
        (b"no extension", "README", FileType.TXT),
    ],
)  # fmt: skip
def test_content_decides(content: bytes, name: str, expected: FileType) -> None:
    assert detect_type(content, name) is expected


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.txt", RefusalReason.EMPTY),
        (b"%PDF-1.7\n", "a.docx", RefusalReason.NAME_DISAGREES),
        (office("pptx"), "a.docx", RefusalReason.NAME_DISAGREES),
        (ODT, "a.docx", RefusalReason.NAME_DISAGREES),
        (b"plain words", "a.pdf", RefusalReason.NAME_DISAGREES),
        (b"<html><script>alert(1)</script>", "a.txt", RefusalReason.NAME_DISAGREES),
        (b"plain words", "a.html", RefusalReason.NAME_DISAGREES),
        (b"plain words", "a.exe", RefusalReason.NOT_ALLOWED),
        (b"MZ" + bytes(100), "a.pdf", RefusalReason.NOT_ALLOWED),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.txt", RefusalReason.NOT_TEXT),
        (b"{\\rtf1 hello}", "a.txt", RefusalReason.NOT_ALLOWED),
        (XLSX, "a.docx", RefusalReason.NOT_ALLOWED),
        (MACROS, "a.docx", RefusalReason.NOT_ALLOWED),
        (package(other="x"), "a.docx", RefusalReason.NOT_ALLOWED),
        (LOCKED_OFFICE, "a.txt", RefusalReason.NOT_ALLOWED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "old.docx", RefusalReason.NOT_ALLOWED),
    ],
)
def test_the_rest_is_refused(content: bytes, name: str, reason: RefusalReason) -> None:
    with pytest.raises(Refused) as refused:
        detect_type(content, name)
    assert refused.value.reason_code == reason


def test_a_path_and_an_open_file_do_as_well(tmp_path: Path) -> None:
    path = tmp_path / "any"
    path.write_bytes(office("docx"))
    assert detect_type(path, "a.docx") is FileType.DOCX
    with path.open("rb") as file:
        file.seek(7)
        assert detect_type(file, "a.docx") is FileType.DOCX
        assert file.tell() == 7


def test_every_type_says_its_name_and_media_type() -> None:
    assert {FileType.from_code(file_type.code) for file_type in FileType} == set(FileType)
    assert [file_type.code for file_type in FileType if file_type.paged] == ["pdf", "pptx"]
    assert len({file_type.mime for file_type in FileType}) == len(FileType)
