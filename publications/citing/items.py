"""A work as an item of CSL-JSON, the form that citation styles and exports are made from.

https://docs.citationstyles.org/en/stable/specification.html
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from cms.dates import Precision
from cms.names import name_in
from publications.models import Edition, Work, WorkIdentifier, WorkOrganisation

Item = dict[str, Any]

_ROLE = re.compile(r"\s*\([^()]*\)\s*$")
"""What stands behind a name, such as “(compiler)”."""

_PERSON = re.compile(r"[^\W\d_a-z][^\W\d_]*[.’'-]?(?:[^\W\d_]+)?")
"""A part of a person's name: it begins with a capital letter."""

_BODY_WORDS = """
academy agency assembly association bakanlığı belediye belediyesi birliği bureau center
centre committee council department derneği directorate enstitüsü foundation förbund
group habitat institute international kommun kommuner konseyi library ministry municipal
municipalities municipality müdürlüğü nations network office organisation organization
platform programme project regioner reslog society team undp unhcr union unit united
universitesi universitet university vakfı üniversitesi
"""
_BODIES = frozenset(_BODY_WORDS.split())
"""Words by which one knows that a name is that of a body, not of a person."""


def build_item(edition: Edition, url: str, accessed: datetime.date) -> Item:
    """A work by one of its editions; ``url`` is its permanent address.

    What is not known is left out.
    """
    work = edition.work
    numbers = {row.scheme: row.value for row in work.identifiers.all()}
    isbn = numbers.get(WorkIdentifier.Scheme.ISBN, "")
    item: Item = {
        "id": f"reslog-{work.number}-{edition.language}",
        "type": "book" if isbn else "report",
        "title": edition.title,
        "language": edition.language,
        "author": [name_parts(author) for author in work.authors],
        "issued": _date_parts(work.date, work.date_precision),
        "publisher": _publishers(work, edition.language),
        "abstract": edition.summary,
        "ISBN": isbn,
        "DOI": numbers.get(WorkIdentifier.Scheme.DOI, ""),
        "URL": url,
        "accessed": _date_parts(accessed, Precision.DAY),
    }
    return {name: value for name, value in item.items() if value}


def name_parts(name: str) -> dict[str, str]:
    """A name as CSL has it: family and given name of a person, otherwise as it is written.

    Only what looks like a person's name in Latin letters is taken apart; an editor makes sure of
    it by writing “Family, Given”.
    """
    bare = _ROLE.sub("", name).strip()
    if "," in bare:
        family, given = (part.strip() for part in bare.split(",", 1))
        return {"family": family, "given": given} if family and given else {"literal": bare}
    words = bare.split()
    if not _is_person(words):
        return {"literal": bare}
    return {"family": words[-1], "given": " ".join(words[:-1])}


def _is_person(words: list[str]) -> bool:
    if not 2 <= len(words) <= 4 or any(word.lower() in _BODIES for word in words):
        return False
    latin = all(word[0].isupper() and ord(word[0]) < 0x250 for word in words)
    shouted = any(len(word) > 2 and word.isupper() for word in words)
    return latin and not shouted and all(_PERSON.match(word) for word in words)


def _date_parts(date: datetime.date | None, precision: str) -> dict[str, Any]:
    if date is None:
        return {}
    length = {Precision.YEAR: 1, Precision.MONTH: 2}.get(Precision(precision), 3)
    return {"date-parts": [[date.year, date.month, date.day][:length]]}


def _publishers(work: Work, language: str) -> str:
    rows = work.organisations_as(WorkOrganisation.Role.PUBLISHER)
    return "; ".join(name_in(row.names, language) for row in rows)
