"""Reading in a child process that may crash, hang or grow without hurting anybody.

The child gets its job as an argument, limits itself before it opens anything, and answers
through a file in a folder of its own. It is nothing but a Python interpreter with this
package: no Django, no database, no secrets in its environment.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .limits import Limits
from .types import (
    Detail,
    DrawnPage,
    Extraction,
    PlacedLine,
    RefusalReason,
    Refused,
    State,
    Unreadable,
)

ANSWER_FILE = "answer.json"
IMAGE_FILE = "image.webp"

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_ERRORS_FILE = "errors"
_OUT_OF_MEMORY = (b"memory allocation of", b"MemoryError", b"bad_alloc", b"Out of memory")
_TIME_SIGNALS = (signal.SIGXCPU, signal.SIGKILL)  # the second when the first went unheard


@dataclass(frozen=True, slots=True)
class _Ended:
    """How the child ended: its return code, None when its time was up, and its answer."""

    code: int | None
    answer: dict[str, Any] | None
    errors: bytes
    """The end of what it wrote to its error output."""


def run_in_child(
    path: Path, name: str, limits: Limits, cover_path: Path | None = None
) -> Extraction:
    """``read_file`` in a child process, within all of ``limits``.

    With ``cover_path`` an image (WebP) of a PDF's first page is written there, and
    ``has_cover`` says whether it was. Raises ``Refused`` as ``read_file`` does. The thread that
    calls must live until this returns: on Linux the child is killed when it dies.
    """
    job = {"do": "read", "path": str(path.resolve()), "name": name, "cover": cover_path is not None}
    with tempfile.TemporaryDirectory(prefix="extraction-") as folder:
        ended = _run(job, limits, Path(folder))
        extraction = _extraction(ended)
        image = Path(folder) / IMAGE_FILE
        if cover_path is not None and extraction.has_cover:
            cover_path.write_bytes(image.read_bytes())
    return extraction


def recognise_in_child(
    path: Path, languages: Sequence[str], pages: range, limits: Limits
) -> Extraction:
    """The text that programs recognise in the images of a PDF's pages (from 1), in a child.

    Without ``languages`` they are recognised too; ``Extraction.recognised_in`` says which.
    ``limits`` hold for each program that is run; their time for all together.
    """
    job = {
        "do": "recognise",
        "path": str(path.resolve()),
        "languages": list(languages),
        "first": pages.start,
        "count": len(pages),
    }
    with tempfile.TemporaryDirectory(prefix="extraction-") as folder:
        return _extraction(_run(job, limits, Path(folder)))


def draw_page(path: Path, page: int, width: int, limits: Limits | None = None) -> DrawnPage:
    """A PDF's page (from 1), at most ``width`` pixels wide, and its text, made in a child.

    Raises ``Unreadable`` when it cannot be drawn within ``limits``, ``IndexError`` when the
    file has no such page.
    """
    job = {"do": "render", "path": str(path.resolve()), "page": page, "width": width}
    with tempfile.TemporaryDirectory(prefix="extraction-") as folder:
        ended = _run(job, limits or Limits(), Path(folder))
        answer = ended.answer or {}
        if answer.get("no_such_page"):
            raise IndexError(f"there is no page {page}")
        if not answer.get("rendered"):
            failed = _failure(ended)
            raise Unreadable(
                State(answer.get("state", failed.state)),
                Detail(answer.get("detail", failed.detail)),
            )
        lines = tuple(PlacedLine(**line) for line in answer["lines"])
        return DrawnPage((Path(folder) / IMAGE_FILE).read_bytes(), lines)


def _run(job: dict[str, Any], limits: Limits, folder: Path) -> _Ended:
    job = {**job, "folder": str(folder), "limits": limits.as_dict(), "parent": os.getpid()}
    with open(folder / _ERRORS_FILE, "wb") as errors:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-s", "-m", __package__, json.dumps(job)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=folder,
            env=_environment(folder),
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(limits.wall_seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    ended = _Ended(code, _answer(folder), (folder / _ERRORS_FILE).read_bytes()[-4000:])
    if code != 0 or ended.errors:
        text = ended.errors.decode("utf-8", "replace")
        logger.warning("Reading %s ended with code %s: %s", job["path"], code, text)
    return ended


def _environment(folder: Path) -> dict[str, str]:
    """The least that Python needs; threads of numeric libraries would eat address space."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "LC_ALL": "C.UTF-8",
        "TMPDIR": str(folder),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "RAYON_NUM_THREADS": "1",
    }


def _answer(folder: Path) -> dict[str, Any] | None:
    try:
        answer = json.loads((folder / ANSWER_FILE).read_bytes())
    except (OSError, ValueError):
        return None
    return answer if isinstance(answer, dict) else None


def _extraction(ended: _Ended) -> Extraction:
    answer = ended.answer
    if answer is None:
        return _failure(ended)
    if "refused" in answer:
        raise Refused(RefusalReason(answer["refused"]))
    # An answer may stand there though the child died later, while drawing the cover.
    return Extraction.from_dict(answer["extraction"])


def _failure(ended: _Ended) -> Extraction:
    """What it means that a child left no answer."""
    if ended.code is None or -ended.code in _TIME_SIGNALS:
        return Extraction(State.TOO_LARGE, Detail.TIME)
    if ended.code == os.EX_OSERR or any(sign in ended.errors for sign in _OUT_OF_MEMORY):
        return Extraction(State.TOO_LARGE, Detail.MEMORY)
    return Extraction(State.DAMAGED, Detail.CRASHED)
