"""When a work appeared, as far as it says so."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from django.utils import translation
from django.utils.dates import MONTHS

from cms.languages import CODES
from intake.suggesting.found import Found, Source, around
from intake.suggesting.text import FileText, Part

EARLIEST = 1950
MAX_ALONE = 60
"""Characters of a paragraph in which a date is that of the work: a line on the cover."""

_LEVANTINE = re.split(
    r"\|",
    "كانون الثاني|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين الأول|تشرين الثاني|كانون الأول",
)
"""The months as Lebanon and Syria call them; Django has the Egyptian names."""

_YEAR = r"(?P<year>(?:19|20)\d\d)"
_STATED = re.compile(
    rf"(?:©|\(c\)|copyright|publi(?:shed|cation date|é)|yayın(?:lanma)?\s+(?:tarihi|yılı)|basım|"
    rf"utgiven|utgivningsår|tryckt|تاريخ النشر|سنة النشر|الطبعة)[^\d\n]{{0,40}}{_YEAR}",
    re.IGNORECASE,
)
_ISO = re.compile(rf"(?<!\d){_YEAR}-(?P<month>0[1-9]|1[0-2])-(?P<day>[0-2]\d|3[01])(?!\d)")
_POINTED = re.compile(
    rf"(?<!\d)(?P<day>[0-2]?\d|3[01])[./](?P<month>0?[1-9]|1[0-2])[./]{_YEAR}(?!\d)"
)
_BARE = re.compile(rf"(?<![\d.,/-]){_YEAR}(?![\d/]|[.,-]\d)")


def find_date(file: FileText) -> list[Found]:
    """The date in the text of the first pages, else the day that the file's metadata give."""
    found = next(_dates(file), None)
    return [found] if found else []


def _dates(file: FileText) -> Iterator[Found]:
    front = file.front(2)
    for part in file.ends(3, 1):
        yield from _matches(_STATED, part)
    for part in front:
        for pattern in (_written(), _ISO, _POINTED):
            yield from _matches(pattern, part, alone=True)
    if file.date:
        yield Found("date", file.date, Source.METADATA)
    for part in file.front(1):
        years = list(_matches(_BARE, part))
        if len({found.value for found in years}) == 1:
            yield years[0]


def _matches(pattern: re.Pattern[str], part: Part, *, alone: bool = False) -> Iterator[Found]:
    """Dates of a part; ``alone``: those in short paragraphs, for sentences date events."""
    text = western_digits(part.text)
    for match in pattern.finditer(text):
        if alone and len(_paragraph(text, match.start())) > MAX_ALONE:
            continue
        if value := _value(match):
            yield Found("date", value, Source.TEXT, part, around(text, *match.span()))


def _paragraph(text: str, at: int) -> str:
    start = text.rfind("\n\n", 0, at) + 1
    end = text.find("\n\n", at)
    return text[start : end if end >= 0 else len(text)].strip()


def _value(match: re.Match[str]) -> str:
    """The date in ISO 8601's reduced forms; empty if there is no such day, or it is to come."""
    groups = match.groupdict()
    year, day = int(groups["year"]), int(groups.get("day") or 0)
    month = _month_number(groups.get("month") or "")
    try:
        date = datetime.date(year, month or 1, day or 1)
    except ValueError:
        return ""
    if year < EARLIEST or date > datetime.date.today() + datetime.timedelta(days=366):
        return ""
    return date.isoformat()[: 10 if day and month else 7 if month else 4]


def _month_number(text: str) -> int:
    """The number of a month, from its name in any language or from its number; 0 for neither."""
    return int(text) if text.isdigit() else _months().get(_plain(text), 0)


@cache
def _months() -> dict[str, int]:
    names: dict[str, int] = {_plain(name): at for at, name in enumerate(_LEVANTINE, 1)}
    for code in CODES:
        with translation.override(code):
            names |= {_plain(str(name)): number for number, name in MONTHS.items()}
    return names


@cache
def _written() -> re.Pattern[str]:
    """``12 May 2021``, ``Mayıs 2021``, ``May 12, 2021``, ``أيار 2021``."""
    names = sorted(_months(), key=len, reverse=True)
    month = rf"(?P<month>{'|'.join(map(_spelling, names))})"
    day = r"(?:(?P<day>[0-2]?\d|3[01])\.?\s+)?"
    return re.compile(rf"(?<!\w){day}{month}\.?(?:\s+\d\d?)?,?\s+{_YEAR}(?!\d)", re.IGNORECASE)


def _spelling(name: str) -> str:
    """A month's name as it may be written: alef with or without hamza, i with or without dot."""
    escaped = re.escape(name).replace(r"\ ", r"\s+")
    return re.sub("[iı]", "[iıİI]", re.sub("[اأآإ]", "[اأآإ]", escaped))


def _plain(name: str) -> str:
    """A name without differences that writers do not keep."""
    name = re.sub("[أآإ]", "ا", " ".join(name.split()))
    return name.replace("İ", "i").replace("I", "i").replace("ı", "i").casefold()


def western_digits(text: str) -> str:
    """The text with every decimal digit as 0 to 9; the places of characters stay."""
    return "".join(
        str(unicodedata.digit(char)) if not char.isascii() and char.isdecimal() else char
        for char in text
    )
