"""How much of the known text of a folder of files comes out of them again.

The folder holds files and ``truth.json``: a list of ``{"file", "language", "sections":
[{"sentences": […]}]}`` with the sentences each file was made from.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .limits import Limits
from .runner import run_in_child

_ARABIC_MARKS = re.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")


@dataclass(slots=True)
class Share:
    """How many of the sentences of one language and format came out."""

    language: str
    format: str
    files: int = 0
    sentences: int = 0
    searchable: int = 0
    """Found when letters and digits alone are compared (NFKC, without Arabic marks)."""
    readable: int = 0
    """Found as they are, white space collapsed."""

    def as_dict(self) -> dict[str, Any]:
        """With both counts as shares from 0 to 1."""
        total = self.sentences or 1
        shares = {"searchable": self.searchable / total, "readable": self.readable / total}
        return asdict(self) | shares


def letters_and_digits(text: str) -> str:
    """What the comparison called *searchable* compares."""
    text = _ARABIC_MARKS.sub("", unicodedata.normalize("NFKC", text))
    return "".join(character for character in text if character.isalnum())


def measure(folder: Path, limits: Limits) -> list[Share]:
    """Read every file named in ``folder/truth.json``; one row per language and format."""
    shares: dict[tuple[str, str], Share] = {}
    for entry in json.loads((folder / "truth.json").read_text(encoding="utf-8")):
        file_format = Path(entry["file"]).suffix.removeprefix(".")
        key = (entry["language"], file_format)
        share = shares.setdefault(key, Share(*key))
        _count(share, run_in_child(folder / entry["file"], entry["file"], limits).text, entry)
    return sorted(shares.values(), key=lambda share: (share.format, share.language))


def _count(share: Share, text: str, entry: dict[str, Any]) -> None:
    # Sentences run over the ends of lines, paragraphs and pages.
    collapsed, bare = " ".join(text.split()), letters_and_digits(text)
    share.files += 1
    for sentence in _sentences(entry):
        share.sentences += 1
        share.searchable += letters_and_digits(sentence) in bare
        share.readable += " ".join(sentence.split()) in collapsed


def _sentences(entry: dict[str, Any]) -> Iterator[str]:
    for section in entry["sections"]:
        yield from section["sentences"]
