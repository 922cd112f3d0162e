"""What readers are shown of a work, beside its page's own fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from cms.languages import BY_CODE
from publications.access import Reader, file_is_embargoed, may_see_edition, may_see_file
from publications.models import Edition, EditionFile, ReadSection, Work, WorkOrganisation


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as a reader sees it; under embargo only its label and the date it comes."""

    file: EditionFile
    embargoed: bool
    language: str
    format: str
    page_count: int | None
    readable: bool


def shown_files(edition: Edition, reader: Reader) -> Iterator[ShownFile]:
    """The files of an edition that a reader may know of."""
    for file in edition.files.select_related("document__collection", "document__reading"):
        embargoed = file_is_embargoed(file)
        if not embargoed and not may_see_file(file, reader):
            continue
        reading = getattr(file.document, "reading", None)
        yield ShownFile(
            file=file,
            embargoed=embargoed,
            language=file_language(file),
            format=file.document.file_extension.upper(),
            page_count=reading.page_count if reading else None,
            readable=bool(reading and reading.state == "read"),
        )


def file_language(file: EditionFile) -> str:
    """The language of a file: as stated, else as read, else its edition's."""
    if file.language:
        return file.language
    reading = getattr(file.document, "reading", None)
    if reading and reading.language in BY_CODE:
        return str(reading.language)
    return file.edition.language


def other_editions(edition: Edition, reader: Reader) -> list[Edition]:
    """The work's editions in other languages that a reader may see."""
    others = Edition.objects.live().real().filter(work=edition.work).exclude(pk=edition.pk)
    return [other for other in others.select_related("locale") if may_see_edition(other, reader)]


def facts_for_display(work: Work) -> list[tuple[str, str]]:
    """The work's facts with their labels, in the active language; unknown ones left out."""
    period = "–".join(str(year) for year in (work.period_start, work.period_end) if year)
    rows = [
        (_("Authors"), ", ".join(work.authors)),
        (_("Date"), work.date_display()),
        (_("Publisher"), _names(work.organisations_as(WorkOrganisation.Role.PUBLISHER))),
        (_("Partners"), _names(work.organisations_as(WorkOrganisation.Role.PARTNER))),
        (_("Municipality"), str(work.municipality or "")),
        (_("Period"), period),
        (_("Countries"), _names(work.countries.all())),
        (_("Places"), _names(work.places.all())),
        (_("Themes"), _names(work.themes.prefetch_related("labels"))),
        (_("Identifiers"), ", ".join(str(row) for row in work.identifiers.all())),
        (_("Validation"), work.get_validation_display()),
        (_("Licence"), work.get_licence_display()),
    ]
    return [(str(label), str(value)) for label, value in rows if value]


def _names(rows: Any) -> str:
    return ", ".join(str(row) for row in rows)


def edition_context(edition: Edition, request: HttpRequest) -> dict[str, Any]:
    """What an edition's page shows beside its own fields."""
    reader = Reader.of(request.user)
    return {
        "facts_shown": facts_for_display(edition.work),
        "files_shown": list(shown_files(edition, reader)),
        "other_editions": other_editions(edition, reader),
        "edition_language": BY_CODE[edition.language],
    }


def section_context(
    file: EditionFile, section: ReadSection, request: HttpRequest
) -> dict[str, Any]:
    """What the reading page shows of one page or section of a file."""
    raise NotImplementedError
