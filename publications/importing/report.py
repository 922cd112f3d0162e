"""The report of an import: a row per file, as a table on the screen and as CSV."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TextIO

from publications.importing.planning import Outcome

COLUMNS = ("file", "status", "work", "language", "title", "reason")
_WIDTHS = {"status": 9, "work": 6, "language": 3}


class Report:
    """Writes each row as it comes, so that a stopped import leaves what it did.

    Use it as a context manager. ``say`` shows a line, ``path`` is the CSV, if one is wanted.
    """

    def __init__(
        self, say: Callable[[str], object], path: Path | None = None, name_width: int = 20
    ) -> None:
        self.say = say
        self.path = path
        self.name_width = name_width
        self.counts: Counter[str] = Counter()
        self.works: set[int] = set()
        self._file: TextIO | None = None

    def __enter__(self) -> Report:
        if self.path:
            self._file = self.path.open("w", encoding="utf-8-sig", newline="")
            csv.writer(self._file).writerow(COLUMNS)
        self._print("file", "status", "work", "", "title or reason")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file:
            self._file.close()

    def add(self, outcome: Outcome) -> None:
        """Write a row."""
        self.counts[outcome.status] += 1
        if outcome.status == "imported" and outcome.work:
            self.works.add(outcome.work)
        if self._file:
            cells = [getattr(outcome, name) for name in COLUMNS]
            csv.writer(self._file).writerow("" if cell is None else cell for cell in cells)
            self._file.flush()
        title, reason = outcome.title, outcome.reason
        text = f"{title} ({reason})" if title and reason else title or reason
        work = str(outcome.work or "")
        self._print(outcome.file, outcome.status, work, outcome.language, text)

    def _print(self, name: str, status: str, work: str, language: str, text: str) -> None:
        self.say(
            f"{name:<{self.name_width}}  {status:<{_WIDTHS['status']}}"
            f"{work:>{_WIDTHS['work']}}  {language:<{_WIDTHS['language']}} {text}"
        )

    def summary(self) -> str:
        """The counts in one line."""
        counts = (
            f"{self.counts[status]} {status}" for status in ("imported", "skipped", "refused")
        )
        return f"{len(self.works)} works; files: {', '.join(counts)}."
