"""What a search among vectors misses: the nearest that an engine finds, against those of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import numpy.typing as npt

from search.benchmark.works import RESTRICTED_EACH
from search.encoders.base import Vectors
from search.engines.base import Engine, VectorKind
from search.plan import Meant, Plan
from search.ranking.candidates import Candidate
from search.ranking.constants import PASSAGES_PER_TEXT
from search.ranking.packing import vector_of
from search.records import PUBLIC, Record

NEAREST = 10
RECALL_QUESTIONS = 60

_SAME = 1e-5
"""Two products that are nearer than this are those of one vector, added up in another order."""


@dataclass(frozen=True, slots=True)
class Recall:
    """The share of the nearest passages that an engine finds, for one filter.

    ``languages``: of the ten nearest of each language, which ranking begins with; ``pooled``: of
    the ten nearest of all.
    """

    filter: str
    passages: int
    languages: float
    pooled: float


@dataclass(frozen=True, slots=True)
class _Filter:
    name: str
    plan: Plan
    seen: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _All:
    """Every passage: its vector, its language, its text (numbered), whether it is restricted."""

    vectors: Vectors
    languages: npt.NDArray[np.str_]
    texts: npt.NDArray[np.int64]
    restricted: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, records: Iterable[Record]) -> _All:
        rows = [
            (vector_of(passage.meaning), passage.language, 10 * record.work + number, hidden)
            for record in records
            for hidden in [not record.work % RESTRICTED_EACH]
            for number, edition in enumerate(record.editions)
            for passages in (edition.body, *(file.passages for file in edition.files))
            for passage in passages
            if passage.meaning is not None
        ]
        vectors, languages, texts, restricted = zip(*rows, strict=True)
        return cls(np.stack(vectors), np.array(languages), np.array(texts), np.array(restricted))


def measure_recall(
    engine: Engine, records: Iterable[Record], questions: Vectors, kind: VectorKind
) -> tuple[Recall, ...]:
    """The recall of an engine that holds these records, for vectors of questions.

    Every passage's vector is held in memory and compared with each question.
    """
    everything = _All.of(records)
    return tuple(_recall(engine, everything, one, questions, kind) for one in _filters(everything))


def _filters(everything: _All) -> Sequence[_Filter]:
    all_audiences, members = frozenset({PUBLIC, "members"}), frozenset({"members"})
    hidden = everything.restricted
    return [
        _Filter("none", Plan(audiences=all_audiences), np.ones(len(hidden), dtype=bool)),
        _Filter("19 works of 20 (public)", Plan(), ~hidden),
        _Filter("1 work of 20 (members only)", Plan(audiences=members), hidden),
        _Filter(
            "texts in one language",
            Plan(audiences=all_audiences, text_language="sv"),
            everything.languages == "sv",
        ),
    ]


def _recall(
    engine: Engine, everything: _All, chosen: _Filter, questions: Vectors, kind: VectorKind
) -> Recall:
    by_language: list[float] = []
    pooled: list[float] = []
    for question in questions:
        meant = Meant(kind.encoder, question.astype("<f4").tobytes())
        found = engine.candidates(_meaning(chosen.plan, meant))
        groups = _nearest(everything, chosen.seen, question)
        by_language += [
            _share(scores, _scores(found, question, language))
            for language, scores in groups.items()
        ]
        best = sorted((score for scores in groups.values() for score in scores), reverse=True)
        pooled.append(_share(best[:NEAREST], _scores(found, question, None)))
    return Recall(chosen.name, int(chosen.seen.sum()), fmean(by_language), fmean(pooled))


def _meaning(plan: Plan, meant: Meant) -> Plan:
    return Plan(audiences=plan.audiences, text_language=plan.text_language, meant=meant)


def _nearest(
    everything: _All, seen: npt.NDArray[np.bool_], question: npt.NDArray[np.float32]
) -> Mapping[str, list[float]]:
    """The products of the nearest passages of each language, few of one text, nearest first."""
    products = everything.vectors @ question
    found: dict[str, list[float]] = {}
    for language in np.unique(everything.languages[seen]).tolist():
        places = np.flatnonzero(seen & (everything.languages == language))
        places = places[np.argsort(-products[places], kind="stable")[: 100 * PASSAGES_PER_TEXT]]
        taken: Counter[int] = Counter()
        scores = []
        for place in places.tolist():
            taken[everything.texts[place]] += 1
            if taken[everything.texts[place]] <= PASSAGES_PER_TEXT:
                scores.append(float(products[place]))
        found[language] = scores[:NEAREST]
    return found


def _scores(
    found: Sequence[Candidate], question: npt.NDArray[np.float32], language: str | None
) -> list[float]:
    own = [float(one.vector @ question) for one in found if language in (None, one.language)]
    return sorted(own, reverse=True)[:NEAREST]


def _share(right: Sequence[float], found: Sequence[float]) -> float:
    """How many of the nearest are found, by their products: the last of them is the limit."""
    return sum(score >= right[-1] - _SAME for score in found) / len(right)
