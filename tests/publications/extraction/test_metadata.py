"""What files say of themselves, without what programs put there."""

from __future__ import annotations

import datetime

import pytest

from publications.extraction.metadata import clean_authors, clean_date, clean_title


@pytest.mark.parametrize(
    ("found", "title"),
    [
        ("  Göç  Ana Planı ", "Göç Ana Planı"),
        ("Microsoft Word - Annual report.docx", "Annual report"),
        ("Microsoft Word - rapor_son_v2.doc", ""),
        ("scan.ar", ""),
        ("Untitled", ""),
        ("PowerPoint Presentation", ""),
        ("Document1", ""),
        ("Belge 2", ""),
        ("2020", ""),
        ("خطة البلدية", "خطة البلدية"),
        (None, ""),
    ],
)
def test_titles(found: str | None, title: str) -> None:
    assert clean_title(found) == title


@pytest.mark.parametrize(
    ("found", "authors"),
    [
        ("Ada Berg; Can Su", ["Ada Berg", "Can Su"]),
        ("Ada Berg, Can Su", ["Ada Berg", "Can Su"]),
        ("Berg, Ada", ["Berg, Ada"]),
        ("Ada Berg; Ada Berg; admin", ["Ada Berg"]),
        ("Microsoft Office User", []),
        ("python-docx", []),
        ("WeasyPrint 70.0", []),
        ("", []),
        (None, []),
    ],
)
def test_authors(found: str | None, authors: list[str]) -> None:
    assert clean_authors(found) == authors


@pytest.mark.parametrize(
    ("found", "date"),
    [
        ("D:20190412101500+03'00'", "2019-04-12"),
        ("D:2019", "2019"),
        ("2019-04", "2019-04"),
        ("2019-04-12T10:15:00Z", "2019-04-12"),
        (datetime.datetime(2019, 4, 12, tzinfo=datetime.UTC), "2019-04-12"),
        ("D:20191332", ""),
        ("1601-01-01", ""),
        ("2999-01-01", ""),
        ("2013-12-23T23:15:00Z", ""),
        ("last week", ""),
        (None, ""),
    ],
)
def test_dates(found: str | datetime.datetime | None, date: str) -> None:
    assert clean_date(found) == date
