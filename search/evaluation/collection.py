"""Collections to measure with: texts, questions, and which texts answer which question."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

LABEL_LANGUAGES = ("tr", "ar", "sv", "en")


class NoCollection(Exception):
    """The folder holds no collection that can be read; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text; texts of one ``work`` are translations of each other."""

    key: str
    language: str
    work: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, in one language."""

    key: str
    language: str
    text: str


@dataclass(frozen=True)
class Collection:
    """Texts and questions; ``answers`` has for each question's key those of the right texts."""

    name: str
    texts: Sequence[Text]
    questions: Sequence[Question]
    answers: Mapping[str, frozenset[str]]

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages of the texts."""
        return tuple(sorted({text.language for text in self.texts}))

    @cached_property
    def question_languages(self) -> tuple[str, ...]:
        """The languages of the questions."""
        return tuple(sorted({question.language for question in self.questions}))

    def part(self, share: int) -> Collection:
        """The first of every ``share`` works, and every question about them."""
        works = sorted({text.work for text in self.texts})[::share]
        texts = [text for text in self.texts if text.work in set(works)]
        kept = {text.key for text in texts}
        questions = [one for one in self.questions if self.answers.get(one.key, set()) & kept]
        return Collection(f"{self.name} (1/{share})", texts, questions, self.answers)


def read_collection(folder: Path) -> Collection:
    """A folder in the BEIR layout: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``.

    Raises `NoCollection`.
    """
    try:
        texts = [
            Text(
                row["_id"],
                row["language"],
                row.get("work") or row["_id"],
                row.get("title", ""),
                row["text"],
            )
            for row in _rows(folder / "corpus.jsonl")
        ]
        questions = [
            Question(row["_id"], row["language"], row["text"])
            for row in _rows(folder / "queries.jsonl")
        ]
        answers = _answers(folder / "qrels.tsv")
    except (OSError, KeyError, ValueError) as error:
        raise NoCollection(f"{folder} is no collection: {error}") from error
    return Collection(folder.name, texts, questions, answers)


def read_labels(path: Path) -> list[dict[str, str]]:
    """The rows of a vocabulary with a name in every one of `LABEL_LANGUAGES`."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row for row in rows if all(row.get(code) for code in LABEL_LANGUAGES)]


def labels_collection(name: str, rows: Iterable[Mapping[str, str]]) -> Collection:
    """Names of one thing in several languages: one is asked for, the others are to be found."""
    texts: list[Text] = []
    questions: list[Question] = []
    answers: dict[str, frozenset[str]] = {}
    for row, code in product(rows, LABEL_LANGUAGES):
        key = f"{code}-{row['id']}"
        texts.append(Text(key, code, row["id"], row[code], row[code]))
        questions.append(Question(key, code, row[code]))
        answers[key] = frozenset(f"{other}-{row['id']}" for other in LABEL_LANGUAGES)
    return Collection(name, texts, questions, answers)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _answers(path: Path) -> dict[str, frozenset[str]]:
    answers: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t")
        next(rows, None)
        for question, text, *relevance in rows:
            if not relevance or float(relevance[-1]) > 0:
                answers[question].add(text)
    return {question: frozenset(texts) for question, texts in answers.items()}
