"""The texts on which encoders are compared."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from search.passages import cut_passages
from search.sentences import split_sentences

LANGUAGES = ("tr", "ar", "sv", "en", "fr")
WORDS_OF_A_QUERY = 10

T = TypeVar("T")


class Text(NamedTuple):
    """A text and its language."""

    language: str
    text: str


@dataclass(slots=True)
class Texts:
    """What was found: passages of 120-200 words, sentences, questions and labels, each once."""

    passages: list[Text] = field(default_factory=list)
    sentences: list[Text] = field(default_factory=list)
    questions: list[Text] = field(default_factory=list)
    labels: list[Text] = field(default_factory=list)

    def add_document(self, language: str, text: str) -> None:
        """Cut a document as the index does; long passages also give a question of ten words."""
        passages = [text[start:end] for start, end in cut_passages(text, language)]
        self.passages += [Text(language, passage) for passage in passages]
        spans = split_sentences(text, language)
        self.sentences += [Text(language, text[start:end]) for start, end in spans]
        for passage in passages:
            words = passage.split()
            if len(words) >= WORDS_OF_A_QUERY:
                self.questions.append(Text(language, " ".join(words[:WORDS_OF_A_QUERY])))

    def finish(self) -> None:
        """Keep each text once."""
        for name in ("passages", "sentences", "questions", "labels"):
            setattr(self, name, list(dict.fromkeys(getattr(self, name))))


def read_texts(paths: Sequence[Path]) -> Texts:
    """The texts of some folders and files.

    Read are: ``corpus.jsonl`` (BEIR's layout), ``truth.json`` (the text of a corpus of files), and
    CSV files with a column of labels per language. Raises `ValueError` where there are none.
    """
    texts = Texts()
    for file in _files(paths):
        if file.name == "corpus.jsonl":
            for line in file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                texts.add_document(row["language"], row["text"])
        elif file.name == "truth.json":
            for document in json.loads(file.read_text(encoding="utf-8")):
                for section in document["sections"]:
                    texts.add_document(document["language"], " ".join(section["sentences"]))
        elif file.suffix == ".csv":
            texts.labels += _labels(file)
    texts.finish()
    if not (texts.passages or texts.labels):
        raise ValueError(f"There are no texts in {', '.join(map(str, paths))}.")
    return texts


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.iterdir()) if path.is_dir() else [path]


def _labels(file: Path) -> Iterator[Text]:
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            for language in LANGUAGES:
                alternatives = (row.get(f"{language}_alt") or "").split(";")
                for label in (row.get(language) or "", *alternatives):
                    if label.strip():
                        yield Text(language, label.strip())


def sample(texts: Sequence[Text], each: int) -> list[Text]:
    """Up to ``each`` texts of every language, evenly spread over those there are."""
    chosen = []
    for language in LANGUAGES:
        own = [text for text in texts if text.language == language]
        step = max(len(own) / each, 1)
        chosen += [own[int(at * step)] for at in range(min(each, len(own)))]
    return chosen
