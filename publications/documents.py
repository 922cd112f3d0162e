"""Taking files from the disk into the library's storage.

A file is copied first and its row is written afterwards, in the caller's transaction: copying
takes time, and a transaction that waits for it keeps editors from saving.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.core.files import File
from wagtail.models import Collection
from wagtail.utils.file import hash_filelike

from publications.models import FileVersion, LibraryDocument

MAX_TITLE = 255


def file_hash(path: Path) -> str:
    """The checksum (SHA-1, as Wagtail keeps it) of a file on the disk."""
    with path.open("rb") as content:
        return str(hash_filelike(content))


def stage_document(
    path: Path, title: str, collection: Collection, *, name: str = ""
) -> LibraryDocument:
    """Copy a file into the storage under a name of its own; gives its document, not saved yet.

    A copy whose document was deleted may still be removed by the worker later, so an old copy
    is never taken up again.
    """
    document = LibraryDocument(title=title[:MAX_TITLE], collection=collection)
    document.file_hash = file_hash(path)
    document.file_size = path.stat().st_size
    with path.open("rb") as content:
        document.file.save(name or path.name, File(content), save=False)
    return document


def discard_documents(documents: Iterable[LibraryDocument]) -> None:
    """Remove the copies of those staged documents that are not in the database."""
    for document in documents:
        if not LibraryDocument.objects.filter(file=document.file.name).exists():
            document.file.storage.delete(document.file.name)


def keep_old_file(document: LibraryDocument) -> None:
    """Copy the stored file of a document that is given another one, before it is removed."""
    old = LibraryDocument.objects.filter(pk=document.pk).first()
    if old is None or old.file.name == document.file.name:
        return
    if not old.file.storage.exists(old.file.name):
        return
    version = FileVersion(document=old, name=old.filename[-255:], file_hash=old.file_hash)
    with old.file.storage.open(old.file.name, "rb") as content:
        version.file.save(old.filename, File(content), save=False)
    version.save()
