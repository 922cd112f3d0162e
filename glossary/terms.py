"""What all concepts are called, for pages that show very many of them."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from cms.names import Name, name_in
from glossary.models import Concept, Label


class Term(NamedTuple):
    """A concept as lists show it; ``broader`` is the key of its broader concept."""

    key: int
    slug: str
    broader: int | None
    is_theme: bool
    name: Name


def all_terms(language: str) -> list[Term]:
    """Every concept by its preferred label in a language, or the nearest (as `Concept.label`).

    Two queries and no models: those of hundreds of concepts take longer than the rest of a page.
    """
    names: dict[int, dict[str, str]] = defaultdict(dict)
    preferred = Label.objects.filter(kind=Label.Kind.PREFERRED)
    for concept, code, text in preferred.values_list("concept_id", "language", "text"):
        names[concept][code] = text
    rows = Concept.objects.values_list("pk", "slug", "broader_id", "is_theme")
    return [
        Term(key, slug, broader, is_theme, name_in(names[key], language) or Name(slug))
        for key, slug, broader, is_theme in rows
    ]
