"""Files for reference managers: BibTeX, RIS and CSL-JSON, all UTF-8."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publications.citing.items import Item

_BIBTEX_SPECIAL = re.compile(r"([\\{}$&#%_^~])")
_BIBTEX_ESCAPES = {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export: what it is called, its media type, and how an item is written in it."""

    label: str
    media_type: str
    write: Callable[[Item], str]


def export(item: Item, extension: str) -> tuple[str, str]:
    """The text of an item in a format of `FORMATS`, and its media type; raises ``KeyError``."""
    chosen = FORMATS[extension]
    return chosen.write(item), chosen.media_type


def _json(item: Item) -> str:
    return json.dumps([item], ensure_ascii=False, indent=2) + "\n"


def _bibtex(item: Item) -> str:
    """One entry; a body's name stands in braces so that nobody takes it apart."""
    year, month, _day = _date(item)
    fields = {
        "title": "{" + _escaped(item["title"]) + "}",
        "author": " and ".join(map(_bibtex_name, item.get("author", []))),
        "year": year,
        "month": month,
        ("publisher" if item["type"] == "book" else "institution"): _escaped(
            item.get("publisher", "")
        ),
        "isbn": item.get("ISBN", ""),
        "doi": item.get("DOI", ""),
        "url": item["URL"],
        "language": item["language"],
        "abstract": _escaped(item.get("abstract", "")),
    }
    kind = "book" if item["type"] == "book" else "techreport"
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{item['id']},", *lines, "}"]) + "\n"


def _bibtex_name(name: dict[str, str]) -> str:
    if "literal" in name:
        return "{" + _escaped(name["literal"]) + "}"
    return f"{_escaped(name['family'])}, {_escaped(name['given'])}"


def _escaped(text: str) -> str:
    plain = " ".join(text.split())
    return _BIBTEX_SPECIAL.sub(
        lambda sign: _BIBTEX_ESCAPES.get(sign.group(), "\\" + sign.group()), plain
    )


def _ris(item: Item) -> str:
    """One reference; a line each, as the format has it: a tag, two spaces, a hyphen, a space."""
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in _ris_rows(item))


def _ris_rows(item: Item) -> Iterator[tuple[str, str]]:
    year, month, day = _date(item)
    yield "TY", "BOOK" if item["type"] == "book" else "RPRT"
    yield "TI", item["title"]
    for name in item.get("author", []):
        yield "AU", name.get("literal") or f"{name['family']}, {name['given']}"
    optional = {
        "PY": year,
        "DA": "/".join(filter(None, (year, month, day))) if month else "",
        "PB": item.get("publisher", ""),
        "SN": item.get("ISBN", ""),
        "DO": item.get("DOI", ""),
        "LA": item["language"],
        "AB": item.get("abstract", ""),
        "UR": item["URL"],
    }
    yield from ((tag, value) for tag, value in optional.items() if value)
    yield "ER", ""


def _date(item: Item) -> tuple[str, str, str]:
    """Year, month and day with their zeros, each empty where it is not known."""
    parts = item.get("issued", {}).get("date-parts", [[]])[0]
    year, month, day = (*parts, 0, 0, 0)[:3]
    return str(year or ""), f"{month:02}" if month else "", f"{day:02}" if day else ""


FORMATS: dict[str, Format] = {
    "bib": Format("BibTeX", "application/x-bibtex; charset=utf-8", _bibtex),
    "ris": Format("RIS", "application/x-research-info-systems; charset=utf-8", _ris),
    "json": Format("CSL-JSON", "application/vnd.citationstyles.csl+json; charset=utf-8", _json),
}
"""The formats of export by the ending of their address."""
