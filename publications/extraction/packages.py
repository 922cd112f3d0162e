"""Zip packages (DOCX, PPTX, ODT): checked before anything in them is opened.

Sizes are taken from the central directory and, for that may lie, counted again while
unpacking. Nothing is ever written to disk, so names inside a package lead nowhere.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lxml import etree

from .limits import RATIO_FLOOR, Limits
from .types import Detail, State, Unreadable

_CHUNK = 256 * 1024
_MAX_ENTRIES = 20_000
_PROLOG = 4096  # bytes of an XML part in which a document type would be declared

_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_XML_NAMES = (".xml", ".rels")

BAD_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, KeyError)


@contextmanager
def open_package(path: Path, limits: Limits) -> Iterator[zipfile.ZipFile]:
    """The package, once it is known to stay within ``limits`` and to hold no entities.

    Raises ``Unreadable`` otherwise. Every part has been unpacked once (in small pieces) when
    this returns, so that what reads it next meets the sizes that were promised.
    """
    try:
        package = zipfile.ZipFile(path)
    except BAD_ZIP as error:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED) from error
    with package:
        _check_directory(package, path.stat().st_size, limits)
        _check_parts(package, limits)
        yield package


def _check_directory(package: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    entries = package.infolist()
    total = sum(entry.file_size for entry in entries)
    if len(entries) > _MAX_ENTRIES or total > _allowed(packed, limits):
        raise Unreadable(State.TOO_LARGE, Detail.UNPACKED_SIZE)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(State.LOCKED, Detail.PASSWORD)


def _allowed(packed: int, limits: Limits) -> int:
    return min(limits.unpacked_bytes, max(RATIO_FLOOR, packed * limits.unpack_ratio))


def _check_parts(package: zipfile.ZipFile, limits: Limits) -> None:
    left = limits.unpacked_bytes
    for entry in package.infolist():
        try:
            left -= _unpacked_size(package, entry, left)
        except BAD_ZIP as error:
            raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED) from error
        if left < 0:
            raise Unreadable(State.TOO_LARGE, Detail.UNPACKED_SIZE)


def _unpacked_size(package: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> int:
    """The true size of a part, counted up to ``most``; its prolog is looked at on the way."""
    size = 0
    with package.open(entry) as part:
        head = part.read(_PROLOG)
        size += len(head)
        if entry.filename.lower().endswith(_XML_NAMES) and _declares_type(head):
            raise Unreadable(State.DAMAGED, Detail.XML_ENTITIES)
        while size <= most and (piece := part.read(_CHUNK)):
            size += len(piece)
    return size


def _declares_type(head: bytes) -> bool:
    # UTF-16 with its NULs taken out looks the same.
    return bool(_DOCTYPE.search(head.replace(b"\x00", b"")))


def parse_xml(data: bytes) -> etree._Element:
    """The root of an XML part; no entity is expanded, nothing is fetched.

    Raises ``Unreadable`` when it is not well formed or declares a document type.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(State.DAMAGED, Detail.XML_ENTITIES)
    return root
