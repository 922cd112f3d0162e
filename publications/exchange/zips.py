"""Unpacking a ZIP from outside: nothing leaves its folder, nothing grows beyond the limits."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from publications.extraction.packages import BAD_ZIP

MAX_ENTRIES = 20_000
MAX_TOTAL = 20 * 2**30
MAX_RATIO = 200
_RATIO_FLOOR = 16 * 2**20
_CHUNK = 1 << 20


class UnsafeZip(Exception):
    """A ZIP is refused as a whole; the message says why."""


def unpack(source: Path, target: Path) -> None:
    """Unpack a ZIP into an empty folder; raises ``UnsafeZip``.

    Sizes are counted as the bytes come: what the ZIP says of itself is not believed.
    """
    try:
        with zipfile.ZipFile(source) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if len(entries) > MAX_ENTRIES:
                raise UnsafeZip(_("The ZIP holds too many files. Divide it."))
            left = _allowed(source.stat().st_size)
            for entry in entries:
                left -= _unpack_entry(package, entry, target, left)
    except (*BAD_ZIP, RuntimeError) as error:
        raise UnsafeZip(_("This ZIP cannot be read. Make it again, without a password.")) from error


def _allowed(packed: int) -> int:
    return min(MAX_TOTAL, max(packed * MAX_RATIO, _RATIO_FLOOR))


def _unpack_entry(package: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    path = target / _safe_name(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with package.open(entry) as content, path.open("wb") as out:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > left:
                raise UnsafeZip(_("The ZIP unpacks to far more than its size."))
            if size > settings.READING_MAX_BYTES:
                reason = _("“%(name)s” in the ZIP is larger than %(limit)s.")
                limit = filesizeformat(settings.READING_MAX_BYTES)
                raise UnsafeZip(reason % {"name": entry.filename[:200], "limit": limit})
            out.write(chunk)
    return size


def _safe_name(entry: zipfile.ZipInfo) -> PurePosixPath:
    name = entry.filename.replace("\\", "/")
    path = PurePosixPath(name)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    parts = path.parts
    if is_link or path.is_absolute() or ".." in parts or ":" in name or "\0" in name or not parts:
        reason = _("The ZIP holds a file with a path that leads out of it: “%(name)s”.")
        raise UnsafeZip(reason % {"name": entry.filename[:200]})
    return path
