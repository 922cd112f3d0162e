"""Concepts of the glossary in a query: the matcher of this process, kept current.

The glossary's version is asked for at each search, so what an editor changed acts on the next
search in every process, without indexing anything again.
"""

from __future__ import annotations

from collections import defaultdict
from threading import Lock

from glossary.models import Label
from glossary.versions import glossary_version
from search.query import ParsedQuery
from search.query.concepts import FoundConcept, Labels, Matcher

_lock = Lock()
_compiled: tuple[str, Matcher] | None = None


def find_concepts(parsed: ParsedQuery) -> tuple[FoundConcept, ...]:
    """The concepts that the words of a query name; costs one small query of the database."""
    return _matcher().find(parsed) if parsed.words else ()


def _matcher() -> Matcher:
    """The matcher of the present glossary; whoever finds it changed compiles it, others wait."""
    global _compiled
    version = glossary_version()
    compiled = _compiled
    if compiled is not None and compiled[0] == version:
        return compiled[1]
    with _lock:
        version = glossary_version()
        if _compiled is None or _compiled[0] != version:
            _compiled = version, Matcher(labels_by_concept())
        return _compiled[1]


def labels_by_concept() -> dict[str, Labels]:
    """All labels of the glossary as it is stored, by the slug of their concept."""
    rows = Label.objects.order_by("concept__slug", "-kind", "pk")
    labels: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for slug, language, text in rows.values_list("concept__slug", "language", "text"):
        labels[slug][language] = (*labels[slug].get(language, ()), text)
    return dict(labels)
