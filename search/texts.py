"""The texts of a record that are encoded: each passage, and each of its sentences."""

from __future__ import annotations

from collections.abc import Iterator

from search.records import Passage, Record
from search.sentences import split_sentences


def head_text(title: str, summary: str) -> str:
    """What the first passage of an edition says: a catalogue entry often says nothing else."""
    return "\n\n".join(filter(None, (title, summary)))


def passages_in(record: Record) -> Iterator[Passage]:
    """The passages of a record: of each edition its own, then those of its files."""
    for edition in record.editions:
        yield from edition.body
        for file in edition.files:
            yield from file.passages


def sentences_of(passage: Passage) -> list[str]:
    """The sentences of a passage in their order, each exactly as it is encoded."""
    spans = split_sentences(passage.text, passage.language)
    return [passage.text[start:end] for start, end in spans]


def texts_of(passage: Passage) -> list[str]:
    """What is encoded of a passage: its text, then its sentences."""
    return [passage.text, *sentences_of(passage)]


def texts_in(record: Record) -> list[str]:
    """All texts of a record that are encoded, each once, in their order."""
    return list(dict.fromkeys(text for one in passages_in(record) for text in texts_of(one)))


def count_passages(record: Record) -> tuple[int, int]:
    """How many passages a record has, and how many of them have no meaning."""
    passages = list(passages_in(record))
    return len(passages), sum(passage.meaning is None for passage in passages)
