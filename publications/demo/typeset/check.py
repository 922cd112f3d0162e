"""Whether a typeset file gives its text back: read with the library's own reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from publications.demo.sources import FileSource
from publications.demo.typeset.blocks import Document, Runs, Table, plain
from publications.extraction import Extraction, Limits, read_file
from publications.extraction.measure import letters_and_digits

LEAST_FOUND = {"ar": 0.96}
"""The share of sentences that must be found; ``LEAST_FOUND_ELSEWHERE`` in other languages."""
LEAST_FOUND_ELSEWHERE = 0.99
PAGES = range(2, 9)
_SENTENCE_END = re.compile(r"(?<=[.!?؟])\s+")


@dataclass(frozen=True, slots=True)
class Check:
    """What came out of a file; ``missing`` are the sentences that did not."""

    sentences: int
    missing: tuple[str, ...]
    least: float
    extraction: Extraction
    expected: Document

    @property
    def found(self) -> float:
        """The share of sentences that came out."""
        return 1 - len(self.missing) / self.sentences

    @property
    def is_good(self) -> bool:
        """Whether enough sentences, the metadata and a right number of pages are there."""
        read = self.extraction
        return (
            self.found >= self.least
            and (read.page_count is None or read.page_count in PAGES)
            and read.title == self.expected.title
            and read.authors == list(self.expected.authors)
            and read.language == self.expected.language
        )

    def __str__(self) -> str:
        pages = f"{self.extraction.page_count} pages, " if self.extraction.page_count else ""
        read = self.extraction
        return (
            f"{pages}{self.found:.1%} of {self.sentences} sentences found, "
            f"{read.language}, “{read.title}”, {', '.join(read.authors)}"
        )


def check_file(file: FileSource, document: Document) -> Check:
    """Read a finished file and compare it with the document it was made from."""
    extraction = read_file(file.path, file.name, Limits())
    bare = letters_and_digits(extraction.text)
    sentences = list(sentences_of(document))
    return Check(
        sentences=len(sentences),
        missing=tuple(text for text in sentences if letters_and_digits(text) not in bare),
        least=LEAST_FOUND.get(file.language, LEAST_FOUND_ELSEWHERE),
        extraction=extraction,
        expected=document,
    )


def sentences_of(document: Document) -> Iterator[str]:
    """Every sentence, heading and cell of a document."""
    for runs in _texts(document):
        yield from (part for part in _SENTENCE_END.split(plain(runs)) if letters_and_digits(part))


def _texts(document: Document) -> Iterator[Runs]:
    yield document.heading.runs
    for block in document.blocks:
        if isinstance(block, Table):
            for row in block.rows:
                yield from row
        else:
            yield block.runs
