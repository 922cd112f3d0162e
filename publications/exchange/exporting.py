"""From the library to the rows of a table, and to an archive with every file and cover."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import IO, Any

from django.db.models import QuerySet
from wagtail.models import Collection, Page, PageViewRestriction

from cms.dates import partial_iso
from glossary.models import Concept
from network.models import Activity, Organisation, Place
from publications.cleaning import clean_html
from publications.exchange.columns import COLUMNS, PLAIN_TEXTS, RICH_TEXTS, join_values
from publications.exchange.sheets import Row, write_csv, write_xlsx
from publications.facts import Facts, read_facts
from publications.identifiers import format_identifiers
from publications.models import Edition, EditionFile, LibraryDocument, SectionPage, Work

TABLE = "works.csv"

_INNER_LINK = re.compile(r'<a\b[^>]*\blinktype="(page|document)"[^>]*>')
_ID = re.compile(r'\bid="(\d+)"')


@dataclass(slots=True)
class Catalogue:
    """The rows of some works, and what has to lie beside them: names in the archive to files."""

    rows: list[Row] = field(default_factory=list)
    files: dict[str, Any] = field(default_factory=dict)


def export_catalogue(editions: QuerySet[Edition]) -> Catalogue:
    """The works of some editions as rows, in the order of their numbers."""
    catalogue = Catalogue()
    rows = editions.filter(alias_of=None).select_related("work", "locale")
    works: dict[int, list[Edition]] = {}
    for edition in rows.order_by("work_id", "locale__pk"):
        works.setdefault(edition.work_id, []).append(edition.specific)
    for group in works.values():
        _add_work(catalogue, group[0].work, [_as_exported(edition) for edition in group])
    return catalogue


def catalogue_table(editions: QuerySet[Edition], ending: str) -> bytes:
    """The catalogue as a table: ``.csv`` or ``.xlsx``."""
    write = write_xlsx if ending == ".xlsx" else write_csv
    return write(COLUMNS, export_catalogue(editions).rows)


def write_archive(target: IO[bytes], editions: QuerySet[Edition]) -> int:
    """Write a ZIP with the table, the files and the covers; says how many rows there are.

    ``import_works`` takes it back (``publications.exchange.restoring``).
    """
    catalogue = export_catalogue(editions)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(TABLE, write_csv(COLUMNS, catalogue.rows))
        for name, file in catalogue.files.items():
            with file.storage.open(file.name, "rb") as content, package.open(name, "w") as out:
                while chunk := content.read(1 << 20):
                    out.write(chunk)
    return len(catalogue.rows)


def _as_exported(edition: Edition) -> Edition:
    """An edition as readers see it; one that none may see, as its last draft says."""
    if edition.live or not edition.latest_revision_id:
        return edition
    draft: Edition = edition.get_latest_revision_as_object()
    return draft


def _add_work(catalogue: Catalogue, work: Work, editions: list[Edition]) -> None:
    facts = read_facts(work)
    if not any(edition.live for edition in editions):
        for edition in editions:
            facts |= edition.facts
    first = True
    for edition in editions:
        row = _edition_row(catalogue, work, edition)
        if first:
            row |= _facts_row(work, facts)
            first = False
        catalogue.rows.append(row)
        for file in edition.files.all():
            catalogue.rows.append(_file_row(catalogue, work, edition, file))


def _edition_row(catalogue: Catalogue, work: Work, edition: Edition) -> Row:
    section = edition.get_parent().specific
    row = {
        "work": str(work.translation_key),
        "number": str(work.pk),
        "kind": edition.kind,
        "section": _section_name(section),
        "language": edition.language,
        "title": edition.title,
        "slug": edition.slug,
        "state": "published" if edition.live else "draft",
        "visible_to": _visible_to(edition),
        "expires": edition.expire_at.isoformat() if edition.expire_at else "",
    }
    row |= {name: getattr(edition, name, "") or "" for name in PLAIN_TEXTS}
    row |= {name: outward(getattr(edition, name, "") or "") for name in RICH_TEXTS}
    if edition.cover is not None:
        image = edition.cover
        ending = PurePath(image.file.name).suffix.lower()
        name = f"covers/{image.get_file_hash()}{ending}"
        catalogue.files[name] = image.file
        row |= {"cover": name, "cover_title": image.title}
    return row


def _section_name(section: Page) -> str:
    """The short name of a section; the demonstration's says that it is."""
    assert isinstance(section, SectionPage)
    slug = section.organisation.slug if section.organisation else "catalogue"
    return f"demonstration/{slug}" if section.is_demonstration else slug


def _visible_to(edition: Edition) -> str:
    restriction = PageViewRestriction.objects.filter(page=edition.pk).first()
    if restriction is None:
        return ""
    if restriction.restriction_type != PageViewRestriction.GROUPS:
        return str(restriction.restriction_type)
    return "groups: " + join_values(sorted(group.name for group in restriction.groups.all()))


def _facts_row(work: Work, facts: Facts) -> Row:
    date = datetime.date.fromisoformat(facts["date"]) if facts["date"] else None
    names: Row = {
        "date": partial_iso(date, facts["date_precision"]),
        "authors": join_values(facts["authors"]),
        "countries": join_values(facts["countries"]),
        "identifiers": join_values(format_identifiers(facts["identifiers"]).splitlines()),
        "licence": facts["licence"],
        "validation": facts["validation"],
        "last_file": str(work.last_file_number or ""),
    }
    for name in ("publishers", "partners"):
        names[name] = _slugs(Organisation.objects, facts[name])
    names["themes"] = _slugs(Concept.objects, facts["themes"])
    names["places"] = _slugs(Place.objects, facts["places"])
    names["activities"] = _slugs(Activity.objects, facts["activities"])
    names["municipality"] = _slugs(Organisation.objects, [facts["municipality"]])
    for name in ("period_start", "period_end"):
        names[name] = str(facts[name] or "")
    return names


def _slugs(rows: Any, keys: Iterable[int | None]) -> str:
    return join_values(sorted(rows.filter(pk__in=list(keys)).values_list("slug", flat=True)))


def _file_row(catalogue: Catalogue, work: Work, edition: Edition, file: EditionFile) -> Row:
    document = file.document
    ending = PurePath(document.filename).suffix.lower()
    name = f"files/{work.pk}/{file.number}{ending}"
    catalogue.files[name] = document.file
    return {
        "work": str(work.translation_key),
        "number": str(work.pk),
        "language": edition.language,
        "file": name,
        "file_number": str(file.number or ""),
        "file_name": document.filename,
        "file_title": document.title,
        "file_language": file.language,
        "label": file.label,
        "embargo_until": file.embargo_until.isoformat() if file.embargo_until else "",
        "collection": collection_name(document.collection),
    }


def collection_name(collection: Collection) -> str:
    """A collection's name with those above it, without the root."""
    above = collection.get_ancestors(inclusive=True).filter(depth__gt=1)
    return " > ".join(above.values_list("name", flat=True))


def outward(html: str) -> str:
    """Rich text whose links to pages and files of the library are addresses that stay."""
    return clean_html(_INNER_LINK.sub(_address_of, html))


def _address_of(match: re.Match[str]) -> str:
    key = _ID.search(match[0])
    target = next(iter(_addresses(match[1], int(key[1]))), "") if key else ""
    return f'<a href="{target}">' if target else "<a>"


def _addresses(kind: str, key: int) -> Iterator[str]:
    if kind == "page":
        page = Page.objects.filter(pk=key).first()
        if page is not None:
            own = page.specific
            yield own.permanent_path() if isinstance(own, Edition) else page.url or ""
        return
    for file in EditionFile.objects.filter(document=key).select_related("edition")[:1]:
        yield f"{file.edition.number_path()}/files/{file.number}"
    for document in LibraryDocument.objects.filter(pk=key):
        yield document.url
