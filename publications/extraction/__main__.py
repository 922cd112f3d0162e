"""The child process: ``python -m publications.extraction JOB`` (JSON; see ``runner``)."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .limits import Limits
from .runner import ANSWER_FILE, IMAGE_FILE
from .types import Extraction, FileType, Refused, State, Unreadable

_PR_SET_PDEATHSIG = 1
_NICE = 10
_OPEN_FILES = 256
_ANSWER_OVERHEAD = 64 * 1024 * 1024  # bytes, beside the text itself


def main(argument: str) -> int:
    """Do one job and exit; the return code is for the parent."""
    job = json.loads(argument)
    if not _tie_to_parent(job["parent"]):
        return os.EX_TEMPFAIL
    limits = Limits(**job["limits"])
    _limit_myself(limits)
    try:
        _JOBS[job["do"]](job, limits)
    except MemoryError:
        return os.EX_OSERR
    return os.EX_OK


def _tie_to_parent(parent: int) -> bool:
    """Have the kernel kill this process when its parent dies; False if it is dead already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    return os.getppid() == parent


def _limit_myself(limits: Limits) -> None:
    os.nice(_NICE)
    wanted = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 2),
        resource.RLIMIT_AS: (limits.memory_bytes, limits.memory_bytes),
        resource.RLIMIT_FSIZE: (_largest_answer(limits),) * 2,
        resource.RLIMIT_NOFILE: (_OPEN_FILES, _OPEN_FILES),
    }
    for kind, values in wanted.items():
        with suppress(ValueError, OSError):  # stricter already, or unknown to this system
            resource.setrlimit(kind, values)


def _largest_answer(limits: Limits) -> int:
    return 4 * limits.characters + _ANSWER_OVERHEAD


def _read(job: dict[str, Any], limits: Limits) -> None:
    from .reader import read_file

    path, folder = Path(job["path"]), Path(job["folder"])
    try:
        extraction = read_file(path, job["name"], limits)
    except Refused as refused:
        _write(folder, {"refused": refused.reason_code})
        return
    _write(folder, {"extraction": extraction.as_dict()})
    if job["cover"] and _may_have_cover(extraction):
        extraction.has_cover = _cover(path, folder, limits)
        _write(folder, {"extraction": extraction.as_dict()})


def _may_have_cover(extraction: Extraction) -> bool:
    readable = extraction.state in (State.READ, State.NO_TEXT)
    return readable and extraction.file_type is FileType.PDF


def _cover(path: Path, folder: Path, limits: Limits) -> bool:
    from .pdf import render_pdf_page

    try:
        image = render_pdf_page(path, 1, limits.cover_width)
    except Exception:  # noqa: BLE001 - a cover that cannot be drawn is no reason to lose the text
        return False
    (folder / IMAGE_FILE).write_bytes(image)
    return True


def _render(job: dict[str, Any], _limits: Limits) -> None:
    from .pdf import render_pdf_page

    folder, path = Path(job["folder"]), Path(job["path"])
    try:
        image = render_pdf_page(path, job["page"], job["width"])
    except IndexError:
        _write(folder, {"no_such_page": True})
    except Unreadable as unreadable:
        _write(folder, {"state": unreadable.state, "detail": unreadable.detail})
    else:
        (folder / IMAGE_FILE).write_bytes(image)
        _write(folder, {"rendered": True, "lines": []})
        _write(folder, {"rendered": True, "lines": _placed_lines(path, job["page"])})


def _recognise(job: dict[str, Any], limits: Limits) -> None:
    from .recognition import recognise_pages

    folder = Path(job["folder"])
    pages = range(job["first"], job["first"] + job["count"])
    try:
        found = recognise_pages(Path(job["path"]), folder, job["languages"], pages, limits)
    except Unreadable as unreadable:
        found = Extraction(unreadable.state, unreadable.detail, FileType.PDF)
    _write(folder, {"extraction": found.as_dict()})


def _placed_lines(path: Path, page: int) -> list[dict[str, Any]]:
    from .pdf import pdf_page_lines

    try:
        return [asdict(line) for line in pdf_page_lines(path, page)]
    except Exception:  # noqa: BLE001 - text that cannot be placed is no reason to lose the image
        return []


def _write(folder: Path, answer: dict[str, Any]) -> None:
    """The answer appears whole or not at all."""
    unfinished = folder / "unfinished.json"
    unfinished.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(folder / ANSWER_FILE)


_JOBS = {"read": _read, "recognise": _recognise, "render": _render}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
