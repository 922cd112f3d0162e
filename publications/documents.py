"""Taking files from the disk into the library's storage.

A file is copied first and its row is written afterwards, in the caller's transaction: copying
takes time, and a transaction that waits for it keeps editors from saving. The place of a copy
follows from its content, so a copy left behind by a killed process is taken up by the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.core.files import File
from django.core.files.storage import Storage
from wagtail.models import Collection
from wagtail.utils.file import hash_filelike

from publications.models import LibraryDocument

MAX_TITLE = 255
_FOLDER = "documents"
_DIGITS_OF_HASH = 12


def file_hash(path: Path) -> str:
    """The checksum (SHA-1, as Wagtail keeps it) of a file on the disk."""
    with path.open("rb") as content:
        return str(hash_filelike(content))


def stage_document(path: Path, title: str, collection: Collection) -> LibraryDocument:
    """Copy a file into the storage; gives its document, not saved yet."""
    document = LibraryDocument(title=title[:MAX_TITLE], collection=collection)
    document.file_hash = file_hash(path)
    document.file_size = path.stat().st_size
    storage, name = document.file.storage, _stored_name(path, document.file_hash)
    if not _is_whole(storage, name, document.file_hash):
        storage.delete(name)
        with path.open("rb") as content:
            name = storage.save(name, File(content))
    document.file.name = name
    return document


def discard_documents(documents: Iterable[LibraryDocument]) -> None:
    """Remove the copies of staged documents that were never saved."""
    for document in documents:
        if not LibraryDocument.objects.filter(file=document.file.name).exists():
            document.file.storage.delete(document.file.name)


def _stored_name(path: Path, digest: str) -> str:
    """Where a copy lies: short enough for its column, its own name still to be seen."""
    longest = LibraryDocument._meta.get_field("file").max_length or 100
    folder = f"{_FOLDER}/{digest[:_DIGITS_OF_HASH]}"
    room = longest - len(folder) - len(path.suffix) - 10  # 10: what a storage may add
    storage: Storage = LibraryDocument._meta.get_field("file").storage
    return f"{folder}/{storage.get_valid_name(path.stem[:room] + path.suffix.lower())}"


def _is_whole(storage: Storage, name: str, digest: str) -> bool:
    """Whether a copy is there, no document has it, and it is complete."""
    if not storage.exists(name) or LibraryDocument.objects.filter(file=name).exists():
        return False
    with storage.open(name) as content:
        return bool(hash_filelike(content) == digest)
