"""Time, memory and what a machine is."""

from __future__ import annotations

import os
import platform
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")


class Stopwatch:
    """Adds up the seconds of what runs within it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - began


class Timed(Generic[T]):
    """Goes through items, and knows how long they took to be made."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = iter(items)
        self._making = Stopwatch()

    def __iter__(self) -> Iterator[T]:
        return self

    def __next__(self) -> T:
        with self._making.running():
            return next(self._items)

    @property
    def seconds(self) -> float:
        return self._making.seconds


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds that half and 95 % of the searches needed at most."""

    p50: float
    p95: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Spread:
        """By the nearest rank."""
        ordered = sorted(seconds)
        ranks = (-(-len(ordered) * percent // 100) - 1 for percent in (50, 95))
        return cls(*(1000 * ordered[rank] for rank in ranks))


def in_threads(jobs: Sequence[Callable[[], list[T]]]) -> tuple[list[T], float]:
    """What all jobs give, each in a thread of its own, and the seconds until the last ended."""
    results: list[T] = []
    errors: list[Exception] = []
    start = threading.Barrier(len(jobs) + 1)

    def run(job: Callable[[], list[T]]) -> None:
        start.wait()
        try:
            results.extend(job())
        except Exception as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    threads = [threading.Thread(target=run, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results, time.perf_counter() - began


def progress(text: str) -> None:
    """Tell whoever waits what is being measured, with the time."""
    sys.stderr.write(f"  {datetime.now(UTC):%H:%M:%S} {text}\n")
    sys.stderr.flush()


def resident_bytes(process: int | str = "self") -> int | None:
    """The memory that a process of this machine has now (RSS); ``None`` where that is not told."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def machine() -> str:
    """The time, the cores, the interpreter, and how busy the machine is already."""
    now = datetime.now(UTC)
    load = os.getloadavg()[0]
    return (
        f"{now:%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores ({platform.machine()}), "
        f"{platform.system()}, Python {platform.python_version()}; "
        f"load of the last minute before it began: {load:.1f}"
    )
