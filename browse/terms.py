"""The glossary for readers: terms by their letters, and each with its names and neighbours."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from browse.collating import Letter, by_letter
from browse.holdings import Holdings
from cms.labels import in_order
from cms.languages import LANGUAGES, Language
from cms.paths import slug_paths
from glossary.models import Concept, Label
from glossary.terms import all_terms
from search.address import search_url

SHOWN_WORKS = 12


@dataclass(frozen=True, slots=True)
class TermLink:
    """A label of the list; ``preferred`` is what its concept is called where it is another."""

    text: str
    url: str
    preferred: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What a concept is called in one language."""

    language: Language
    preferred: str
    alternatives: tuple[str, ...]


def alphabet(language: str) -> list[Letter[TermLink]]:
    """Every label of a language under its letter; alternative ones say what to look under."""
    terms, path = {term.key: term for term in all_terms(language)}, slug_paths("term")
    labels = Label.objects.filter(language=language).values_list("concept_id", "kind", "text")
    links = [
        TermLink(
            text,
            path(terms[concept].slug),
            "" if kind == Label.Kind.PREFERRED else terms[concept].name,
        )
        for concept, kind, text in labels
    ]
    return by_letter(links, lambda link: link.text, language)


def term_context(concept: Concept, holdings: Holdings, language: str) -> dict[str, Any]:
    """A concept in all languages, its neighbours, and the works filed under it."""
    works = [work for work in concept.works.values_list("pk", flat=True) if work in holdings.works]
    narrower = concept.narrower.with_names()
    related = Concept.objects.filter(related=concept).with_names()
    return {
        "concept": concept,
        "term": concept.label(language),
        "names": list(_names(concept)),
        "broader": concept.broader,
        "narrower": in_order(narrower, lambda row: row.label(language), language),
        "related": in_order(related, lambda row: row.label(language), language),
        "cards": holdings.cards(works, language, SHOWN_WORKS),
        "works": len(works),
        "works_url": search_url(theme=concept.slug) if works else "",
        "search_url": search_url(concept.label(language)),
    }


def _names(concept: Concept) -> Iterable[Names]:
    labels = list(concept.labels.all())
    for language in LANGUAGES:
        own = [label for label in labels if label.language == language.code]
        preferred = [label.text for label in own if label.kind == Label.Kind.PREFERRED]
        others = [label.text for label in own if label.kind != Label.Kind.PREFERRED]
        if own:
            ordered = tuple(in_order(others, str, language.code))
            yield Names(language, preferred[0] if preferred else "", ordered)
