"""A collection as a library of its own: its texts become records of an index, and are asked."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from search.encoders.base import Encoder
from search.engines.base import Engine, Results, VectorKind
from search.evaluation.collection import Collection, Question, Text
from search.passages import cut_passages
from search.plan import Meant, Plan
from search.query import build_plan, plain_query
from search.query.concepts import Matcher
from search.ranking.packing import vector_of
from search.ranking.statistics import MeansCollector, Statistics
from search.records import EditionRecord, Meaning, Passage, Record, Visibility
from search.texts import passages_in, sentences_of, texts_in

DEPTH = 100
"""Results that are looked at for each question."""

MODES = ("words", "concepts", "meaning", "all")

NO_FLOOR = -1.0
"""Every candidate is ranked, so that ranking is measured and not the threshold."""

_HALF = np.dtype("<f2")

Vectors = Mapping[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Asked:
    """How a collection is asked: the mode, and what finds concepts in questions, if anything."""

    mode: str
    encoder: Encoder | None
    matcher: Matcher | None


def texts_to_encode(collection: Collection) -> list[str]:
    """All that must be encoded of a collection: its passages and the sentences of these."""
    records = rows_as_works(collection.texts, {}, "")
    return list(dict.fromkeys(text for record in records for text in texts_in(record)))


def rows_as_works(texts: Sequence[Text], vectors: Vectors, encoder: str) -> list[Record]:
    """Every text is a work of its own, numbered by its place from 1."""
    return [_record(number, [text], vectors, encoder) for number, text in enumerate(texts, start=1)]


def grouped_works(
    collection: Collection, vectors: Vectors, encoder: str
) -> tuple[list[Record], dict[str, int]]:
    """Texts of one work are its editions; also the number of each work by its name."""
    numbers = {name: n for n, name in enumerate(sorted({t.work for t in collection.texts}), 1)}
    groups: dict[str, list[Text]] = {name: [] for name in numbers}
    for text in collection.texts:
        groups[text.work].append(text)
    records = [_record(numbers[name], group, vectors, encoder) for name, group in groups.items()]
    return records, numbers


def fill(engine: Engine, records: Sequence[Record], encoder: Encoder | None) -> Statistics | None:
    """Make an index of some records, with vectors where there is an encoder."""
    kind = VectorKind(encoder.name, encoder.dimensions) if encoder else None
    index = engine.new_index(kind)
    index.write(records)
    statistics = _statistics(records, encoder) if encoder else None
    if statistics:
        index.describe(statistics)
    index.settle()
    index.swap()
    return statistics


def plan_of(question: Question, asked: Asked, vector: np.ndarray | None) -> Plan:
    """The plan of a question. Its marks mean nothing: it is no query that a reader typed.

    No language is that of the address, so none is preferred.
    """
    parsed = plain_query(question.text)
    concepts = asked.matcher.find(parsed) if asked.matcher and asked.mode != "words" else ()
    plan = build_plan(
        parsed, language="", now=int(time.time()), size=DEPTH, concepts=concepts, passages_per_hit=1
    )
    if vector is not None and asked.encoder is not None:
        meant = Meant(asked.encoder.name, vector.astype("<f4").tobytes())
        plan = replace(plan, meant=meant, floor=NO_FLOOR)
    return replace(plan, by_words=asked.mode != "meaning")


def ask(engine: Engine, plan: Plan, language: str | None = None) -> Results:
    """What a plan finds, in all languages or with the reader's filter for one."""
    filters = {"language": frozenset({language})} if language else {}
    return engine.search(replace(plan, filters=filters))


def _record(number: int, texts: Sequence[Text], vectors: Vectors, encoder: str) -> Record:
    return Record(
        work=number,
        version=1,
        kind="publication",
        editions=tuple(
            EditionRecord(
                language=text.language,
                slug=f"text-{number}",
                title=text.title,
                summary="",
                visibility=Visibility(),
                body=tuple(_passages(text, vectors)),
            )
            for text in texts
        ),
        encoder=encoder,
    )


def _passages(text: Text, vectors: Vectors) -> Iterator[Passage]:
    for number, (start, end) in enumerate(cut_passages(text.text, text.language)):
        passage = Passage(number, text.language, text.text[start:end])
        yield replace(passage, meaning=_meaning(passage, vectors))


def _meaning(passage: Passage, vectors: Vectors) -> Meaning | None:
    if passage.text not in vectors:
        return None
    return Meaning(
        vectors[passage.text].astype(_HALF).tobytes(),
        b"".join(vectors[sentence].astype(_HALF).tobytes() for sentence in sentences_of(passage)),
    )


def _statistics(records: Sequence[Record], encoder: Encoder) -> Statistics:
    means = MeansCollector(encoder.name)
    for passage in chain.from_iterable(map(passages_in, records)):
        if passage.meaning:
            means.add(passage.language, vector_of(passage.meaning))
    return means.statistics()
