"""Records completed with what the cache of vectors knows of their passages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from search.ranking.packing import vector_of
from search.ranking.statistics import MeansCollector
from search.records import EditionRecord, Meaning, Passage, Record
from search.texts import passages_in, texts_of
from search.vectors import packed_vectors


def add_meaning(records: Iterable[Record], encoder: str) -> list[Record]:
    """The records with the vectors that the cache has of the named encoder.

    A passage has a meaning when it and all of its sentences have vectors. Without the name of an
    encoder the records stay as they are.
    """
    if not encoder:
        return list(records)
    # One record at a time: a passage's vectors take ten times the room of its text.
    return [_completed(record, encoder) for record in records]


def add_means(collector: MeansCollector, records: Iterable[Record]) -> None:
    """Count in the vectors of the records' passages."""
    for record in records:
        for passage in passages_in(record):
            if passage.meaning is not None:
                collector.add(passage.language, vector_of(passage.meaning))


def _completed(record: Record, encoder: str) -> Record:
    texts = {passage: texts_of(passage) for passage in passages_in(record)}
    vectors = packed_vectors(encoder, (text for some in texts.values() for text in some))

    def complete(passages: Iterable[Passage]) -> tuple[Passage, ...]:
        return tuple(
            replace(passage, meaning=_meaning(texts[passage], vectors)) for passage in passages
        )

    def with_meaning(edition: EditionRecord) -> EditionRecord:
        files = tuple(replace(file, passages=complete(file.passages)) for file in edition.files)
        return replace(edition, body=complete(edition.body), files=files)

    return replace(record, encoder=encoder, editions=tuple(map(with_meaning, record.editions)))


def _meaning(texts: list[str], vectors: Mapping[str, bytes]) -> Meaning | None:
    """The meaning of a passage by its texts; none while the vector of one of them is missing."""
    found = [vectors[text] for text in texts if text in vectors]
    return Meaning(found[0], b"".join(found[1:])) if len(found) == len(texts) else None
