"""Taking a file from the disk into the library's storage."""

from __future__ import annotations

from pathlib import Path

from django.core.files import File
from wagtail.models import Collection

from publications.models import LibraryDocument

MAX_TITLE = 255


def store_document(path: Path, name: str, title: str, collection: Collection) -> LibraryDocument:
    """Store a file as a document of a collection; it then waits to be read.

    Call it inside a transaction: if that fails afterwards, the caller removes the stored file.
    """
    document = LibraryDocument(title=title[:MAX_TITLE], collection=collection)
    with path.open("rb") as content:
        document.file.save(name, File(content), save=False)
    document._set_document_file_metadata()
    try:
        document.save()
    except BaseException:
        document.file.delete(save=False)
        raise
    return document
