"""What a plan searches for beside the typed words: labels of the concepts found in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cms.languages import CODES
from search.plan import Expansion, Forms, Word
from search.query.concepts import FoundConcept
from search.query.forms import forms_in
from search.query.parser import ParsedQuery

MAX_LABELS = 60
"""Labels that one plan searches for, of all concepts together: each costs an engine a phrase."""

MAX_PER_LANGUAGE = 4
"""Labels of one concept in one language: the preferred one and the first alternatives."""


@dataclass(slots=True)
class _Chosen:
    """The labels chosen for one concept, with their forms, by language."""

    concept: FoundConcept
    typed: str
    labels: dict[str, dict[str, Forms]] = field(default_factory=dict)

    def take(self, language: str, rank: int) -> bool:
        """Take the label of this rank if it adds something; whether it did."""
        texts = self.concept.labels.get(language, ())[:MAX_PER_LANGUAGE]
        if rank >= len(texts):
            return False
        forms = forms_in(texts[rank], language)
        taken = self.labels.setdefault(language, {})
        known = (forms_in(self.typed, language), *taken.values())
        if not (forms.analysed or forms.folded) or any(_same(forms, other) for other in known):
            return False
        taken[texts[rank]] = forms
        return True


def expansions(
    concepts: Sequence[FoundConcept],
    parsed: ParsedQuery,
    words: Sequence[Word],
    language: str | None = None,
) -> tuple[Expansion, ...]:
    """The labels that stand for some of the words of a plan.

    Labels that say the typed words again are left out, in whichever language they say so.
    Where there are more than `MAX_LABELS`, preferred labels of all concepts go first. With
    ``language`` only labels of that language.
    """
    codes = CODES if language is None else (language,)
    # Words that come again name the concept once.
    named = {(found.slug, _typed_text(found, parsed).casefold()): found for found in concepts}
    chosen = [_Chosen(found, _typed_text(found, parsed)) for found in named.values()]
    left = MAX_LABELS
    for one, code, rank in _in_turn(chosen, codes):
        if left and one.take(code, rank):
            left -= 1
    positions = {word.text.casefold(): number for number, word in enumerate(words)}
    found = (_expansion(one, _positions(one.concept, parsed, positions)) for one in chosen)
    return tuple(expansion for expansion in found if any(expansion.labels.values()))


def _in_turn(chosen: Sequence[_Chosen], codes: Sequence[str]) -> Iterator[tuple[_Chosen, str, int]]:
    for rank in range(MAX_PER_LANGUAGE):
        for one in chosen:
            for language in codes:
                yield one, language, rank


def _typed_text(found: FoundConcept, parsed: ParsedQuery) -> str:
    return " ".join(parsed.words[found.start : found.end])


def _positions(
    found: FoundConcept, parsed: ParsedQuery, positions: Mapping[str, int]
) -> tuple[int, ...]:
    """Where the words of a concept stand in the plan, which holds each word once."""
    typed = (text.casefold() for text in parsed.words[found.start : found.end])
    return tuple(dict.fromkeys(positions[text] for text in typed if text in positions))


def _expansion(one: _Chosen, words: tuple[int, ...]) -> Expansion:
    return Expansion(
        one.concept.slug,
        words,
        {language: tuple(one.labels.get(language, {}).values()) for language in CODES},
        {language: tuple(one.labels.get(language, {})) for language in CODES},
    )


def _same(one: Forms, other: Forms) -> bool:
    """Whether two texts are found in the same places, by either analysis."""
    return bool(
        (one.analysed and one.analysed == other.analysed)
        or (one.folded and one.folded == other.folded)
    )
