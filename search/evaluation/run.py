"""Asking all questions of a collection, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from statistics import fmean

import numpy as np

from search.benchmark.measuring import Spread
from search.encoders.base import Encoder
from search.engines.base import Engine
from search.evaluation.collection import Collection, Question
from search.evaluation.library import (
    Asked,
    Vectors,
    ask,
    fill,
    grouped_works,
    plan_of,
    rows_as_works,
)
from search.evaluation.measures import (
    Measured,
    means,
    pair_figures,
    pooled_figures,
    work_figures,
)
from search.plan import Meant, Plan
from search.ranking.floor import choose_sentences, floor_of
from search.ranking.statistics import Statistics
from search.records import Record

NewEngine = Callable[[], AbstractContextManager[Engine]]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One way of searching: an engine, made new for each index, and how it is asked."""

    name: str
    new_engine: NewEngine
    asked: Asked


@dataclass(frozen=True, slots=True)
class Gate:
    """What the threshold does: the share of questions that meaning answers.

    ``strangers`` of questions whose answer is not among the texts; ``answered`` of those with an
    answer that get a right text by meaning, per pair of languages and over all. ``floor`` is what
    the texts' own sentences say.
    """

    floor: float
    strangers: float
    answered: float
    pairs: dict[str, float]


def evaluate(
    evaluation: Evaluation, collection: Collection, vectors: Vectors, progress: Progress
) -> Measured:
    """All figures of one way of searching on one collection."""
    asked = evaluation.asked
    encoder = _used_encoder(asked)
    name = encoder.name if encoder else ""
    with evaluation.new_engine() as engine:
        fill(engine, rows_as_works(collection.texts, vectors, name), encoder)
        keys = [text.key for text in collection.texts]
        plans, seconds = _plans(asked, collection.questions)
        runs: dict[str | None, dict[str, list[str]]] = {}
        for language in (None, *collection.languages):
            runs[language] = {}
            for number, (key, plan) in enumerate(plans.items()):
                progress(f"{language or 'all languages'}", number, len(plans))
                began = time.perf_counter()
                hits = ask(engine, plan, language).hits
                if language is None:
                    seconds[key] += time.perf_counter() - began
                runs[language][key] = [keys[hit.work - 1] for hit in hits]
    pairs = {
        f"{own}-{other}": pair_figures(collection, own, other, runs[other])
        for own in collection.question_languages
        for other in collection.languages
    }
    same, cross = means(pairs)
    times = Spread.of(list(seconds.values()))
    return Measured(
        engine=evaluation.name,
        mode=asked.mode,
        encoder=name,
        pairs=pairs,
        pooled=pooled_figures(collection, runs[None]),
        works=_grouped(evaluation, collection, vectors, plans),
        ms={"p50": times.p50, "p95": times.p95},
        same=same,
        cross=cross,
    )


def gate(
    evaluation: Evaluation,
    collection: Collection,
    strangers: Sequence[Question],
    vectors: Vectors,
) -> Gate:
    """What the threshold does to questions about these works, and to those about others.

    Texts of one work are its editions, and the index has the floor that its own sentences say.
    """
    asked = evaluation.asked
    encoder = _used_encoder(asked)
    assert encoder is not None
    with evaluation.new_engine() as engine:
        records, numbers = grouped_works(collection, vectors, encoder.name)
        statistics = fill(engine, records, encoder)
        floor = set_floor(engine, records, statistics, encoder)
        works = {text.key: numbers[text.work] for text in collection.texts}
        right = {
            question.key: {works[key] for key in collection.answers[question.key] if key in works}
            for question in collection.questions
        }
        strange = _by_meaning(engine, asked, strangers, None)
        answered = {
            language: {
                key: bool(found & right[key])
                for key, found in _by_meaning(engine, asked, collection.questions, language).items()
            }
            for language in (None, *collection.languages)
        }
    language_of = {question.key: question.language for question in collection.questions}
    return Gate(
        floor=floor,
        strangers=fmean(bool(found) for found in strange.values()),
        answered=fmean(answered[None].values()),
        pairs={
            f"{own}-{other}": fmean(
                has for key, has in answered[other].items() if language_of[key] == own
            )
            for own in collection.question_languages
            for other in collection.languages
        },
    )


def set_floor(
    engine: Engine, records: Sequence[Record], statistics: Statistics | None, encoder: Encoder
) -> float:
    """Give an index the floor that its own sentences say, as the worker does."""
    assert statistics is not None
    sentences = choose_sentences(records)
    vectors = encoder.queries([sentence.text for sentence in sentences])
    questions = [
        (sentence.work, Meant(encoder.name, vector.astype("<f4").tobytes()))
        for sentence, vector in zip(sentences, vectors, strict=True)
    ]
    strangers = floor_of(lambda meant: engine.candidates(Plan(meant=meant)), questions, statistics)
    statistics = statistics.with_floor(strangers)
    engine.describe(statistics)
    return statistics.floor


def _by_meaning(
    engine: Engine, asked: Asked, questions: Iterable[Question], language: str | None
) -> dict[str, frozenset[int]]:
    """The works that each question finds by meaning in texts of one language, or of all."""
    plans, _ = _plans(asked, questions)
    return {
        key: frozenset(
            hit.work
            for hit in engine.search(replace(plan, floor=None, text_language=language)).hits
            if "meaning" in hit.reasons
        )
        for key, plan in plans.items()
    }


def _used_encoder(asked: Asked) -> Encoder | None:
    return asked.encoder if asked.mode in ("meaning", "all") else None


def _plans(asked: Asked, questions: Iterable[Question]) -> tuple[dict[str, Plan], dict[str, float]]:
    """The plan of each question, and the seconds that it took to make it."""
    encoder = _used_encoder(asked)
    plans: dict[str, Plan] = {}
    seconds: dict[str, float] = {}
    for question in questions:
        began = time.perf_counter()
        vector: np.ndarray | None = encoder.queries([question.text])[0] if encoder else None
        plans[question.key] = plan_of(question, asked, vector)
        seconds[question.key] = time.perf_counter() - began
    return plans, seconds


def _grouped(
    evaluation: Evaluation, collection: Collection, vectors: Vectors, plans: dict[str, Plan]
) -> dict[str, float]:
    """The figures with the texts of a work as its editions, as readers see them."""
    encoder = _used_encoder(evaluation.asked)
    name = encoder.name if encoder else ""
    with evaluation.new_engine() as engine:
        records, numbers = grouped_works(collection, vectors, name)
        fill(engine, records, encoder)
        names = {number: work for work, number in numbers.items()}
        run = {
            key: [names[hit.work] for hit in ask(engine, plan).hits] for key, plan in plans.items()
        }
    return work_figures(collection, run)
