"""From a work to its record: the one module of search that knows pages and their fields.

Records are made for many works at once, with a number of queries that does not depend on how
many works there are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.text import capfirst
from wagtail.fields import RichTextField

from cms.languages import BY_CODE, INTERFACE_CODES
from cms.names import name_in
from network.models import Organisation
from publications.access import join_audiences
from publications.models import Edition, EditionFile, ReadSection, Work
from publications.presentation import file_language
from publications.restrictions import Restrictions
from search.meaning import add_meaning
from search.passages import cut_passages
from search.records import EditionRecord, FileRecord, Kind, Passage, Record, Visibility
from search.rich_text import plain_text
from search.texts import head_text

KINDS: tuple[type[Edition], ...] = tuple(Edition.__subclasses__())
"""The page types of the three kinds of work."""

NO_KIND: Kind = "publication"
"""The kind of a record without editions, of which nothing is shown."""


def published(model: type[Edition], works: Collection[int] | None) -> QuerySet[Any]:
    """The editions of one kind that readers may now find, of some works or of all."""
    current = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    rows = model.objects.live().filter(current, alias_of__isnull=True)
    return rows if works is None else rows.filter(work_id__in=works)


def build_records(works: Sequence[int], version: int, encoder: str = "") -> list[Record]:
    """The records of some works, in their order.

    One without editions stands for a work that readers must not find: it has no published
    edition, or does not exist. Passages have the cached vectors of the named encoder.
    """
    return add_meaning(_Builder(works).records(version), encoder)


class _Builder:
    """What the records of some works are made from, fetched at once."""

    def __init__(self, works: Sequence[int]) -> None:
        self._order = works
        self._editions = _editions(works)
        self._works = _works(self._editions)
        self._files = _files(self._editions)
        self._sections = _sections(self._files)
        self._restrictions = Restrictions()

    def records(self, version: int) -> list[Record]:
        """The records, each with this version."""
        return [self._record(work, version) for work in self._order]

    def _record(self, number: int, version: int) -> Record:
        editions = self._editions.get(number)
        work = self._works.get(number)
        if not editions or work is None:
            return Record(work=number, version=version, kind=NO_KIND)
        return Record(
            work=number,
            version=version,
            kind=cast(Kind, editions[0].kind),
            date=work.date.toordinal() if work.date else None,
            year=work.date.year if work.date else None,
            themes=tuple(theme.slug for theme in work.themes.all()),
            countries=tuple(country.code for country in work.countries.all()),
            organisations=tuple(dict.fromkeys(row.slug for row in _organisations(work))),
            authors=tuple(work.authors),
            places=_place_names(work),
            editions=tuple(self._edition(edition, work) for edition in editions),
        )

    def _edition(self, edition: Edition, work: Work) -> EditionRecord:
        audience = self._restrictions.page(edition.pk, edition.path)
        return EditionRecord(
            language=edition.language,
            slug=edition.slug,
            title=edition.title,
            summary=edition.summary,
            visibility=Visibility(audience, visible_until=_last_second(edition.expire_at)),
            facts=facts_text(work, edition.language),
            body=_body(edition),
            files=tuple(self._file(file, audience) for file in self._files.get(edition.pk, ())),
        )

    def _file(self, file: EditionFile, audience: str) -> FileRecord:
        document = file.document
        reading = getattr(document, "reading", None)
        sections = self._sections.get(reading.pk, ()) if reading else ()
        language = file_language(file)
        behind = self._restrictions.collection(document.collection_id)
        return FileRecord(
            number=file.number or 0,
            label=str(file),
            language=language,
            format=(reading.file_type if reading else "") or document.file_extension.lower(),
            locator_kind="page" if any(row.kind == "page" for row in sections) else "section",
            visibility=Visibility(
                join_audiences([audience, behind]),
                visible_from=_first_second(file.embargo_until),
                visible_until=_last_second(file.edition.expire_at),
            ),
            passages=_file_passages(sections, language),
        )


# What is fetched.


def _editions(works: Collection[int]) -> dict[int, list[Edition]]:
    """The published editions of each work, in the order of the site's languages."""
    found: dict[int, list[Edition]] = defaultdict(list)
    for model in KINDS:
        for edition in published(model, works).select_related("locale"):
            found[edition.work_id].append(edition)
    for editions in found.values():
        editions.sort(key=lambda edition: (INTERFACE_CODES.index(edition.language), edition.pk))
    return found


def _works(works: Iterable[int]) -> dict[int, Work]:
    rows = Work.objects.filter(pk__in=list(works)).select_related("municipality__place")
    return {
        work.pk: work
        for work in rows.prefetch_related(
            "themes__labels",
            "countries",
            "places",
            "identifiers",
            "work_organisations__organisation",
        )
    }


def _files(editions: dict[int, list[Edition]]) -> dict[int, list[EditionFile]]:
    """The files of each edition, in their order."""
    by_key = {edition.pk: edition for group in editions.values() for edition in group}
    files: dict[int, list[EditionFile]] = defaultdict(list)
    rows = EditionFile.objects.filter(edition_id__in=list(by_key), number__isnull=False)
    for file in rows.select_related("document__reading").order_by("sort_order", "pk"):
        file.edition = by_key[file.edition_id]
        files[file.edition_id].append(file)
    return files


def _sections(files: dict[int, list[EditionFile]]) -> dict[int, list[ReadSection]]:
    """The pages or sections of each reading, in their order."""
    documents = {file.document_id for group in files.values() for file in group}
    sections: dict[int, list[ReadSection]] = defaultdict(list)
    rows = ReadSection.objects.filter(reading__document_id__in=documents)
    for section in rows.order_by("reading_id", "number"):
        sections[section.reading_id].append(section)
    return sections


# What becomes of it.


def facts_text(work: Work, language: str) -> str:
    """The work's facts as its page has them in a language, and as readers may type them."""
    facts = [
        *work.authors,
        str(work.date.year) if work.date else "",
        *(name for row in _organisations(work) for name in _called(row, language)),
        *(name_in(place.names, language) for place in work.places.all()),
        *(name_in(country.names, language) for country in work.countries.all()),
        *(theme.label(language) for theme in work.themes.all()),
        *(form for row in work.identifiers.all() for form in _written(row.value)),
    ]
    return "\n".join(dict.fromkeys(fact for fact in facts if fact))


def _organisations(work: Work) -> list[Organisation]:
    """Publishers, partners and the municipality."""
    rows = [row.organisation for row in work.work_organisations.all()]
    return [*rows, work.municipality] if work.municipality else rows


def _called(organisation: Organisation, language: str) -> list[str]:
    return [name_in(organisation.names, language), organisation.acronyms]


def _written(identifier: str) -> list[str]:
    """An identifier as it stands, and an ISBN or ISSN without its hyphens."""
    compact = identifier.replace("-", "").replace(" ", "")
    return [identifier, compact] if compact[:-1].isdigit() else [identifier]


def _place_names(work: Work) -> tuple[str, ...]:
    """The names, in every language, of the places and countries of a work."""
    rows: list[Any] = [*work.places.all(), *work.countries.all()]
    if work.municipality and work.municipality.place:
        rows.append(work.municipality.place)
    return tuple(dict.fromkeys(name for row in rows for name in row.names.values() if name))


def _body(edition: Edition) -> tuple[Passage, ...]:
    """The passages of title and summary, then of a page's own texts, each text under its name."""
    texts = [("", head_text(edition.title, edition.summary)), *_texts(edition)]
    return _passages(_Piece(text, edition.language, None, name) for name, text in texts)


def _texts(edition: Edition) -> Iterator[tuple[str, str]]:
    """What a page's texts are called in its language, and their plain text."""
    for name in edition.text_fields:
        field = edition._meta.get_field(name)
        value = getattr(edition, name)
        with translation.override(edition.language):
            heading = "" if name == "body" else capfirst(str(field.verbose_name))
        yield heading, plain_text(value) if isinstance(field, RichTextField) else value


class _Piece(NamedTuple):
    """A text of one language that stands in one place."""

    text: str
    language: str
    locator: int | None
    heading: str


def _file_passages(sections: Iterable[ReadSection], language: str) -> tuple[Passage, ...]:
    """The passages of a file; none crosses a page or mixes languages."""
    return _passages(
        _Piece(
            section.text,
            section.language if section.language in BY_CODE else language,
            section.number,
            section.heading,
        )
        for section in sections
    )


def _passages(pieces: Iterable[_Piece]) -> tuple[Passage, ...]:
    """The passages of several texts, numbered through."""
    spans = ((piece, span) for piece in pieces for span in cut_passages(piece.text, piece.language))
    return tuple(
        Passage(number, piece.language, piece.text[start:end], piece.locator, piece.heading)
        for number, (piece, (start, end)) in enumerate(spans)
    )


def _first_second(moment: datetime | None) -> int | None:
    """The first whole second that is not before a moment."""
    return None if moment is None else math.ceil(moment.timestamp())


def _last_second(moment: datetime | None) -> int | None:
    """The whole second from which a moment may have passed."""
    return None if moment is None else math.floor(moment.timestamp())
