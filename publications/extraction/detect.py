"""What a file is, by its content; its name only parts plain text from Markdown."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path, PurePath
from typing import IO

from .encodings import looks_like_text
from .types import FileType, RefusalReason, Refused

_HEAD = 8192  # bytes looked at; more only to find the parts of a zip package

_HTML_START = re.compile(
    rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script)\b",
    re.IGNORECASE | re.DOTALL,
)
_ANY_TAG = re.compile(rb"<(?:[a-z][a-z0-9]*)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_OTHER_MARKUP = (b"{\\rtf", b"%!PS")  # text by its bytes, not to be read as such
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_OFFICE = "EncryptedPackage".encode("utf-16-le")

_DOCX_MAIN = b"wordprocessingml.document.main+xml"
_PPTX_MAIN = b"presentationml.presentation.main+xml"
_CONTENT_TYPES = "[Content_Types].xml"
_ODT_MIME = FileType.ODT.mime.encode()
_MAX_TYPES_PART = 2 * 1024 * 1024

_BY_EXTENSION = {
    extension: file_type for file_type in FileType for extension in file_type.extensions
}


def detect_type(head_or_path: bytes | Path | str | IO[bytes], name: str) -> FileType:
    """The type of a file, from its content; ``name`` is the name it was given.

    Takes a path, an open binary file that can seek (it is put back to its place), or bytes: the
    whole file or its first 8 kB. Raises ``Refused`` when it is not to be accepted. Whether an
    accepted file can be read is another question.
    """
    if isinstance(head_or_path, bytes):
        return _detect(io.BytesIO(head_or_path), name)
    if isinstance(head_or_path, Path | str):
        with open(head_or_path, "rb") as file:
            return _detect(file, name)
    place = head_or_path.tell()
    try:
        return _detect(head_or_path, name)
    finally:
        head_or_path.seek(place)


def _detect(file: IO[bytes], name: str) -> FileType:
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise Refused(RefusalReason.EMPTY)
    extension = PurePath(name).suffix.lower()
    named = _BY_EXTENSION.get(extension)
    if extension and named is None:
        raise Refused(RefusalReason.NOT_ALLOWED)
    if head.startswith(_OLE):
        return _encrypted_office(file, named)
    found = _binary_type(file, head) or _text_type(head, named)
    if named is not None and found is not named:
        raise Refused(RefusalReason.NAME_DISAGREES, found)
    return found


def _binary_type(file: IO[bytes], head: bytes) -> FileType | None:
    if head.lstrip(b"\xef\xbb\xbf\r\n\t \x00").startswith(b"%PDF-"):
        return FileType.PDF
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(file, head)
    if head.startswith(_OTHER_MARKUP):
        raise Refused(RefusalReason.NOT_ALLOWED)
    return None


def _text_type(head: bytes, named: FileType | None) -> FileType:
    """HTML by its tags; other text is what its name says: Markdown, or else plain text."""
    says_text = named in (FileType.TXT, FileType.MD, FileType.HTML)
    if not looks_like_text(head):
        raise Refused(RefusalReason.NOT_TEXT if says_text else RefusalReason.NOT_ALLOWED)
    plain = head.removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"")
    if _HTML_START.match(plain) or (named is FileType.HTML and _ANY_TAG.search(plain)):
        return FileType.HTML
    return FileType.MD if named is FileType.MD else FileType.TXT


def _encrypted_office(file: IO[bytes], named: FileType | None) -> FileType:
    """A DOCX or PPTX with a password lies in an OLE container: allowed, though locked."""
    file.seek(0)
    encrypted = False
    before = b""
    while not encrypted and (piece := file.read(1 << 20)):
        encrypted = _ENCRYPTED_OFFICE in before + piece
        before = piece[-len(_ENCRYPTED_OFFICE) :]
    if encrypted and named in (FileType.DOCX, FileType.PPTX):
        return named
    raise Refused(RefusalReason.NOT_ALLOWED)


def _zip_type(file: IO[bytes], head: bytes) -> FileType:
    try:
        with zipfile.ZipFile(file) as package:
            return _type_of_package(package)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, RuntimeError):
        return _type_of_broken_package(head)


def _type_of_package(package: zipfile.ZipFile) -> FileType:
    names = set(package.namelist())
    if "mimetype" in names:
        with package.open("mimetype") as part:
            if part.read(len(_ODT_MIME) + 2).strip() == _ODT_MIME:
                return FileType.ODT
    if _CONTENT_TYPES in names:
        with package.open(_CONTENT_TYPES) as part:
            types = part.read(_MAX_TYPES_PART)
        if _DOCX_MAIN in types:
            return FileType.DOCX
        if _PPTX_MAIN in types:
            return FileType.PPTX
        if b"Override" not in types:  # tells nothing: the parts' own names do
            return _type_by_part_names(names)
    raise Refused(RefusalReason.NOT_ALLOWED)


def _type_by_part_names(names: set[str]) -> FileType:
    if "word/document.xml" in names:
        return FileType.DOCX
    if "ppt/presentation.xml" in names:
        return FileType.PPTX
    raise Refused(RefusalReason.NOT_ALLOWED)


def _type_of_broken_package(head: bytes) -> FileType:
    """A package cut short has no directory; the headers of its first parts name them."""
    if b"mimetype" + _ODT_MIME in head:
        return FileType.ODT
    if b"word/" in head and b"_rels/.rels" in head:
        return FileType.DOCX
    if b"ppt/" in head and b"_rels/.rels" in head:
        return FileType.PPTX
    raise Refused(RefusalReason.NOT_ALLOWED)
