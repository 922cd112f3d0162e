"""Measuring the intake: many files sent to a running site as one editor's browser sends them.

Files are made from a folder's own. Of a PDF only bytes that nobody reads are changed, so that its
checksum is another one; texts of DOCX files are mixed anew, so that they are other texts.
Meanwhile the admin's pages are asked for, and the time of every answer is kept.
"""

from __future__ import annotations

import io
import random
import re
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from docx import Document

from intake.models import IncomingFile
from publications.models import Reading

PAGES = ("", "intake/", "pages/", "documents/")
"""Pages of the admin that an editor opens meanwhile, below its address."""

PAUSE_SECONDS = 1.0
"""Between two pages that are asked for, as somebody who works."""

POLL_SECONDS = 2.0


@dataclass
class Measured:
    """What a run took, in seconds."""

    files: int = 0
    refused: list[str] = field(default_factory=list)
    uploads: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    sent: float = 0.0
    """Until the last file was taken in."""
    ready: float = 0.0
    """Until the last file was read, looked through and ready for the editor."""
    states: dict[str, int] = field(default_factory=dict)
    readings: dict[str, int] = field(default_factory=dict)


def varied_files(folder: Path, count: int, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """So many files, made one after the other from the PDF and DOCX files of a folder."""
    originals = sorted((*folder.glob("*.pdf"), *folder.glob("*.docx")))
    if not originals:
        raise ValueError(f"{folder} has no PDF or DOCX file.")
    generator = random.Random(seed)  # noqa: S311 - the same files in each run
    for number in range(count):
        path = originals[number % len(originals)]
        name = f"{number:03d}-{path.name}"
        if path.suffix == ".pdf":
            yield name, path.read_bytes() + f"\n% {number}\n".encode()
        else:
            yield name, _mixed(path, generator)


def _mixed(path: Path, generator: random.Random) -> bytes:
    """A DOCX with the paragraphs of another in another order, some of them left out."""
    document = Document(str(path))
    paragraphs = [row for row in document.paragraphs if len(row.text) > 1]
    texts = [row.text for row in paragraphs]
    generator.shuffle(texts)
    for row, text in zip(paragraphs, texts, strict=True):
        row.text = text if generator.random() < 0.8 else ""
    packed = io.BytesIO()
    document.save(packed)
    return packed.getvalue()


class Browser:
    """An editor's browser at the running site, already logged in."""

    def __init__(self, url: str, user: Any) -> None:
        self._url = url.rstrip("/") + "/admin/"
        self._pool = urllib3.PoolManager(retries=False, timeout=120.0, maxsize=2)
        self._session = _log_in(user)
        token, self.sections = self._open_upload()
        self._headers = {
            "Cookie": f"{self._cookie}; {settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
            "X-Requested-With": "XMLHttpRequest",
            "Referer": self._url,
        }

    @property
    def _cookie(self) -> str:
        return f"{settings.SESSION_COOKIE_NAME}={self._session}"

    def _open_upload(self) -> tuple[str, list[str]]:
        """The token for forms, and the sections that the upload's page offers."""
        answer = self._pool.request(
            "GET", self._url + "intake/", headers={"Cookie": self._cookie}, redirect=False
        )
        if answer.status != 200:
            raise ValueError(f"The page for adding files answered {answer.status}.")
        token = re.search(rf"{settings.CSRF_COOKIE_NAME}=(\w+)", answer.headers["Set-Cookie"])
        assert token is not None
        select = re.search(r'<select name="section".*?</select>', answer.data.decode(), re.DOTALL)
        return token[1], re.findall(r'value="(\d+)"', select[0] if select else "")

    def upload(self, batch: uuid.UUID, name: str, content: bytes) -> str:
        """Send one file; gives why it was not taken in, or nothing."""
        fields = {
            "section": self.sections[0],
            "kind": "publication",
            "batch": str(batch),
            "files[]": (name, content),
        }
        answer = self._pool.request(
            "POST", self._url + "intake/", fields=fields, headers=self._headers
        )
        if answer.status != 200:
            return f"{name}: {answer.status}"
        data = answer.json()
        return "" if data["success"] else f"{name}: {data['error_message']}"

    def open(self, path: str) -> int:
        """Open a page of the admin; gives its status."""
        headers = {"Cookie": self._cookie}
        return int(self._pool.request("GET", self._url + path, headers=headers).status)


def _log_in(user: Any) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def measure(browser: Browser, files: Iterator[tuple[str, bytes]]) -> Measured:
    """Send files one after the other, wait until all are ready, and tell how it went."""
    measured, batch = Measured(), uuid.uuid4()
    over = threading.Event()
    pages = [*PAGES, f"intake/{batch}/"]
    worker = threading.Thread(target=_work, args=(browser, pages, over, measured))
    began = time.monotonic()
    try:
        for name, content in files:
            _send(browser, batch, name, content, measured)
            if not worker.ident:  # the page of the batch is there with its first file
                worker.start()
        measured.sent = time.monotonic() - began
        while _waiting(batch):
            time.sleep(POLL_SECONDS)
        measured.ready = time.monotonic() - began
    finally:
        over.set()
        if worker.ident:
            worker.join()
    _count(batch, measured)
    return measured


def _send(
    browser: Browser, batch: uuid.UUID, name: str, content: bytes, measured: Measured
) -> None:
    began = time.monotonic()
    problem = browser.upload(batch, name, content)
    measured.uploads.append(time.monotonic() - began)
    measured.files += 1
    if problem:
        measured.refused.append(problem)


def _work(
    browser: Browser, pages: Sequence[str], over: threading.Event, measured: Measured
) -> None:
    """Open one page of the admin after the other until it is over."""
    number = 0
    while not over.wait(PAUSE_SECONDS):
        page, began = pages[number % len(pages)], time.monotonic()
        try:
            status = browser.open(page)
        except urllib3.exceptions.HTTPError as error:
            status = 0
            measured.failures.append(f"{page}: {error}")
        if status not in (0, 200):
            measured.failures.append(f"{page}: {status}")
        measured.answers.append(time.monotonic() - began)
        number += 1


def _waiting(batch: uuid.UUID) -> bool:
    states = [IncomingFile.State.WAITING, IncomingFile.State.LOOKING]
    return IncomingFile.objects.filter(batch=batch, state__in=states).exists()


def _count(batch: uuid.UUID, measured: Measured) -> None:
    """How many files are in which state, and what became of reading them."""
    for file in IncomingFile.objects.filter(batch=batch).select_related("document__reading"):
        state = "failed" if file.failed else file.state
        measured.states[state] = measured.states.get(state, 0) + 1
        reading: Reading | None = getattr(file.document, "reading", None)
        if reading:
            measured.readings[reading.state] = measured.readings.get(reading.state, 0) + 1


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of some values lies; 0 where there is none."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
