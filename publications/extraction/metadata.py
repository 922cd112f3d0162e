"""Title, authors and date as files carry them, without what programs write there unasked."""

from __future__ import annotations

import datetime
import re

_EARLIEST_YEAR = 1980

_TITLE_PREFIX = re.compile(r"^(?:microsoft\s+\w+|powerpoint|word)\s+-\s+", re.IGNORECASE)
_FILE_ENDING = re.compile(r"\.(?:docx?|pptx?|odt|rtf|pdf|indd|qxd|pages|txt|html?)$", re.IGNORECASE)
_EMPTY_TITLES = re.compile(
    r"^(?:untitled.*|adsız.*|namnlös.*|sans titre.*|powerpoint[- ]\w+|word document|"
    r"(?:document|belge|dokument|presentation|sunu|slide|diapositive)\s*\d*|"
    r"(?:slayt|bild|folie)\s*\d+|title|title of document|بدون عنوان)$",
    re.IGNORECASE,
)
_NOT_AUTHORS = re.compile(
    r"^(?:admin\w*|user\w*|owner|unknown|anonymous|author|root|pc|hp|dell|lenovo|asus|acer|casper|"
    r"toshiba|microsoft.*|windows.*|office.*|kullanıcı|användare|utilisateur|python-\w+|"
    r"libreoffice.*|openoffice.*|adobe.*|acrobat.*|weasyprint.*|canva|steve canny|x|-)$",
    re.IGNORECASE,
)
_AUTHOR_SEPARATOR = re.compile(r"\s*[;\n|؛]\s*")
_PDF_DATE = re.compile(r"^D?:?(\d{4})(\d{2})?(\d{2})?")

# The days on which the empty templates of python-docx and python-pptx were made.
_TEMPLATE_DATES = ("2013-12-23", "2013-01-27")


def clean_title(title: str | None) -> str:
    """The title, or "" when it is only a file's name or a program's word for "no title"."""
    title = " ".join((title or "").replace("\x00", "").split())
    title = _TITLE_PREFIX.sub("", title)
    title = _FILE_ENDING.sub("", title)
    is_file_name = " " not in title and ("." in title or "_" in title or "-" in title)
    if is_file_name or _EMPTY_TITLES.match(title) or not any(c.isalpha() for c in title):
        return ""
    return title


def clean_authors(authors: str | None) -> list[str]:
    """The names in a metadata field, as written; accounts and programs are left out."""
    text = (authors or "").replace("\x00", "").strip()
    names = _AUTHOR_SEPARATOR.split(text)
    by_comma = re.split(r"\s*[,،]\s*", text)
    if len(names) == 1 and len(by_comma) > 1 and all(" " in name for name in by_comma):
        names = by_comma  # "Ada Berg, Can Su", but not "Berg, Ada"
    cleaned = (" ".join(name.split()) for name in names)
    return list(dict.fromkeys(name for name in cleaned if name and not _NOT_AUTHORS.match(name)))


def clean_date(value: str | datetime.datetime | None) -> str:
    """An ISO date (year, month or day as known) from ISO 8601, a PDF's date or a datetime."""
    if isinstance(value, datetime.datetime):
        value = value.isoformat()
    text = (value or "").strip()
    match = _PDF_DATE.match(text.replace("-", "")) if re.match(r"^(?:D:)?\d{4}", text) else None
    if match is None:
        return ""
    parts = [int(part) for part in match.groups() if part]
    try:
        day = datetime.date(*[*parts, 1, 1][:3])
    except ValueError:
        return ""
    latest = datetime.date.today() + datetime.timedelta(days=1)
    iso = day.isoformat()[: {1: 4, 2: 7, 3: 10}[len(parts)]]
    if day.year < _EARLIEST_YEAR or day > latest or iso in _TEMPLATE_DATES:
        return ""
    return iso
