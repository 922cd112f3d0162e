"""Vectors of synthetic passages, made from those of real ones so that neighbourhoods look real.

Synthetic texts are words without sense, and their own vectors would lie in a heap. So a synthetic
passage stands near a real one of its language: the real vector is moved by a random mixture of the
ways in which real passages of the language differ, and its sentences stand around it as sentences
of real passages do around theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from search.benchmark.texts import LANGUAGES, Texts
from search.benchmark.works import SEED
from search.encoders.base import Encoder, Vectors, normalised
from search.engines.base import VectorKind
from search.passages import cut_passages
from search.records import EditionRecord, Meaning, Passage, Record
from search.texts import sentences_of

REAL_PASSAGES = 40
"""Real passages of each language that are encoded, with their sentences."""

MOVED = 0.7
"""How far a synthetic passage stands from its real one: 1 is as far as two real ones."""

_HALF = np.dtype("<f2")


@dataclass(frozen=True, slots=True, eq=False)
class RealVectors:
    """Vectors of real passages of each language, and the way from a passage to its sentences.

    ``passages`` and ``sentences``: per language float32, one row each, shape ``(n, dimensions)``;
    a row of ``sentences`` is a sentence's vector less its passage's.
    """

    kind: VectorKind
    passages: Mapping[str, Vectors]
    sentences: Mapping[str, Vectors]

    @property
    def count(self) -> int:
        """The real passages of all languages."""
        return sum(map(len, self.passages.values()))


def real_vectors(texts: Texts, encoder: Encoder, count: int = REAL_PASSAGES) -> RealVectors:
    """Encode some real passages of each language. Raises `EncoderUnavailable`."""
    passages, sentences = {}, {}
    for language in LANGUAGES:
        real = list(islice(_real_passages(texts.prose[language], language), count))
        own = encoder.passages([passage.text for passage in real])
        said = [sentences_of(passage) for passage in real]
        rows = encoder.passages([sentence for some in said for sentence in some])
        passages[language] = own
        sentences[language] = rows - np.repeat(own, [len(some) for some in said], axis=0)
    return RealVectors(VectorKind(encoder.name, encoder.dimensions), passages, sentences)


def with_meaning(records: Iterable[Record], real: RealVectors) -> Iterator[Record]:
    """The records with vectors: each passage always gets the same."""
    for record in records:
        dice = np.random.default_rng([SEED, record.work])
        editions = tuple(_edition(edition, real, dice) for edition in record.editions)
        yield replace(record, encoder=real.kind.encoder, editions=editions)


def _edition(edition: EditionRecord, real: RealVectors, dice: np.random.Generator) -> EditionRecord:
    files = tuple(
        replace(file, passages=_passages(file.passages, real, dice)) for file in edition.files
    )
    return replace(edition, body=_passages(edition.body, real, dice), files=files)


def _passages(
    passages: Sequence[Passage], real: RealVectors, dice: np.random.Generator
) -> tuple[Passage, ...]:
    return tuple(replace(one, meaning=_meaning(one, real, dice)) for one in passages)


def _meaning(passage: Passage, real: RealVectors, dice: np.random.Generator) -> Meaning:
    near, said = real.passages[passage.language], real.sentences[passage.language]
    mixture = dice.standard_normal(len(near), np.float32) @ (near - near.mean(axis=0))
    own = near[dice.integers(len(near))] + MOVED * mixture / np.sqrt(len(near))
    rows = own + said[dice.integers(len(said), size=len(sentences_of(passage)))]
    vectors = normalised(np.vstack([own, rows])).astype(_HALF)
    return Meaning(vectors[0].tobytes(), vectors[1:].tobytes())


def _real_passages(texts: Iterable[str], language: str) -> Iterator[Passage]:
    for text in texts:
        for start, end in cut_passages(text, language):
            yield Passage(0, language, text[start:end])
