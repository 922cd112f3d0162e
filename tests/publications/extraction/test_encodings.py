"""Text files in Unicode and in the 8-bit encodings of Turkish, Arabic and Western Europe."""

from __future__ import annotations

import pytest

from publications.extraction.encodings import decode_text, looks_like_text

TURKISH = "Şişli'de göç ve ığdır çalışmaları"
ARABIC = "تعمل البلديات معًا على إدارة النفايات"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TURKISH, "utf-8"),
        (TURKISH, "utf-8-sig"),
        (TURKISH, "utf-16"),
        (TURKISH, "utf-16-le"),
        (TURKISH, "utf-16-be"),
        (TURKISH, "cp1254"),
        (TURKISH, "iso8859-9"),
        ("göç", "cp1254"),
        ("İstanbul ışığı", "cp1254"),
        (ARABIC, "utf-8"),
        (ARABIC, "utf-16"),
        (ARABIC, "cp1256"),
        (ARABIC, "iso8859-6"),
        ("بلدية", "cp1256"),
        ("بلدية", "iso8859-6"),
        ("Municipalité de طرابلس", "cp1256"),
        ("Kommunerna i Skåne återvinner", "cp1252"),
        ("på", "cp1252"),
        ("Les réfugiés à Tripoli, où l’œuvre a été créée", "cp1252"),
        ("“Quoted” – with a dash", "cp1252"),
    ],
)
def test_decodes(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text


def test_a_wrong_declaration_does_not_mislead() -> None:
    page = '<meta charset="iso-8859-1"><p>Şişli’de ışık</p>'
    assert decode_text(page.encode("cp1254")) == page


def test_damage_is_left_out() -> None:
    data = "çalışma ışığı göçü".encode() + b"\xff\xfe\x00\x07" + "şehir".encode()
    assert decode_text(data) == "çalışma ışığı göçüşehir"


@pytest.mark.parametrize("data", [bytes(range(256)), b"\xff", b"\xfe\xff\xd8", b"\x00" * 9])
def test_never_fails(data: bytes) -> None:
    assert "\x00" not in decode_text(data)


def test_line_ends_and_letters_are_normal() -> None:
    assert decode_text("a\r\nb\rc o\u0308".encode()) == "a\nb\nc ö"


def test_tells_text_from_other_bytes() -> None:
    assert looks_like_text(TURKISH.encode("cp1254"))
    assert looks_like_text(ARABIC.encode("utf-16-le"))
    assert not looks_like_text(b"abc\x00\x00def\xff\xfe")
    assert not looks_like_text(bytes(range(256)))
