"""What the names of files say: ``<work>.<language>.<extension>``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cms.languages import BY_CODE


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file of the folder, with what its name says.

    ``name`` is its path in the folder, ``work`` the same without language and extension;
    ``language`` is empty when the name does not say.
    """

    path: Path
    name: str
    work: str
    language: str

    @property
    def readable_work(self) -> str:
        """The work's name as words: a title for want of a better one."""
        return re.sub(r"[_\-\s]+", " ", self.work.rpartition("/")[2]).strip()


def find_files(folder: Path, leave_out: Iterable[Path] = ()) -> list[NamedFile]:
    """The files of a folder and the folders in it, by name; hidden ones are passed over."""
    left_out = {path.resolve() for path in leave_out}
    return [
        parse_name(path, folder)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.resolve() not in left_out
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]


def parse_name(path: Path, folder: Path) -> NamedFile:
    """Read a file's name."""
    name = path.relative_to(folder).as_posix()
    work = name[: -len(path.suffix)] if path.suffix else name
    rest, _dot, code = work.rpartition(".")
    if rest and code.lower() in BY_CODE:
        return NamedFile(path, name, rest, code.lower())
    return NamedFile(path, name, work, "")
