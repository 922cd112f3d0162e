"""What readers are shown of a work, beside its page's own fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.labels import number_label
from cms.languages import BY_CODE
from publications.access import Reader, file_is_embargoed
from publications.citing import FORMATS, build_item, cite
from publications.extraction import FileType
from publications.metadata import Addresses, json_ld, meta_tags
from publications.models import (
    Edition,
    EditionFile,
    Reading,
    ReadSection,
)
from publications.page_images import THUMBNAIL, image_size, thumbnail_path
from publications.restrictions import Restrictions, visible_editions
from publications.shown_facts import shown_facts

FACTS = (
    "themes__labels",
    "countries",
    "places",
    "activities",
    "identifiers",
    "work_organisations__organisation",
)
"""What a work's page tells in several places, fetched once."""


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file as a reader sees it; under embargo only its label and the date it comes."""

    file: EditionFile
    embargoed: bool
    language: str
    format: str = ""
    size: int | None = None
    page_count: int | None = None
    readable: bool = False
    has_cover: bool = False
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image's address and its size in pixels, so that the page keeps the space for it."""

    url: str
    width: int
    height: int


def shown_files(editions: Iterable[Edition], reader: Reader) -> Iterator[ShownFile]:
    """The files of some editions that a reader may know of, edition by edition."""
    restrictions = Restrictions()
    for edition in editions:
        for file in edition.files.select_related("document__reading"):
            if reader.admitted_by(restrictions.collection(file.document.collection_id)):
                yield _shown_file(file)


def _shown_file(file: EditionFile) -> ShownFile:
    if file_is_embargoed(file):
        return ShownFile(file, embargoed=True, language=file_language(file))
    reading = getattr(file.document, "reading", None)
    return ShownFile(
        file=file,
        embargoed=False,
        language=file_language(file),
        format=file.document.file_extension.upper(),
        size=file.document.file_size,
        page_count=reading.page_count if reading else None,
        readable=bool(reading and reading.state == Reading.State.READ),
        has_cover=bool(reading and reading.cover),
        media_type=_media_type(reading),
    )


def _media_type(reading: Reading | None) -> str:
    """What a file's content was found to be; empty while it was not read."""
    code = reading.file_type if reading else ""
    return next((kind.mime for kind in FileType if kind.code == code), "")


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
    others = Edition.objects.live().real().filter(work=edition.work_id).exclude(pk=edition.pk)
    return list(visible_editions(others.select_related("locale", "cover"), reader))


def cover_name(editions: Iterable[Edition], files: Iterable[ShownFile]) -> str | None:
    """The stored image of a work's cover: the chosen one, else the first page of its first PDF.

    Both of the editions that the reader may see, the one to show first.
    """
    if chosen := _chosen_cover(editions, "max-640x900"):
        return chosen
    reading = _first_with_cover(files)
    return reading.cover.name if reading else None


def thumbnail_name(editions: Iterable[Edition], files: Iterable[ShownFile]) -> str | None:
    """The same image, small."""
    width, height = THUMBNAIL
    if chosen := _chosen_cover(editions, f"max-{width}x{height}"):
        return chosen
    reading = _first_with_cover(files)
    return thumbnail_path(reading) if reading else None


def _chosen_cover(editions: Iterable[Edition], size: str) -> str | None:
    covers = (edition.cover for edition in editions if edition.cover is not None)
    first = next(covers, None)
    return str(first.get_rendition(f"{size}|format-webp").file.name) if first else None


def _first_with_cover(files: Iterable[ShownFile]) -> Reading | None:
    return next((shown.file.document.reading for shown in files if shown.has_cover), None)


def _cover(edition: Edition, name: str | None) -> ShownImage | None:
    size = image_size(name or "")
    if size is None:
        return None
    return ShownImage(reverse("work_cover", args=[edition.work_id]), *size)


def edition_context(edition: Edition, request: HttpRequest) -> dict[str, Any]:
    """What an edition's page shows beside its own fields."""
    reader = Reader.of(request.user)
    prefetch_related_objects([edition.work], *FACTS)
    others = other_editions(edition, reader)
    visible = [edition, *others]
    files = list(shown_files(visible, reader))
    cover = _cover(edition, cover_name(visible, files))
    addresses = _addresses(visible, files, cover, request)
    cited = request.build_absolute_uri(edition.number_path())
    item = build_item(edition, cited, timezone.localdate())
    return {
        "facts_shown": shown_facts(edition.work),
        "files_shown": files,
        "first_readable": next((shown for shown in files if shown.readable), None),
        "other_editions": others,
        "edition_language": BY_CODE[edition.language],
        "is_foreign": edition.language != get_language(),
        "cover": cover,
        "canonical": addresses.edition,
        "permanent": addresses.permanent,
        "alternates": [{"language": code, "url": url} for code, url in addresses.editions.items()],
        "meta_tags": meta_tags(edition, item, addresses),
        "json_ld": json_ld(edition, others, item, addresses),
        "citations": list(cite(item)),
        "exports": [
            (written.label, reverse("work_citation", args=[edition.work_id, extension]))
            for extension, written in FORMATS.items()
        ],
    }


def _addresses(
    visible: Sequence[Edition],
    files: Iterable[ShownFile],
    cover: ShownImage | None,
    request: HttpRequest,
) -> Addresses:
    """The full addresses of a work's visible editions, the first of which is shown, and files."""
    full, work = request.build_absolute_uri, visible[0].work_id
    editions = {shown.language: full(shown.permanent_path()) for shown in visible}
    downloads = [
        (full(reverse("file_download", args=[work, shown.file.number])), shown.media_type)
        for shown in files
        if shown.media_type
    ]
    return Addresses(
        edition=full(visible[0].permanent_path()),
        permanent=full(reverse("work_number", args=[work])),
        cover=full(cover.url) if cover else "",
        editions=editions,
        files=downloads,
    )


def place_label(kind: str, number: int) -> str:
    """“Page 12” or “Section 3”, in the active language."""
    text = _("Page %(number)s") if kind == ReadSection.Kind.PAGE else _("Section %(number)s")
    return text % {"number": number_label(number)}
