"""Images of a PDF's pages and the text on them: made when first asked for, kept by the covers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from io import BytesIO
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from PIL import Image

from publications.extraction import Limits, PlacedLine, Unreadable, draw_page
from publications.models import LibraryDocument, Reading

WIDTH = 1000
"""Width in pixels; sharp enough to read on a phone, about 100 KB as WebP."""

THUMBNAIL = (200, 280)
"""The most that a small cover is wide and high, in pixels: twice as it is shown."""

USUAL_HEIGHT = 1414
"""The height of an A4 page of that width."""


def _folder(reading: Reading) -> str:
    return f"pages/{reading.document_id}-{reading.file_hash}"


def _stored_name(reading: Reading, page: int) -> str:
    return f"{_folder(reading)}/{page}.webp"


def _lines_name(reading: Reading, page: int) -> str:
    return f"{_folder(reading)}/{page}.json"


def forget_images(reading: Reading) -> None:
    """Remove the images made of a file that was replaced or deleted, after the commit."""
    cover, folder = reading.cover.name, _folder(reading)

    def remove() -> None:
        if cover:
            default_storage.delete(cover)
        if default_storage.exists(folder):
            for name in default_storage.listdir(folder)[1]:
                default_storage.delete(f"{folder}/{name}")
            default_storage.delete(folder)

    transaction.on_commit(remove)


def image_size(name: str) -> tuple[int, int] | None:
    """Width and height of a stored image, ``None`` where there is none."""
    if not name or not default_storage.exists(name):
        return None
    with default_storage.open(name) as file, Image.open(file) as image:
        return image.width, image.height


def thumbnail_path(reading: Reading) -> str | None:
    """The stored small image of a file's first page, made of its cover when first asked for."""
    cover, name = reading.cover.name, f"{_folder(reading)}/thumbnail.webp"
    if default_storage.exists(name):
        return name
    if not cover or not default_storage.exists(cover):
        return None
    small = BytesIO()
    with default_storage.open(cover) as file, Image.open(file) as image:
        image.thumbnail(THUMBNAIL)
        image.save(small, "WEBP", quality=75)
    _keep(name, small.getvalue())
    return name


def page_image_size(reading: Reading, page: int) -> tuple[int, int]:
    """Width and height of a page's image; before it is made, those it will probably have.

    Pages of one file mostly have the size of its first page, which its cover shows.
    """
    for name in (_stored_name(reading, page), reading.cover.name):
        size = image_size(name or "")
        if size:
            return WIDTH, round(WIDTH * size[1] / size[0])
    return WIDTH, USUAL_HEIGHT


def page_image_path(document: LibraryDocument, page: int) -> str | None:
    """The stored image of a page (from 1), or ``None`` where there is no such page image."""
    reading = getattr(document, "reading", None)
    if reading is None or reading.file_type != "pdf" or not 1 <= page <= (reading.page_count or 0):
        return None
    name = _stored_name(reading, page)
    if not default_storage.exists(name):
        try:
            drawn = draw_page(Path(document.file.path), page, WIDTH, Limits())
        except (Unreadable, IndexError):
            return None
        _keep(_lines_name(reading, page), _lines_as_json(drawn.lines))
        _keep(name, drawn.image)
    return name


def page_lines(reading: Reading, page: int) -> tuple[PlacedLine, ...]:
    """The lines of a page with their places, known once its image was made."""
    name = _lines_name(reading, page)
    if not default_storage.exists(name):
        return ()
    with default_storage.open(name) as file:
        return tuple(PlacedLine(**line) for line in json.load(file))


def _keep(name: str, content: bytes) -> None:
    """Store under this very name; of two who make a page at once the first one's stays."""
    kept = default_storage.save(name, ContentFile(content))
    if kept != name:
        default_storage.delete(kept)


def _lines_as_json(lines: Iterable[PlacedLine]) -> bytes:
    return json.dumps([asdict(line) for line in lines], ensure_ascii=False).encode()
