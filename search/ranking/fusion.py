"""From candidates and words to one ranking: the method of ``docs/search.md``, step by step.

1. *Likeness*: vectors are moved towards a common centre of all languages (Libovický, Rosa and
   Fraser, 2020, call it centring); a passage's likeness is half its own, half its best sentence's.
2. *Words*: what BM25 found in the same edition is added.
3. *Echo*: the best text of each language is a question of its own (pseudo-relevance feedback on
   vectors; Li, Mourad, Zhuang, Koopman and Zuccon, 2021): what is like it gains.
4. *Level*: each language is set back by a part of its best score, so that none crowds out others.

A *text* here is what one edition of a work says in one language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np
import numpy.typing as npt

from search.plan import Meant, Plan
from search.ranking.candidates import Candidate, WordEvidence
from search.ranking.constants import (
    ALL_WORDS,
    BELOW_FLOOR,
    BELOW_FLOOR_ECHOED,
    CENTRED,
    ECHO,
    ECHO_TEMPERATURE,
    ECHOED,
    LEVEL,
    MOST_BY_MEANING,
    PASSAGES_PER_LANGUAGE,
    PREFERENCE,
    SENTENCE,
    WITHIN,
    WORDS,
)
from search.ranking.statistics import Statistics, Vector

TextKey = tuple[int, str, str]
"""The work, its edition's language, and the language of the text."""


@dataclass(frozen=True, slots=True)
class NearPassage:
    """A passage of a ranked work: how near it is, and its nearest sentence, counted from 0."""

    passage: int
    language: str
    score: float
    sentence: int | None


@dataclass(frozen=True, slots=True)
class RankedWork:
    """A work with its score; ``by_meaning`` says that it matches by that."""

    work: int
    score: float
    by_meaning: bool
    by_words: bool
    passages: tuple[NearPassage, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Works that match, best first. ``at_least`` says that more may match by meaning."""

    works: tuple[RankedWork, ...] = ()
    at_least: bool = False

    @property
    def by_meaning(self) -> frozenset[int]:
        """The works that match by meaning, whether or not by words."""
        return frozenset(one.work for one in self.works if one.by_meaning)


@dataclass(slots=True)
class _Text:
    """A text while it is ranked. ``like`` is its best passage's likeness."""

    key: TextKey
    like: float
    near: list[NearPassage] = field(default_factory=list)
    vectors: list[Vector] = field(default_factory=list)
    words: float = 0.0
    matches: bool = False
    echo: float = 0.0
    admitted: bool = False
    score: float = 0.0

    @property
    def evidence(self) -> float:
        return self.like + self.words

    @property
    def language(self) -> str:
        return self.key[2]


def rank(
    plan: Plan,
    statistics: Statistics,
    candidates: Sequence[Candidate],
    words: Sequence[WordEvidence],
) -> Ranking:
    """The works that match among candidates and what words found, in their order.

    ``words`` has the evidence for all editions of the candidates' works, and for the best works
    by words. Ties go to the higher number.
    """
    if plan.meant is None:
        return Ranking()
    texts = _texts(plan.meant, statistics, candidates)
    _add_words(plan, texts, words)
    _add_echo(statistics, texts)
    _admit(plan, statistics, texts)
    _level(texts)
    works = _works(plan, texts)
    full = len(candidates) >= PASSAGES_PER_LANGUAGE
    return Ranking(tuple(works), at_least=full and _is_cut(candidates, texts))


def likeness(meant: Meant, statistics: Statistics, candidates: Sequence[Candidate]) -> list[float]:
    """How like the question each text of the candidates is, without regard to words."""
    return [text.like for text in _texts(meant, statistics, candidates).values()]


def _texts(
    meant: Meant, statistics: Statistics, candidates: Sequence[Candidate]
) -> dict[TextKey, _Text]:
    """The texts of the candidates, each with its passages, nearest first."""
    asked = statistics.question(np.frombuffer(meant.vector, "<f4").astype(np.float32))
    texts: dict[TextKey, _Text] = {}
    for language in dict.fromkeys(one.language for one in candidates):
        group = [one for one in candidates if one.language == language]
        for candidate, near in zip(group, _nearness(statistics, asked, group), strict=True):
            key = (candidate.work, candidate.edition, language)
            text = texts.setdefault(key, _Text(key, like=near.score))
            text.like = max(text.like, near.score)
            text.near.append(near)
            text.vectors.append(candidate.vector)
    return texts


def _nearness(
    statistics: Statistics, asked: Vector, group: Sequence[Candidate]
) -> list[NearPassage]:
    """How near each passage of one language is to the question."""
    language = group[0].language
    whole = np.stack([one.vector for one in group])
    own = statistics.likeness(whole, language, CENTRED, asked[None])[:, 0]
    ends = np.cumsum([len(one.sentences) for one in group])
    stacked = np.concatenate([one.sentences for one in group])
    said = statistics.likeness(stacked, language, CENTRED, asked[None])[:, 0]
    found = []
    for candidate, score, end in zip(group, own.tolist(), ends.tolist(), strict=True):
        sentences = said[end - len(candidate.sentences) : end]
        best = int(sentences.argmax()) if len(sentences) else None
        if best is not None:
            score = (1 - SENTENCE) * score + SENTENCE * float(sentences[best])
        found.append(NearPassage(candidate.passage, language, score, best))
    return found


def _add_words(plan: Plan, texts: dict[TextKey, _Text], words: Sequence[WordEvidence]) -> None:
    """Add what words found; a text that only words found is as near as the farthest candidate."""
    by_edition: dict[tuple[int, str], list[_Text]] = {}
    farthest: dict[str, float] = {}
    for text in texts.values():
        by_edition.setdefault(text.key[:2], []).append(text)
        farthest[text.language] = min(text.like, farthest.get(text.language, text.like))
    count = sum(word.required for word in plan.words)
    for one in words:
        of_edition = by_edition.get((one.work, one.edition), [])
        if one.matches and not of_edition:
            key = (one.work, one.edition, one.edition)
            of_edition = [texts.setdefault(key, _Text(key, farthest.get(one.edition, 0.0)))]
        for text in of_edition:
            text.words = _words_score(count, one)
            text.matches = one.matches


def _words_score(count: int, one: WordEvidence) -> float:
    """BM25 of the average of ``count`` words, times the share held; more where it matches."""
    if not count:
        return 0.0
    return WORDS * one.held / count * one.score / count + (ALL_WORDS if one.matches else 0.0)


def _admit(plan: Plan, statistics: Statistics, texts: Mapping[TextKey, _Text]) -> None:
    """Decide which texts match by meaning: those near the best, if the best is near enough."""
    floor = statistics.floor if plan.floor is None else plan.floor
    near = [text for text in texts.values() if text.near]
    if not near or max(text.evidence for text in near) < floor:
        return
    best = _best(near)
    for text in near:
        behind = best[text.language].evidence - text.evidence
        below = BELOW_FLOOR_ECHOED if text.echo >= ECHOED else BELOW_FLOOR
        text.admitted = plan.floor is not None or (
            behind <= WITHIN and text.evidence >= floor - below
        )


def _best(texts: Sequence[_Text]) -> dict[str, _Text]:
    """The best text of each language."""
    best: dict[str, _Text] = {}
    for text in texts:
        if text.language not in best or text.evidence > best[text.language].evidence:
            best[text.language] = text
    return best


def _add_echo(statistics: Statistics, texts: Mapping[TextKey, _Text]) -> None:
    """Score every text by its evidence, and by its likeness to the best texts of all languages."""
    near = [text for text in texts.values() if text.near]
    for text in texts.values():
        text.score = text.evidence
    if not near:
        return
    best = list(_best(near).values())
    weights = np.array([text.evidence for text in best])
    weights = np.exp((weights - weights.max()) / ECHO_TEMPERATURE)
    weights /= weights.sum()
    heard = np.stack([_nearest_vector(statistics, text) for text in best])
    likeness = _likeness(statistics, near, heard) @ weights
    least = float(likeness.min())
    for text in texts.values():
        text.echo = least
    for text, echo in zip(near, likeness.tolist(), strict=True):
        text.echo = echo
    for text in texts.values():
        text.score += ECHO * text.echo


def _nearest_vector(statistics: Statistics, text: _Text) -> Vector:
    nearest = max(range(len(text.near)), key=lambda at: text.near[at].score)
    return statistics.centred(text.vectors[nearest][None], text.language, 1.0)[0]


def _likeness(
    statistics: Statistics, texts: Sequence[_Text], heard: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """How like each text is to each vector: shape ``(texts, vectors)``; the best passage counts."""
    # Texts of one language follow each other, and are compared together.
    rows = []
    for language, group in groupby(texts, key=lambda text: text.language):
        stacked = np.stack([vector for text in group for vector in text.vectors])
        rows.append(statistics.likeness(stacked, language, 1.0, heard))
    starts = np.cumsum([0, *(len(text.vectors) for text in texts[:-1])])
    return np.maximum.reduceat(np.concatenate(rows), starts, axis=0)


def _level(texts: Mapping[TextKey, _Text]) -> None:
    """Take a part of its language's best score from every text."""
    best: dict[str, float] = {}
    for text in texts.values():
        best[text.language] = max(text.score, best.get(text.language, text.score))
    for text in texts.values():
        text.score -= LEVEL * best[text.language]


def _works(plan: Plan, texts: Mapping[TextKey, _Text]) -> list[RankedWork]:
    """One row for each work that matches: its best text counts."""
    by_work: dict[int, list[_Text]] = {}
    for text in texts.values():
        if text.language == plan.language:
            text.score += PREFERENCE
        by_work.setdefault(text.key[0], []).append(text)
    ranked = [
        _work(plan, work, group)
        for work, group in by_work.items()
        if any(text.admitted or text.matches for text in group)
    ]
    ranked.sort(key=lambda one: (-one.score, -one.work))
    admitted = [one.work for one in ranked if one.by_meaning][:MOST_BY_MEANING]
    kept = set(admitted)
    return [one for one in ranked if one.by_words or one.work in kept]


def _work(plan: Plan, work: int, group: Sequence[_Text]) -> RankedWork:
    counted = [text for text in group if text.admitted or text.matches]
    admitted = [text for text in group if text.admitted]
    return RankedWork(
        work,
        max(text.score for text in counted),
        by_meaning=bool(admitted),
        by_words=any(text.matches for text in group),
        passages=_passages(plan, admitted),
    )


def _passages(plan: Plan, texts: Sequence[_Text]) -> tuple[NearPassage, ...]:
    """The passages of a work's texts, the nearest first; the reader's language is preferred."""
    near = [
        (passage.score - text.like + text.score, passage) for text in texts for passage in text.near
    ]
    near.sort(key=lambda pair: -pair[0])
    return tuple(passage for _, passage in near)


def _is_cut(candidates: Sequence[Candidate], texts: Mapping[TextKey, _Text]) -> bool:
    """Whether the candidates of a language end with a text that still matches."""
    counts: dict[str, int] = {}
    last: dict[str, Candidate] = {}
    for one in candidates:
        counts[one.language] = counts.get(one.language, 0) + 1
        last[one.language] = one
    return any(
        count >= PASSAGES_PER_LANGUAGE and texts[last[code].work, last[code].edition, code].admitted
        for code, count in counts.items()
    )
