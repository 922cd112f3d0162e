"""The word lists in ``data/``: one file per language and purpose, a word or rule a line."""

from __future__ import annotations

from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"


@cache
def read_words(code: str, purpose: str) -> tuple[str, ...]:
    """The lines of ``data/<code>.<purpose>.txt`` without comments (``#``) and blank lines."""
    lines = (DATA / f"{code}.{purpose}.txt").read_text(encoding="utf-8").splitlines()
    words = (line.split("#")[0].strip() for line in lines)
    return tuple(word for word in words if word)
