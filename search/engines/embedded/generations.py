"""The engine's folder: generations, the file that names the serving one, and the locks.

::

    current          the name of the serving generation
    generations.lock held while a generation is begun, swapped or removed
    write.lock       held while the serving generation is written or swapped
    <generation>/    columns.sqlite, slices/, passages/; building.lock, held while it is built
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from search.engines.base import EngineUnavailable, IndexLocked

_CURRENT = "current"
_POLL_SECONDS = 0.02


class FileLock:
    """An exclusive lock between processes and threads; the system frees it when we die."""

    def __init__(self, path: Path, *, wait_seconds: float = 0) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(self._file)
                    raise IndexLocked(
                        "Another process is writing to the search index; try again."
                    ) from None
                time.sleep(_POLL_SECONDS)
            else:
                return

    def release(self) -> None:
        """Let the next one in, even if a forked process still has the file open."""
        fcntl.flock(self._file, fcntl.LOCK_UN)
        os.close(self._file)


@contextmanager
def locked(path: Path, wait_seconds: float) -> Iterator[None]:
    """Hold a lock; `IndexLocked` when it is not free within the time."""
    lock = FileLock(path, wait_seconds=wait_seconds)
    try:
        yield
    finally:
        lock.release()


class Generations:
    """The generations of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write_lock = folder / "write.lock"
        self.generations_lock = folder / "generations.lock"

    def current(self) -> Path:
        """The folder of the serving generation."""
        try:
            name = (self.folder / _CURRENT).read_text(errors="replace").strip()
        except FileNotFoundError:
            raise EngineUnavailable(
                "There is no search index yet. Make it with `manage.py search_index rebuild`."
            ) from None
        if not name or "/" in name:
            raise EngineUnavailable("The search index is damaged: rebuild it.")
        return self.folder / name

    def begin(self) -> tuple[Path, FileLock]:
        """A folder for a new generation, and the lock that says it is being built."""
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
        folder = self.folder / name
        folder.mkdir()
        return folder, FileLock(_building(folder))

    def serve(self, generation: Path) -> None:
        """Name the serving generation, in one rename that survives a power cut."""
        temporary = self.folder / f"{_CURRENT}.new"
        with temporary.open("w") as file:
            file.write(generation.name)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / _CURRENT)
        sync_folder(self.folder)

    def remove_abandoned(self) -> None:
        """Remove generations that neither serve nor are being built."""
        try:
            serving = self.current()
        except EngineUnavailable:
            serving = None
        for folder in self.folder.iterdir():
            if folder.is_dir() and folder != serving:
                try:
                    FileLock(_building(folder)).release()
                except IndexLocked:
                    continue
                shutil.rmtree(folder, ignore_errors=True)


def _building(folder: Path) -> Path:
    return folder / "building.lock"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
