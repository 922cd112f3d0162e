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


class _Keys(NamedTuple):
    """What a word can be found by, one set for each nearness; keys name their language."""

    as_written: frozenset[str]
    inflected: frozenset[str]
    loose: frozenset[str]
    every: frozenset[str]

    @classmethod
    def of(
        cls, as_written: frozenset[str], inflected: frozenset[str], loose: frozenset[str]
    ) -> _Keys:
        """These keys, and all of them together."""
        return cls(as_written, inflected, loose, as_written | inflected | loose)


class _Pattern(NamedTuple):
    """A label as the keys of its words, and the concept that it names."""

    slug: str
    words: tuple[_Keys, ...]


class _Typed(NamedTuple):
    """One token of a query: its keys in all languages, and where its typed word begins or ends.

    ``begins`` and ``ends`` are positions of typed words, or -1 where the token stands inside.
    """

    keys: _Keys
    begins: int
    ends: int


class Matcher:
    """Finds concepts in queries; made once for a state of the glossary, safe between threads."""

    def __init__(self, concepts: Mapping[str, Labels]) -> None:
        """Compile the labels of some concepts, by slug (about a second for 20,000 labels)."""
        self._labels = concepts
        self._by_first: dict[str, list[_Pattern]] = defaultdict(list)
        for slug, labels in concepts.items():
            for pattern in _patterns(slug, labels):
                for key in pattern.words[0].every:
                    self._by_first[key].append(pattern)

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
            for pattern in self._beginning(first) if first.begins >= 0 else ():
                tokens = typed[at : at + len(pattern.words)]
                if not _meet(pattern.words, tokens) or tokens[-1].ends < 0:
                    continue
                span = first.begins, tokens[-1].ends + 1
                if _may_stand_for(parsed, *span):
                    near = max(map(_nearness, pattern.words, tokens))
                    nearest = spans.setdefault(span, {})
                    nearest[pattern.slug] = min(near, nearest.get(pattern.slug, near))
        return spans

    def _beginning(self, typed: _Typed) -> Iterable[_Pattern]:
        """The labels whose first word may be a typed one."""
        by_first = self._by_first
        keys = by_first.keys() & typed.keys.every
        return {id(pattern): pattern for key in keys for pattern in by_first[key]}.values()


def _patterns(slug: str, labels: Labels) -> Iterator[_Pattern]:
    for language, texts in labels.items():
        for text in texts:
            words = tuple(_keys(word, language) for word, _, _ in words_of(text))
            if words:
                yield _Pattern(slug, words)


def _typed(words: Iterable[str]) -> Iterator[_Typed]:
    for position, text in enumerate(words):
        tokens = [word for word, _, _ in words_of(text)]
        for number, token in enumerate(tokens, 1):
            yield _Typed(
                _typed_keys(token),
                position if number == 1 else -1,
                position if number == len(tokens) else -1,
            )


@lru_cache(maxsize=4096)
def _typed_keys(word: str) -> _Keys:
    """The keys of a typed word in all languages."""
    keys = [_keys(word, language, typed=True) for language in CODES]
    return _Keys(*(frozenset().union(*kind) for kind in zip(*keys, strict=True)))


@lru_cache(maxsize=1 << 16)
def _keys(word: str, language: str, *, typed: bool = False) -> _Keys:
    """The keys of a word in one language; letters typed on purpose are kept (`search.query.forms`).

    A stop word has no analysed form, and still is a part of a label.
    """
    accents_may_go = not (typed and keeps_its_letters(word, language))
    written = f"{language}={word.casefold()}"
    analysed = [f"{language}~{t.term}" for t in analyze(word, language, question=True)]
    loose = fold_stems(word, language, question=True) if accents_may_go else []
    # The folded word comes first, before its stem.
    folded = [f"{language}-{token.term}" for token in loose[:1]]
    return _Keys.of(
        frozenset([written]),
        frozenset([*analysed, *folded]),
        frozenset(f"{language}?{token.term}" for token in loose),
    )


def _meet(words: Sequence[_Keys], tokens: Sequence[_Typed]) -> bool:
    """Whether each word of a label may be the typed one in its place."""
    return len(words) == len(tokens) and not any(
        word.every.isdisjoint(token.keys.every) for word, token in zip(words, tokens, strict=True)
    )


def _nearness(word: _Keys, token: _Typed) -> int:
    """How near a typed word is to the word of a label that it meets."""
    if not word.as_written.isdisjoint(token.keys.as_written):
        return AS_WRITTEN
    return LOOSE if word.inflected.isdisjoint(token.keys.inflected) else INFLECTED


def _may_stand_for(parsed: ParsedQuery, start: int, end: int) -> bool:
    """Whether a label may stand for these words: they belong together and say something."""
    if not parsed.breaks.isdisjoint(range(start + 1, end)):
        return False
    return not all(map(_is_stop_word, parsed.words[start:end])) or all(
        map(_is_stop_word, parsed.words)
    )


_is_stop_word = lru_cache(maxsize=4096)(stop_word_anywhere)
