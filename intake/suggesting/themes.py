"""Themes that a text is about, by the concepts of the glossary that stand in it.

Works are filed under themes, so a concept counts for the theme above it. The concepts are shown
as the reason.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from glossary.models import Concept
from intake.suggesting.found import Found, Source
from intake.suggesting.text import FileText, Part
from search.analysis import words_of
from search.concepts import find_concepts
from search.query.parser import ParsedQuery

MAX_THEMES = 3
SHOWN = 4
"""Concepts that are named as the reason."""

FEWEST, MOST = 3, 12
WORDS = 250
"""Concepts of a theme must stand in a text once in so many words, at least and at most so often.

One in the title counts for as many as the least.
"""

SHARE = 0.3
"""A theme counts whose weight is this share of the heaviest one's."""


def find_themes(file: FileText, title: str) -> list[Found]:
    """The themes of a text, the weightiest first; ``title`` is the one that is suggested."""
    counts, first = _counted(file, title)
    concepts = {
        one.slug: one
        for one in Concept.objects.filter(slug__in=counts).with_labels().select_related("broader")
    }
    below: dict[Concept, Counter[str]] = defaultdict(Counter)
    for slug, count in counts.items():
        if slug in concepts and (theme := _theme_of(concepts[slug])):
            below[theme][slug] += count
    weights = {theme: _weight(found) for theme, found in below.items()}
    heaviest = max(weights.values(), default=0)
    words = sum(part.text.count(" ") for part in file.parts)
    least = min(max(words // WORDS, FEWEST), MOST)
    chosen = sorted(weights, key=lambda theme: -weights[theme])[:MAX_THEMES]
    return [
        _found(theme, below[theme], concepts, first, file.language)
        for theme in chosen
        if below[theme].total() >= least and weights[theme] >= SHARE * heaviest
    ]


def _weight(found: Counter[str]) -> float:
    """Many concepts of a theme say more than one that stands in a text many times."""
    return sum(1 + math.log(count) for count in found.values())


def _counted(file: FileText, title: str) -> tuple[Counter[str], dict[str, Part]]:
    """How often each concept stands in the text, and where first."""
    counts: Counter[str] = Counter()
    first: dict[str, Part] = {}
    for slug in _concepts_in(title):
        counts[slug] += FEWEST
    for part in file.parts:
        for slug in _concepts_in(part.text):
            counts[slug] += 1
            first.setdefault(slug, part)
    return counts, first


def _concepts_in(text: str) -> list[str]:
    words = tuple(word for word, _, _ in words_of(text))
    return [found.slug for found in find_concepts(ParsedQuery(words))]


def _theme_of(concept: Concept) -> Concept | None:
    """The theme at the top of a concept's chain of broader ones."""
    seen: set[int] = set()
    above: Concept | None = concept
    while above is not None and above.pk not in seen:
        if above.is_theme:
            return above
        seen.add(above.pk)
        above = above.broader
    return None


def _found(
    theme: Concept,
    below: Counter[str],
    concepts: dict[str, Concept],
    first: dict[str, Part],
    language: str,
) -> Found:
    slugs = [slug for slug, _ in below.most_common(SHOWN)]
    words = [f"{concepts[slug].label(language or None)} ({below[slug]})" for slug in slugs]
    part = next((first[slug] for slug in slugs if slug in first), None)
    return Found("themes", theme.pk, Source.TEXT, part, ", ".join(words))
