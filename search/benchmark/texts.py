"""Words as often as real texts use them, language by language."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random

from search.analysis import stop_word_anywhere

LANGUAGES = ("tr", "ar", "sv", "en")
"""The languages of synthetic texts."""

_WORD = re.compile(r"\w+(?:['’-]\w+)*")
_SENTENCE_WORDS = (8, 24)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language, each with how many words stand up to and with it."""

    words: tuple[str, ...]
    cumulated: tuple[int, ...]

    @classmethod
    def of(cls, texts: list[str]) -> Vocabulary:
        """The words of some texts, as often as they stand there."""
        counts = sorted(Counter(word for text in texts for word in _WORD.findall(text)).items())
        words, frequencies = zip(*counts, strict=True)
        return cls(words, tuple(accumulate(frequencies)))

    def draw(self, dice: Random, count: int) -> list[str]:
        """Words, each drawn for itself."""
        return dice.choices(self.words, cum_weights=self.cumulated, k=count)

    def text(self, dice: Random, least: int, most: int) -> str:
        """A text of ``least`` to ``most`` words in sentences."""
        words = self.draw(dice, dice.randint(least, most))
        end = dice.randint(*_SENTENCE_WORDS)
        while end < len(words):
            words[end - 1] += "."
            end += dice.randint(*_SENTENCE_WORDS)
        return " ".join(words) + "."

    def question(self, dice: Random, count: int) -> str:
        """Words to search for, not all of them stop words."""
        while True:
            words = self.draw(dice, count)
            if not all(map(stop_word_anywhere, words)):
                return " ".join(words)


@dataclass(frozen=True, slots=True)
class Texts:
    """A vocabulary per language, and where it comes from; ``prose`` are the texts themselves."""

    source: str
    vocabularies: dict[str, Vocabulary]
    prose: dict[str, list[str]]


def read_texts(corpus: Path, demonstration: Path) -> Texts:
    """The vocabularies of a corpus (its ``truth.json``), else of the demonstration's files."""
    truth = corpus / "truth.json"
    if truth.is_file():
        source, texts = "the corpus", _corpus_texts(truth)
    else:
        source, texts = "the demonstration's files", _demonstration_texts(demonstration)
    return Texts(
        source, {language: Vocabulary.of(texts[language]) for language in LANGUAGES}, texts
    )


def _corpus_texts(truth: Path) -> dict[str, list[str]]:
    texts: dict[str, list[str]] = {language: [] for language in LANGUAGES}
    for file in json.loads(truth.read_text(encoding="utf-8")):
        sections = file["sections"]
        sentences = [
            one for section in sections for one in (section["title"], *section["sentences"])
        ]
        texts[file["language"]].append(". ".join(sentences))
    return texts


def _demonstration_texts(folder: Path) -> dict[str, list[str]]:
    return {
        language: [
            path.read_text(encoding="utf-8")
            for path in sorted(folder.glob(f"works/*/{language}.file.md"))
        ]
        for language in LANGUAGES
    }
