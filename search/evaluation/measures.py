"""The figures of a run, by ``ir-measures``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

import ir_measures
from ir_measures import AP, RR, R, nDCG

from search.evaluation.collection import Collection

DEPTH_OF_SHARE = 10
"""Results whose languages are counted."""

_MEASURES = {"r1": R @ 1, "r10": R @ 10, "mrr": RR @ 100, "ndcg10": nDCG @ 10, "map": AP @ 100}
_POOLED = ("map", "ndcg10")
_WORKS = ("r1", "mrr")

Run = Mapping[str, Sequence[str]]
"""For each question's key the keys of what was found, best first."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one way of searching reaches on a collection.

    ``pairs`` has for "tr-ar" the figures of Turkish questions on Arabic texts; ``same`` and
    ``cross`` are the means over pairs of one language, and of two. ``ms`` are milliseconds.
    """

    engine: str
    mode: str
    encoder: str
    pairs: dict[str, Figures]
    pooled: Figures
    works: Figures
    ms: Figures
    same: Figures = field(default_factory=dict)
    cross: Figures = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One object, as ``evaluate_search --json`` writes it."""
        names = ("engine", "mode", "encoder", "same", "cross", "pairs", "pooled", "works", "ms")
        return {name: getattr(self, name) for name in names}


def pair_figures(collection: Collection, asked: str, found: str, run: Run) -> Figures:
    """The figures of questions in one language on texts in one language."""
    language_of = {text.key: text.language for text in collection.texts}
    answers = {
        question.key: {
            key for key in collection.answers[question.key] if language_of.get(key) == found
        }
        for question in collection.questions
        if question.language == asked
    }
    return _figures(answers, run, _MEASURES)


def pooled_figures(collection: Collection, run: Run) -> Figures:
    """The figures with the texts of all languages together, each asking language alike."""
    language_of = {text.key: text.language for text in collection.texts}
    known = language_of.keys()
    by_language: dict[str, dict[str, set[str]]] = {}
    for question in collection.questions:
        answers = set(collection.answers[question.key] & known)
        by_language.setdefault(question.language, {})[question.key] = answers
    figures = _mean(_figures(answers, run, _MEASURES) for answers in by_language.values())
    shares = [
        share
        for question in collection.questions
        if (share := _own_share(run.get(question.key, ()), question.language, language_of)) >= 0
    ]
    return {
        **{name: figures[name] for name in _POOLED},
        "own_share": fmean(shares) if shares else 0.0,
    }


def work_figures(collection: Collection, run: Run) -> Figures:
    """The figures with the texts of a work grouped: which work comes first."""
    work_of = {text.key: text.work for text in collection.texts}
    answers = {
        question.key: {work_of[key] for key in collection.answers[question.key] if key in work_of}
        for question in collection.questions
    }
    return _figures(answers, run, {name: _MEASURES[name] for name in _WORKS})


def means(pairs: Mapping[str, Figures]) -> tuple[Figures, Figures]:
    """The means over pairs of one language, and over ordered pairs of two."""
    same = [figures for pair, figures in pairs.items() if len(set(pair.split("-"))) == 1]
    cross = [figures for pair, figures in pairs.items() if len(set(pair.split("-"))) == 2]
    return _mean(same), _mean(cross)


def _own_share(found: Sequence[str], language: str, language_of: Mapping[str, str]) -> float:
    """The share of the first results in the question's language; -1 where nothing is found."""
    first = found[:DEPTH_OF_SHARE]
    return fmean(language_of[key] == language for key in first) if first else -1.0


def _figures(answers: Mapping[str, set[str]], run: Run, measures: Mapping[str, Any]) -> Figures:
    qrels = {
        key: dict.fromkeys(sorted(relevant), 1) for key, relevant in answers.items() if relevant
    }
    if not qrels:
        return dict.fromkeys(measures, 0.0)
    ranks = {
        key: {text: float(-rank) for rank, text in enumerate(run.get(key, ()))} for key in qrels
    }
    found = ir_measures.calc_aggregate(list(measures.values()), qrels, ranks)
    return {name: float(found.get(measure, 0.0)) for name, measure in measures.items()}


def _mean(rows: Iterable[Figures]) -> Figures:
    found = list(rows)
    names = found[0].keys() if found else ()
    return {name: fmean(row[name] for row in found) for name in names}
