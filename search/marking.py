"""Marking the words of a query in a text, and choosing the piece of a text to show.

Works on plain strings and a plan, for any engine: what an engine matches by analysis is
matched here by the same analysis of the text's own language. Parts are plain text: whoever
shows them escapes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from cms.languages import CODES
from search.analysis import readings, words_of
from search.plan import OTHER, Forms, Phrase, Plan
from search.sentences import split_sentences

Span = tuple[int, int]
"""Where something stands in a text: characters, the end not included."""

SNIPPET_LENGTH = 300
"""Characters of a snippet: three lines on a laptop, six on a phone."""

_LEAD = 0.25
"""Where no sentence begins near a match, this share of the snippet stands before it."""

_WHOLE_SENTENCES_FROM = 0.6
"""A snippet ends with a sentence if it is this full by then, otherwise between two words."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text: its parts, each with whether it is marked.

    ``cut_start`` and ``cut_end`` say that the text goes on before and after it.
    """

    parts: tuple[tuple[str, bool], ...]
    cut_start: bool
    cut_end: bool

    @property
    def text(self) -> str:
        """The piece without marks."""
        return "".join(text for text, _ in self.parts)


@dataclass(frozen=True, slots=True)
class _Match:
    """A place where the query's part with this number stands."""

    start: int
    end: int
    part: int


def mark(text: str, language: str, plan: Plan) -> list[Span]:
    """Where the plan's words and phrases stand in a text of a language, in order.

    Spans do not overlap. Words that only raise the score (stop words) are not marked.
    """
    return _merged(_matches(text, language, plan))


def snippet(text: str, language: str, plan: Plan, length: int = SNIPPET_LENGTH) -> Snippet:
    """The piece of a text with most of the query in it, of at most ``length`` characters.

    It begins and ends with a sentence where it can, otherwise between two words. Without a
    match it is the beginning of the text.
    """
    matches = _matches(text, language, plan)
    window = _window(text, language, matches, length)
    return Snippet(
        parts=tuple(_parts(text, window, _merged(matches))),
        cut_start=bool(text[: window[0]].strip()),
        cut_end=bool(text[window[1] :].strip()),
    )


def sentence_snippet(
    text: str, language: str, plan: Plan, sentence: int, length: int = SNIPPET_LENGTH
) -> Snippet:
    """The piece of a text that begins with one of its sentences, counted from 0."""
    sentences = split_sentences(text, language)
    start = sentences[min(sentence, len(sentences) - 1)][0] if sentences else 0
    window = _ended(text, start, [end for _, end in sentences], length)
    return Snippet(
        parts=tuple(_parts(text, window, mark(text, language, plan))),
        cut_start=bool(text[: window[0]].strip()),
        cut_end=bool(text[window[1] :].strip()),
    )


def _matches(text: str, language: str, plan: Plan) -> list[_Match]:
    """Every place of every required word and positive phrase, in the order of the text."""
    parts: list[Mapping[str, Forms]] = [word.forms for word in plan.words if word.required]
    parts += [
        clause.forms
        for clause in plan.clauses
        if clause.field in ("any", "title") and not clause.negative
    ]
    parts += [
        {language: label}
        for expansion in plan.expansions
        for label in expansion.labels.get(language, ())
    ]
    if not parts:
        return []
    language = language if language in CODES else OTHER
    parts = [forms for forms in parts if language in forms]
    analysed = _Analysed(text, language, [forms[language] for forms in parts])
    spans = {
        _Match(start, end, number)
        for number, forms in enumerate(parts)
        for start, end in analysed.spans_of(forms[language])
    }
    return sorted(spans, key=lambda match: (match.start, match.end, match.part))


Places = dict[str, dict[int, Span]]
"""For each term, where it stands, by the position of its word."""


class _Analysed:
    """Where the terms of some forms stand in a text, in each of its analyses."""

    def __init__(self, text: str, language: str, sought: Iterable[Forms]) -> None:
        self._analysed: Places = {}
        self._folded: Places = {}
        self._stems: Places = {}
        for forms in sought:
            self._analysed.update({term: {} for _, term in forms.analysed})
            self._folded.update({term: {} for _, term in forms.folded})
            self._stems.update({term: {} for term in forms.stems})
        sought_terms = {*self._analysed, *self._folded, *self._stems}
        for position, (word, start, end) in enumerate(words_of(text)):
            found = readings(word, language)
            if sought_terms.isdisjoint(found.every):
                continue
            for places, terms in (
                (self._analysed, found.analysed),
                (self._folded, found.folded),
                (self._stems, found.stems),
            ):
                for term in terms:
                    if term in places:
                        places[term][position] = (start, end)

    def spans_of(self, forms: Forms) -> Iterator[Span]:
        yield from _phrase_spans(self._analysed, forms.analysed)
        yield from _phrase_spans(self._folded, forms.folded)
        for stem in forms.stems:
            yield from self._stems[stem].values()


def _phrase_spans(places: Places, phrase: Phrase) -> Iterator[Span]:
    """Where the terms of a phrase stand at their distances."""
    if not phrase:
        return
    (_, first), *rest = phrase
    for position, span in places[first].items():
        others = [places[term].get(position + distance) for distance, term in rest]
        if all(others):
            yield span[0], max(other[1] for other in (span, *others) if other)


def _merged(matches: Iterable[_Match]) -> list[Span]:
    """Spans without overlaps, in order."""
    merged: list[Span] = []
    for match in matches:
        if merged and match.start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], match.end))
        else:
            merged.append((match.start, match.end))
    return merged


def _window(text: str, language: str, matches: list[_Match], length: int) -> Span:
    """The best piece of a text: most parts of the query, then most matches, then the first.

    Of pieces with the same matches it is the one that begins closest to them.
    """
    if len(text) <= length:
        return 0, len(text)
    sentences = split_sentences(text, language)
    starts = {0, *(start for start, _ in sentences)}
    starts |= {_word_start(text, match.start - int(length * _LEAD)) for match in matches}
    ends = [end for _, end in sentences]
    whole = {start for start, _ in sentences}

    def worth(window: Span) -> tuple[int, int, int, bool, int]:
        inside = [m for m in matches if window[0] <= m.start and m.end <= window[1]]
        parts = len({match.part for match in inside})
        first = inside[0].start if inside else window[0]
        return parts, len(inside), -first, window[0] in whole, window[0]

    return max((_ended(text, start, ends, length) for start in starts), key=worth)


def _ended(text: str, start: int, ends: Iterable[int], length: int) -> Span:
    """A window from a start to the end of a sentence or word."""
    limit = start + length
    if limit >= len(text):
        return start, len(text)
    enough = start + int(length * _WHOLE_SENTENCES_FROM)
    fitting = [end for end in ends if enough <= end <= limit]
    return start, max(fitting) if fitting else _word_end(text, start, limit)


def _word_start(text: str, at: int) -> int:
    """The first beginning of a word from a place on."""
    if at <= 0:
        return 0
    while at < len(text) and not text[at - 1].isspace():
        at += 1
    return at


def _word_end(text: str, start: int, at: int) -> int:
    """The last end of a word up to a place; the place itself in a text without spaces."""
    end = at
    while end > start and not text[end].isspace():
        end -= 1
    return end if end > start else at


def _parts(text: str, window: Span, spans: Iterable[Span]) -> Iterator[tuple[str, bool]]:
    at, end = window
    for first, last in spans:
        first, last = max(first, at), min(last, end)
        if first >= last:
            continue
        if at < first:
            yield text[at:first], False
        yield text[first:last], True
        at = last
    if at < end:
        yield text[at:end], False
