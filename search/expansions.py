"""What the page says of related terms: the labels that were searched for beside the typed words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cms.languages import CODES, Direction, direction_of
from search.plan import Expansion, Plan
from search.query.concepts import FoundConcept


@dataclass(frozen=True, slots=True)
class AddedLabel:
    """A label that the search added, its language code, and its concept's slug."""

    text: str
    language: str
    concept: str

    @property
    def direction(self) -> Direction:
        """The label's writing direction."""
        return direction_of(self.language)


def added_labels(plan: Plan, concepts: Sequence[FoundConcept]) -> list[AddedLabel]:
    """The labels that a plan made of these concepts searches for, each text once.

    What was typed is not among them. Preferred labels come first, and of these the ones in the
    language of the address.
    """
    preferred = {
        (found.slug, language, texts[0])
        for found in concepts
        for language, texts in found.labels.items()
    }
    added = list(_added(plan))
    added.sort(key=lambda label: (label.concept, label.language, label.text) not in preferred)
    shown: dict[str, AddedLabel] = {}
    for label in added:
        shown.setdefault(label.text.casefold(), label)
    return list(shown.values())


def _added(plan: Plan) -> Iterator[AddedLabel]:
    for expansion in plan.expansions:
        for language in sorted(CODES, key=lambda code: code != plan.language):
            yield from _in_language(expansion, language)


def _in_language(expansion: Expansion, language: str) -> Iterator[AddedLabel]:
    for text in expansion.texts.get(language, ()):
        yield AddedLabel(text, language, expansion.concept)
