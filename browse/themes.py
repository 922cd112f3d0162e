"""The tree of themes: each with its number of works, and the terms below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from browse.collating import in_order
from browse.holdings import Holdings
from glossary.models import Concept
from search.address import search_url

DEEPEST = 6
"""Levels that are shown; a tree that comes back to itself must end somewhere."""


@dataclass(frozen=True, slots=True)
class Node:
    """A concept of the tree. ``works_url`` lists the works filed under it, where there are any."""

    label: str
    url: str
    count: int
    works_url: str
    narrower: tuple[Node, ...]


def theme_tree(holdings: Holdings, language: str) -> tuple[Node, ...]:
    """The themes and what is below them, in the order of the language."""
    below: dict[int | None, list[Concept]] = defaultdict(list)
    themes = []
    for concept in Concept.objects.with_names():
        below[concept.broader_id].append(concept)
        if concept.is_theme:
            themes.append(concept)
    return _nodes(themes, below, holdings.themes(), language, DEEPEST)


def _nodes(
    concepts: Sequence[Concept],
    below: Mapping[int | None, list[Concept]],
    counts: Mapping[str, int],
    language: str,
    depth: int,
) -> tuple[Node, ...]:
    if not depth:
        return ()
    return tuple(
        Node(
            label=concept.label(language),
            url=reverse("term", args=[concept.slug]),
            count=counts.get(concept.slug, 0),
            works_url=search_url(theme=concept.slug) if counts.get(concept.slug) else "",
            narrower=_nodes(below.get(concept.pk, []), below, counts, language, depth - 1),
        )
        for concept in in_order(concepts, lambda row: row.label(language), language)
    )
