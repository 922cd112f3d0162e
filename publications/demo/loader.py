"""Making the demonstration's works from their sources, and removing them again.

A work is known by its translation key, which follows from its identifier. What exists stays as
editors have it; what is missing (a work, one of its editions) is made, a transaction per work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.html import format_html, format_html_join
from wagtail.fields import RichTextField

from cms.dates import parse_partial_date
from cms.loading import Row, raise_problems
from glossary.models import Concept
from network.models import Activity, Country, Organisation
from publications.demo.sources import WorkSource
from publications.documents import discard_documents, stage_document
from publications.facts import empty_facts, write_facts
from publications.markdown import markdown_to_rich_text
from publications.models import (
    Edition,
    EditionFile,
    GoodPractice,
    Guidance,
    LibraryDocument,
    Publication,
    SectionPage,
    Work,
)
from publications.tree import (
    CATALOGUE,
    SectionSpec,
    ensure_collection,
    ensure_section,
    find_section_pages,
)

NAMESPACE = UUID("3d3f1c4e-9f0b-4a3e-9b55-6f5a1d0c7e21")
DEMONSTRATION = "reslog-library-demonstration"
"""The slug of the organisation that stands for the demonstration."""

KINDS: Mapping[str, type[Edition]] = {
    kind.kind: kind for kind in (Publication, GoodPractice, Guidance)
}


@dataclass(frozen=True, slots=True)
class Lookups:
    """The rows that facts point to, fetched once."""

    themes: Mapping[str, int]
    countries: Mapping[str, str]
    organisations: Mapping[str, Organisation]
    activities: Mapping[str, int]

    @classmethod
    def fetch(cls) -> Lookups:
        """Fetch them."""
        return cls(
            themes={row.slug.removeprefix("theme-"): row.pk for row in Concept.objects.themes()},
            countries={row.pk: row.pk for row in Country.objects.all()},
            organisations={row.slug: row for row in Organisation.objects.all()},
            activities={row.slug: row.pk for row in Activity.objects.all()},
        )

    def section(self, work: WorkSource, *, demonstration: bool) -> SectionSpec:
        """Where a work belongs."""
        if demonstration:
            return SectionSpec(self.organisations[DEMONSTRATION], is_demonstration=True)
        if not work.publisher:
            return CATALOGUE
        return SectionSpec(*_known(work, "organisation", self.organisations, [work.publisher]))

    def facts(self, work: WorkSource, section: SectionSpec) -> dict[str, Any]:
        """The work's facts as ``publications.facts`` has them."""
        given = work.facts
        date, precision = parse_partial_date(given["date"]) if given["date"] else (None, "year")
        start, _dash, end = given.get("period", "").partition("-")
        publisher = section.organisation
        return empty_facts() | {
            "date": date.isoformat() if date else None,
            "date_precision": str(precision),
            "authors": list(given["authors"]),
            "licence": given.get("licence", ""),
            "publishers": [publisher.pk] if publisher else [],
            "themes": sorted(_known(work, "theme", self.themes, given["themes"])),
            "countries": sorted(_known(work, "country", self.countries, given["countries"])),
            "activities": sorted(
                _known(work, "activity", self.activities, given.get("activities", []))
            ),
            "identifiers": given.get("identifiers", []),
            "validation": given.get("validation", ""),
            "period_start": int(start) if start else None,
            "period_end": int(end) if end else None,
        }


def _known(
    work: WorkSource, kind: str, table: Mapping[str, Any], names: Iterable[str]
) -> list[Any]:
    """The keys of some names; raises ``BrokenRows`` for one that the library does not have."""
    names = list(names)
    row = Row(work.slug, 1, {})
    for name in names:
        if name not in table:
            row.complain(f"There is no {kind} “{name}” in the library.")
    raise_problems([row])
    return [table[name] for name in names]


def translation_key(work: WorkSource) -> UUID:
    """The translation key of a demonstration work or catalogue entry."""
    return uuid5(NAMESPACE, work.slug)


def load_work(work: WorkSource, lookups: Lookups, *, demonstration: bool) -> int:
    """Make the editions of a work that are missing; says how many were made."""
    key = translation_key(work)
    present = Edition.objects.filter(translation_key=key)
    languages = set(present.values_list("locale__language_code", flat=True))
    missing = [code for code in work.editions if code not in languages]
    if not missing:
        return 0
    section = lookups.section(work, demonstration=demonstration)
    pages = ensure_section(section)
    documents = _stage(work, missing, section)
    try:
        with transaction.atomic():
            if not languages:
                row = Work.objects.get_or_create(translation_key=key)[0]
                write_facts(row, lookups.facts(work, section))
            for code in missing:
                _make_edition(work, code, pages[code], documents)
    finally:
        discard_documents(documents.values())
    return len(missing)


def _stage(
    work: WorkSource, languages: Iterable[str], section: SectionSpec
) -> dict[str, LibraryDocument]:
    """The documents of some editions' files, copied but not saved, by the files' names."""
    return {
        file.name: stage_document(
            file.path, f"{work.editions[code]['title']}: {file.label}", ensure_collection(section)
        )
        for code in languages
        for file in work.files_of(code)
    }


def _make_edition(
    work: WorkSource,
    language: str,
    section_page: SectionPage,
    documents: Mapping[str, LibraryDocument],
) -> Edition:
    edition = KINDS[work.kind](
        translation_key=translation_key(work), locale=section_page.locale, live=False
    )
    for name, value in _texts(work, language).items():
        setattr(edition, name, value)
    for file in work.files_of(language):
        document = documents[file.name]
        document.save()
        edition.files.add(EditionFile(document=document, language=file.language, label=file.label))
    section_page.add_child(instance=edition)
    edition.save_revision().publish()
    return edition


def _texts(work: WorkSource, language: str) -> dict[str, Any]:
    """The fields of an edition's page, rich text as HTML."""
    edition = work.editions[language]
    kind = KINDS[work.kind]
    texts = {name: edition[name].strip() for name in ("title", "slug", "summary")}
    for name in kind.text_fields:
        value = edition.get(name, "")
        is_rich = isinstance(kind._meta.get_field(name), RichTextField)
        texts[name] = markdown_to_rich_text(value) if is_rich else value.strip()
    if "contact_role" in edition:
        texts["contact_role"] = edition["contact_role"]
    if edition.get("sources"):
        texts["body"] = _source_list(edition["sources_heading"], edition["sources"])
    return texts


def _source_list(heading: str, sources: Iterable[str]) -> str:
    """Where the facts of a catalogue entry come from, as rich text."""
    items = format_html_join("", "<li>{}</li>", ((_as_link(source),) for source in sources))
    return format_html("<h2>{}</h2><ul>{}</ul>", heading, items)


def _as_link(source: str) -> str:
    address = urlsplit(source)
    if not address.hostname:
        return source
    return format_html('<a href="{}">{}</a>', source, address.hostname.removeprefix("www."))


@dataclass(slots=True)
class Removed:
    """What was removed, and what stayed because editors made it or use it."""

    editions: int = 0
    works: int = 0
    files: int = 0
    sections: int = 0
    stayed: list[str] = field(default_factory=list)


def remove_works(works: Iterable[WorkSource]) -> Removed:
    """Remove the demonstration's works as loaded, their files and their empty section.

    Editions in languages that the sources do not have were made by editors and stay; so do
    files that somebody uploaded, or that another edition uses.
    """
    removed = Removed()
    for work in works:
        with transaction.atomic():
            _remove_work(work, removed)
    organisation = Organisation.objects.filter(slug=DEMONSTRATION).first()
    if organisation:
        with transaction.atomic():
            _remove_section(SectionSpec(organisation, is_demonstration=True), removed)
    return removed


def _remove_work(work: WorkSource, removed: Removed) -> None:
    key = translation_key(work)
    pages = Edition.objects.filter(translation_key=key)
    ours = pages.real().filter(locale__language_code__in=work.editions)
    documents = set(ours.values_list("files__document", flat=True)) - {None}
    removed.editions += ours.count()
    for page in [*pages.filter(alias_of__in=ours), *ours]:
        Edition.objects.get(pk=page.pk).delete()
    for document in LibraryDocument.objects.filter(pk__in=documents):
        if document.uploaded_by_user_id is None and not document.edition_files.exists():
            document.delete()
            removed.files += 1
        else:
            removed.stayed.append(f"the file “{document.title}”")
    if pages.exists():
        removed.stayed += [f"the edition “{page.title}”" for page in pages]
        return
    removed.works += Work.objects.filter(translation_key=key).delete()[0] and 1


def _remove_section(spec: SectionSpec, removed: Removed) -> None:
    for page in find_section_pages(spec).values():
        if page.numchild:
            removed.stayed.append(f"the section “{page.title}” ({page.locale.language_code})")
        else:
            page.delete()
            removed.sections += 1
    collection = ensure_collection(spec)
    if LibraryDocument.objects.filter(collection=collection).exists():
        removed.stayed.append(f"the collection “{collection.name}”")
    else:
        collection.delete()
