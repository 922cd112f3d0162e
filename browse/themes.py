"""The tree of themes: each with its number of works, and the terms below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from browse.holdings import Holdings
from cms.labels import in_order
from cms.paths import slug_paths
from glossary.terms import Term, all_terms
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
    below: dict[int | None, list[Term]] = defaultdict(list)
    terms = in_order(all_terms(language), lambda term: term.name, language)
    for term in terms:
        below[term.broader].append(term)
    themes = [term for term in terms if term.is_theme]
    return _nodes(themes, below, holdings.themes(), slug_paths("term"), DEEPEST)


def _nodes(
    terms: Sequence[Term],
    below: Mapping[int | None, list[Term]],
    counts: Mapping[str, int],
    path: Callable[[str], str],
    depth: int,
) -> tuple[Node, ...]:
    if not depth:
        return ()
    return tuple(
        Node(
            label=term.name,
            url=path(term.slug),
            count=counts.get(term.slug, 0),
            works_url=search_url(theme=term.slug) if counts.get(term.slug) else "",
            narrower=_nodes(below.get(term.key, []), below, counts, path, depth - 1),
        )
        for term in terms
    )
