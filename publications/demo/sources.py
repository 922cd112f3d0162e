"""The demonstration as it lies in ``demo/``: works in four languages, catalogue entries, files.

``demo/works/<slug>/work.toml`` holds a work's facts, ``<language>.toml`` each edition's text,
``<language>.file.md`` the text of a file; ``demo/catalogue.toml`` the real publications.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cms.loading import BrokenRows, Problem, Row, raise_problems, read_toml, toml_rows

DEMO = Path(__file__).resolve().parents[2] / "demo"
FORMATS = ("pdf", "docx")
_SAFE_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file of a demonstration work and the Markdown it is typeset from."""

    work: str
    edition: str
    language: str
    format: str
    source: Path
    label: str

    @property
    def name(self) -> str:
        """The name of the finished file."""
        return f"{self.work}.{self.language}.{self.format}"

    @property
    def path(self) -> Path:
        """Where the finished file lies."""
        return self.source.parents[2] / "files" / self.name


@dataclass(frozen=True, slots=True)
class WorkSource:
    """A work: its identifier, kind and facts, its editions by language (original first), files."""

    slug: str
    kind: str
    facts: Mapping[str, Any]
    editions: Mapping[str, Mapping[str, Any]]
    files: tuple[FileSource, ...] = ()
    publisher: str = ""
    """The organisation's slug, empty when it is not known."""

    def files_of(self, language: str) -> list[FileSource]:
        """The files of the edition in a language."""
        return [file for file in self.files if file.edition == language]


def read_works(demo: Path = DEMO) -> list[WorkSource]:
    """The demonstration's own works; raises ``BrokenRows``."""
    problems: list[Problem] = []
    works: list[WorkSource] = []
    for folder in sorted((demo / "works").iterdir()):
        try:
            works.append(_read_work(folder))
        except BrokenRows as broken:
            problems += broken.problems
    if problems:
        raise BrokenRows(problems)
    return works


def _read_work(folder: Path) -> WorkSource:
    values = read_toml(folder / "work.toml")
    row = Row(f"{folder.name}/work.toml", 1, values)
    editions = {}
    for code in values.get("languages", []):
        path = folder / f"{code}.toml"
        if path.exists():
            editions[code] = read_toml(path)
            _check_edition(row, code, editions[code])
        else:
            row.complain(f"The edition {path.name} is missing.")
    files = tuple(_read_file(row, folder, file, editions) for file in values.get("files", []))
    if not editions:
        row.complain("The work has no edition.")
    raise_problems([row])
    return WorkSource(folder.name, values["kind"], values, editions, files)


def _check_edition(row: Row, code: str, edition: Mapping[str, Any]) -> None:
    for name in ("title", "slug", "summary", "body"):
        if not str(edition.get(name) or "").strip():
            row.complain(f"“{name}” is missing in {code}.toml.")
    if not _SAFE_SLUG.match(edition.get("slug", "")):
        row.complain(f"The slug of {code}.toml is not made of a-z, 0-9 and hyphens.")


def _read_file(
    row: Row, folder: Path, values: Mapping[str, str], editions: Mapping[str, Any]
) -> FileSource:
    source = folder / values["source"]
    if not source.exists():
        row.complain(f"The file {values['source']} is missing.")
    if values["edition"] not in editions:
        row.complain(f"A file belongs to the edition “{values['edition']}”, which is not there.")
    if values["format"] not in FORMATS:
        row.complain(f"A file is to be “{values['format']}”; it can be {' or '.join(FORMATS)}.")
    return FileSource(
        work=folder.name,
        edition=values["edition"],
        language=values["language"],
        format=values["format"],
        source=source,
        label=values["label"],
    )


def read_catalogue(demo: Path = DEMO, sources: Mapping[str, str] | None = None) -> list[WorkSource]:
    """The real publications, one edition per title.

    ``sources`` maps the keys by which entries name their sources to addresses.
    """
    path = demo / "catalogue.toml"
    rows = toml_rows(path, "work")
    headings = read_toml(path)["sources_heading"]
    works = [_read_entry(row, sources or {}, headings) for row in rows]
    raise_problems(rows)
    return works


def _read_entry(row: Row, sources: Mapping[str, str], headings: Mapping[str, str]) -> WorkSource:
    values = row.values
    slug = row.required("id")
    summaries = row.names("summary")
    editions = {
        title["language"]: {
            "title": title["title"],
            "slug": slug,
            "summary": summaries.get(title["language"], ""),
            "sources_heading": headings[title["language"]],
            "sources": [sources.get(key, "") for key in values.get("sources", [])],
        }
        for title in values.get("titles", [])
    }
    for code, edition in editions.items():
        if not edition["summary"]:
            row.complain(f"The summary in “{code}” is missing.")
    facts = {
        "date": str(values["year"]) if "year" in values else "",
        **{name: values.get(name, []) for name in ("authors", "themes", "countries", "activities")},
        "identifiers": [["isbn", values["isbn"]]] if "isbn" in values else [],
    }
    return WorkSource(slug, "publication", facts, editions, publisher=values.get("publisher", ""))
