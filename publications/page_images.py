"""Images of a PDF's pages: made when first asked for, kept beside the covers."""

from __future__ import annotations

from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from publications.extraction import Limits, render_page
from publications.models import LibraryDocument

WIDTH = 1000
"""Width in pixels; sharp enough to read on a phone, about 100 KB as WebP."""


def page_image_path(document: LibraryDocument, page: int) -> str | None:
    """The stored image of a page (from 1), or ``None`` where there is no such page image."""
    reading = getattr(document, "reading", None)
    if reading is None or reading.file_type != "pdf" or not 1 <= page <= (reading.page_count or 0):
        return None
    name = f"pages/{document.pk}-{reading.file_hash}/{page}.webp"
    if not default_storage.exists(name):
        image = render_page(Path(document.file.path), page, WIDTH, Limits())
        if image is None:
            return None
        return default_storage.save(name, ContentFile(image))
    return name
