"""A site at work: readers who search, an editor who publishes, the worker who writes the index."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from django.core.cache import cache
from django.db import connection, connections
from django.test import Client

from search.models import OutboxEntry
from search.tasks import drain_outbox
from tests.library import Library
from tests.search.indexing.processes import wait_until

READERS = 2
NOTICE = "The search inside texts is resting just now."
_HIT = re.compile(r'data-work="(\d+)"')


@contextmanager
def database_in_a_file(folder: Path) -> Iterator[None]:
    """A copy of the tests' database in a file, for threads to use as processes of a site do.

    The tests' own is in memory, where a second writer is refused at once instead of waiting.
    """
    path = folder / "library.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(path)])
    before, name = connections["default"], connections.settings["default"]["NAME"]
    del connections["default"]
    connections.settings["default"]["NAME"] = str(path)
    cache.clear()
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"]["NAME"] = name
        connections["default"] = before
        cache.clear()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader was shown."""

    status: int
    resting: bool
    works: tuple[int, ...]
    began: float
    seconds: float


def ask(client: Client, words: str) -> Answer:
    """Search as a reader does."""
    began = time.monotonic()
    page = client.get("/en/search/", {"q": words})
    text = page.content.decode()
    return Answer(
        page.status_code,
        NOTICE in text,
        tuple(map(int, _HIT.findall(text))),
        began,
        time.monotonic() - began,
    )


@dataclass(frozen=True, slots=True)
class Saved:
    """A work that an editor published, and a word that it alone has."""

    work: int
    word: str
    began: float


@dataclass
class Load:
    """The threads of a site at work, from entering the context to leaving it.

    ``errors`` are exceptions that reached a reader, the editor or the worker: there is to be none.
    """

    library: Library
    question: str
    answers: list[Answer] = field(default_factory=list)
    saved: list[Saved] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._ended = threading.Event()
        roles = [*[(self._reader, 0.05)] * READERS, (self._editor, 0.3), (self._worker, 1.0)]
        self._threads = [
            threading.Thread(target=self._repeat, args=(role(), pause)) for role, pause in roles
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def next_answers(self, count: int) -> list[Answer]:
        """So many answers to questions that are asked from now on."""
        now = time.monotonic()
        return self._next(count, lambda: [one for one in self.answers if one.began > now])

    def next_saved(self, count: int) -> list[Saved]:
        """So many works that are published from now on."""
        now = time.monotonic()
        return self._next(count, lambda: [one for one in self.saved if one.began > now])

    def _next(self, count: int, come: Callable[[], list[Any]]) -> list[Any]:
        wait_until(lambda: self.errors or len(come()) >= count)
        if self.errors:
            raise self.errors[0]
        return come()

    def _repeat(self, role: Iterator[None], pause: float) -> None:
        """Do one thing after another with ``pause`` seconds between, the worker's as in a site."""
        try:
            while not self._ended.wait(pause):
                next(role)
        except Exception as error:  # noqa: BLE001 - shown by the test
            self.errors.append(error)
        finally:
            connections.close_all()

    def _reader(self) -> Iterator[None]:
        client = Client()
        while True:
            self.answers.append(ask(client, self.question))
            yield
            assert client.get("/en/search/suggest", {"q": self.question[:4]}).status_code == 200
            yield

    def _editor(self) -> Iterator[None]:
        for number in itertools.count():
            began = time.monotonic()
            word = f"quorblax{number}x{int(began * 1000)}"
            edition = self.library.edition(f"A report of {word}")
            assert OutboxEntry.objects.filter(work=edition.work_id).exists()
            self.saved.append(Saved(edition.work_id, word, began))
            yield

    def _worker(self) -> Iterator[None]:
        while True:
            drain_outbox.func()
            yield
