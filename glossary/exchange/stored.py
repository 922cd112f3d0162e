"""The glossary as entries: what a file is compared with, and what is written to one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from cms.languages import CODES
from cms.loading import Row
from glossary.exchange.entries import Entry, Names
from glossary.models import Concept, ExactMatch, Label


def stored_entries() -> dict[str, Entry]:
    """Every concept of the glossary by its identifier; five queries, however many there are."""
    entries = {
        slug: Entry(Row(slug, 0, {}), slug, is_theme=is_theme, broader=broader or "")
        for slug, is_theme, broader in Concept.objects.order_by("slug").values_list(
            "slug", "is_theme", "broader__slug"
        )
    }
    names = _names()
    related = _values(
        Concept.related.through.objects.order_by("to_concept__slug").values_list(
            "from_concept__slug", "to_concept__slug"
        )
    )
    matches = _values(ExactMatch.objects.order_by("uri").values_list("concept__slug", "uri"))
    for slug, entry in entries.items():
        entry.names = {code: names.get((slug, code), Names()) for code in CODES}
        entry.related = related.get(slug, ())
        entry.exact_matches = matches.get(slug, ())
    return entries


def _names() -> dict[tuple[str, str], Names]:
    """The labels of every concept and language, alternatives in the order they were made."""
    names: dict[tuple[str, str], Names] = {}
    rows = Label.objects.order_by("pk").values_list("concept__slug", "language", "kind", "text")
    for slug, language, kind, text in rows:
        known = names.get((slug, language), Names())
        if kind == Label.Kind.PREFERRED:
            names[slug, language] = known._replace(preferred=text)
        else:
            names[slug, language] = known._replace(alternatives=(*known.alternatives, text))
    return names


def _values(rows: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    values: dict[str, list[str]] = defaultdict(list)
    for slug, value in rows:
        values[slug].append(value)
    return {slug: tuple(found) for slug, found in values.items()}
