"""The words of public texts, for better spellings."""

from __future__ import annotations

import sqlite3
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from threading import Lock

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.engines.spellings import Spelling, correctable, readings_anywhere, wrong_letters


def pack(words: Iterable[Spelling]) -> bytes:
    """Spellings as a small blob."""
    return zlib.compress("\n".join(f"{word} {written}" for word, written in words).encode(), 1)


def unpack(blob: bytes | None) -> set[Spelling]:
    """What `pack` packed."""
    if not blob:
        return set()
    pairs = (line.split(" ") for line in zlib.decompress(blob).decode().split("\n") if line)
    return {(word, written) for word, written in pairs}


class Vocabulary:
    """The vocabulary of a generation in memory, kept current by its changes."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._change = -1
        self._words: dict[str, dict[str, int]] = {}
        self._by_length: dict[int, list[str]] = {}

    def load(self, store: sqlite3.Connection, change: int) -> None:
        """Take in what changed since the last time; ``change`` is the state of the store."""
        with self._lock:
            if change <= self._change:
                return
            for word, written, works in store.execute(
                "SELECT word, written, works FROM vocabulary WHERE change > ?", (self._change,)
            ):
                self._set(word, written, works)
            by_length = defaultdict(list)
            for word in self._words:
                by_length[len(word)].append(word)
            self._change, self._by_length = change, by_length

    def spell(self, words: Sequence[str]) -> dict[str, str]:
        """The best spelling for each word that is not held, where there is one."""
        with self._lock:
            better = {word: self._better(word) for word in words}
        return {word: found for word, found in better.items() if found}

    def _set(self, word: str, written: str, works: int) -> None:
        forms = self._words.setdefault(word, {})
        if works > 0:
            forms[written] = works
        else:
            forms.pop(written, None)
        if not forms:
            del self._words[word]

    def _better(self, typed: str) -> str | None:
        word = correctable(typed)
        if not word or not self._words.keys().isdisjoint(readings_anywhere(typed)):
            return None
        distance = wrong_letters(word)
        choices = [
            choice
            for length in range(len(word) - distance, len(word) + distance + 1)
            for choice in self._by_length.get(length, ())
        ]
        found = process.extract(
            word, choices, scorer=OSA.distance, score_cutoff=distance, limit=None
        )
        if not found:
            return None
        best = min(
            ((far, choice[0] != word[0], -self._works(choice), choice) for choice, far, _ in found)
        )
        forms = self._words[best[3]]
        return min(forms, key=lambda written: (-forms[written], written))

    def _works(self, word: str) -> int:
        return sum(self._words[word].values())
