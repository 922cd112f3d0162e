"""Finding concepts of the glossary in a query: the longest labels that its words hold.

The language of a query is not known, so each word is read in every language and meets the labels
of that language: as written, as the language inflects it, and without accents. A concept
stands for whole typed words that follow each other; what a reader put into a phrase, a
field word or an excluded word is meant exactly and never stands for a concept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from cms.languages import CODES
from search.analysis import analyze, fold_stems, stop_word_anywhere, words_of
from search.query.forms import keeps_its_letters
from search.query.parser import ParsedQuery

Labels = Mapping[str, tuple[str, ...]]
"""The labels of a concept per language code, the preferred one first."""

AS_WRITTEN, INFLECTED, LOOSE = range(3)
"""How near a typed word is to a label's: the same letters; the same word but for its ending or
its accents; the same folded stem."""


REMEMBERED = 1 << 15
"""Words whose terms are remembered, and pairs of words that were compared (a few MB when full)."""


@dataclass(frozen=True, slots=True)
class FoundConcept:
    """A concept that some words of a query name.

    ``start`` and ``end`` (exclusive) are positions in ``ParsedQuery.words``; several concepts
    at the same words share a label. ``labels`` are all its labels.
    """

    slug: str
    start: int
    end: int
    labels: Labels


class _Pattern(NamedTuple):
    """A label as the words of its language, and the concept that it names."""

    slug: str
    language: str
    words: tuple[str, ...]


class _Typed(NamedTuple):
    """One token of a query, and which typed word it begins or ends, or -1 where none."""

    word: str
    begins: int
    ends: int


class Matcher:
    """Finds concepts in queries; made once for a state of the glossary, safe between threads."""

    def __init__(self, concepts: Mapping[str, Labels]) -> None:
        """Compile the labels of some concepts, by slug (about a second for 25,000 labels).

        Labels are kept by the terms of their first word; what a query does not meet is not
        analysed any further.
        """
        self._labels = concepts
        self._by_first: dict[tuple[str, str], list[_Pattern]] = defaultdict(list)
        for slug, labels in concepts.items():
            for pattern in _patterns(slug, labels):
                for term in _loose(pattern.words[0], pattern.language):
                    self._by_first[pattern.language, term].append(pattern)

    def find(self, parsed: ParsedQuery) -> tuple[FoundConcept, ...]:
        """The concepts of a query in the order of its words; no two spans of words overlap.

        The longest label wins, the first of two that are equally long. Of the concepts that a
        span names, those count whose label is nearest to what was typed.
        """
        found: list[FoundConcept] = []
        taken: set[int] = set()
        spans = self._spans(parsed)
        for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                nearness = spans[start, end]
                nearest = min(nearness.values())
                slugs = sorted(slug for slug, near in nearness.items() if near == nearest)
                found += [FoundConcept(slug, start, end, self._labels[slug]) for slug in slugs]
        return tuple(sorted(found, key=lambda concept: concept.start))

    def _spans(self, parsed: ParsedQuery) -> dict[tuple[int, int], dict[str, int]]:
        """Every span of words that names concepts, and how near their labels are to it."""
        typed = list(_typed(parsed.words))
        spans: dict[tuple[int, int], dict[str, int]] = {}
        for at, first in enumerate(typed):
            for pattern in self._beginning(first.word) if first.begins >= 0 else ():
                tokens = typed[at : at + len(pattern.words)]
                near = _farthest(pattern, tokens)
                if near is None or tokens[-1].ends < 0:
                    continue
                span = first.begins, tokens[-1].ends + 1
                if _may_stand_for(parsed, *span):
                    nearest = spans.setdefault(span, {})
                    nearest[pattern.slug] = min(near, nearest.get(pattern.slug, near))
        return spans

    def _beginning(self, word: str) -> Iterable[_Pattern]:
        """The labels whose first word may be a typed one, each once."""
        found = (pattern for key in _keys(word) for pattern in self._by_first.get(key, ()))
        return {id(pattern): pattern for pattern in found}.values()


def _patterns(slug: str, labels: Labels) -> Iterator[_Pattern]:
    for language, texts in labels.items():
        for text in texts:
            if words := tuple(word for word, _, _ in words_of(text)):
                yield _Pattern(slug, language, words)


def _typed(words: Iterable[str]) -> Iterator[_Typed]:
    for position, text in enumerate(words):
        tokens = [word for word, _, _ in words_of(text)]
        for number, token in enumerate(tokens, 1):
            yield _Typed(
                token,
                position if number == 1 else -1,
                position if number == len(tokens) else -1,
            )


@lru_cache(maxsize=REMEMBERED)
def _loose(word: str, language: str) -> tuple[str, ...]:
    """A word without accents, and its stem without them if that is another."""
    return tuple(token.term for token in fold_stems(word, language, question=True))


@lru_cache(maxsize=REMEMBERED)
def _analysed(word: str, language: str) -> tuple[str, ...]:
    """The stem of a word; nothing for a stop word."""
    return tuple(token.term for token in analyze(word, language, question=True))


@lru_cache(maxsize=REMEMBERED)
def _keys(word: str) -> tuple[tuple[str, str], ...]:
    """What the first word of a label may be kept by if it is this one, in any language."""
    return tuple((language, term) for language in CODES for term in _loose(word, language))


def _farthest(pattern: _Pattern, tokens: Sequence[_Typed]) -> int | None:
    """How near the farthest typed word is to a label's, or nothing where one is another word."""
    if len(tokens) < len(pattern.words):
        return None
    farthest = AS_WRITTEN
    for word, token in zip(pattern.words, tokens, strict=True):
        near = _nearness(word, token.word, pattern.language)
        if near is None:
            return None
        farthest = max(farthest, near)
    return farthest


@lru_cache(maxsize=REMEMBERED)
def _nearness(word: str, typed: str, language: str) -> int | None:
    """How near a typed word is to the word of a label, or nothing where it is another one.

    Letters that were typed on purpose are kept (`search.query.forms.keeps_its_letters`).
    """
    if word.casefold() == typed.casefold():
        return AS_WRITTEN
    ours, theirs = _loose(word, language), _loose(typed, language)
    if set(ours).isdisjoint(theirs):
        return None
    if not set(_analysed(word, language)).isdisjoint(_analysed(typed, language)):
        return INFLECTED
    if keeps_its_letters(typed, language):
        return None
    # The folded word comes first, before its stem.
    return INFLECTED if ours[:1] == theirs[:1] else LOOSE


def _may_stand_for(parsed: ParsedQuery, start: int, end: int) -> bool:
    """Whether a label may stand for these words: they belong together and say something."""
    if not parsed.breaks.isdisjoint(range(start + 1, end)):
        return False
    return not all(map(_is_stop_word, parsed.words[start:end])) or all(
        map(_is_stop_word, parsed.words)
    )


_is_stop_word = lru_cache(maxsize=REMEMBERED)(stop_word_anywhere)
