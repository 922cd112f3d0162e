"""Loading the glossary from CSV: themes, concepts with their labels, and the links between them.

``themes.csv`` and ``concepts.csv`` hold an identifier, one preferred label per language and, for
concepts, alternative labels (``<language>_alt``) separated by semicolons. ``links.csv`` says
for each concept which one is broader and which are related.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from django.db import transaction

from cms.languages import CODES, DEFAULT_LANGUAGE
from cms.loading import Loaded, Row, complain_about_doubles, csv_rows, raise_problems
from glossary.models import Concept, Label

DATA = Path(__file__).parent / "data"

THEME_COLUMNS = ("id", "en", "tr", "ar", "sv", "fr")
CONCEPT_COLUMNS = ("id", "en", "en_alt", "tr", "tr_alt", "ar", "ar_alt", "sv", "sv_alt", "fr")
LINK_COLUMNS = ("concept", "broader", "related")


def load_glossary(folder: Path = DATA, *, update: bool = False) -> Mapping[str, Loaded]:
    """Load themes, concepts and links from a folder; raises ``BrokenRows``."""
    themes = csv_rows(folder / "themes.csv", THEME_COLUMNS)
    concepts = csv_rows(folder / "concepts.csv", CONCEPT_COLUMNS)
    links = csv_rows(folder / "links.csv", LINK_COLUMNS)
    _check_concepts([*themes, *concepts])
    _check_links(links, [*themes, *concepts])
    raise_problems([*themes, *concepts, *links])
    with transaction.atomic():
        return _store(themes, concepts, links, update)


def _store(
    themes: list[Row], concepts: list[Row], links: list[Row], update: bool
) -> Mapping[str, Loaded]:
    counts = {"themes": Loaded(), "concepts": Loaded()}
    stored = {concept.slug: concept for concept in Concept.objects.all()}
    written: set[str] = set()
    for kind, rows in (("themes", themes), ("concepts", concepts)):
        for row in rows:
            slug = row.values["id"]
            if counts[kind].count(created=slug not in stored, update=update):
                stored[slug] = _store_concept(stored.get(slug), row, is_theme=kind == "themes")
                written.add(slug)
    for row in links:
        if row.values["concept"] in written:
            _store_links(row, stored)
    return counts


def _check_concepts(rows: list[Row]) -> None:
    complain_about_doubles(rows, "id")
    for row in rows:
        row.required(DEFAULT_LANGUAGE)


def _check_links(links: list[Row], concepts: list[Row]) -> None:
    known = {row.values["id"] for row in concepts}
    complain_about_doubles(links, "concept")
    for row in links:
        for name in ("concept", "broader", "related"):
            for slug in _parts(row.values[name]):
                if slug not in known:
                    row.complain(f"“{slug}” in “{name}” is no concept of these files.")
    _complain_about_rings(links)


def _complain_about_rings(links: list[Row]) -> None:
    broader = {row.values["concept"]: row.values["broader"] for row in links}
    for row in links:
        slug, seen = row.values["broader"], {row.values["concept"]}
        while slug and slug not in seen:
            seen.add(slug)
            slug = broader.get(slug, "")
        if slug:
            row.complain("The chain of broader concepts comes back to itself.")


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def _store_concept(concept: Concept | None, row: Row, *, is_theme: bool) -> Concept:
    """Write a concept and its labels, and then save it, so that what follows concepts hears."""
    if concept is None:
        concept = Concept.objects.create(slug=row.values["id"])
    Label.objects.filter(concept=concept).delete()
    Label.objects.bulk_create(_labels(concept, row.values))
    concept = Concept.objects.get(pk=concept.pk)
    concept.is_theme = is_theme
    concept.save()
    return concept


def _labels(concept: Concept, values: Mapping[str, str]) -> list[Label]:
    labels = []
    for code in CODES:
        if preferred := (values.get(code) or "").strip():
            labels.append(_label(concept, code, Label.Kind.PREFERRED, preferred))
        labels += [
            _label(concept, code, Label.Kind.ALTERNATIVE, text)
            for text in dict.fromkeys(_parts(values.get(f"{code}_alt")))
        ]
    return labels


def _label(concept: Concept, language: str, kind: str, text: str) -> Label:
    return Label(concept=concept, language=language, kind=kind, text=text)


def _store_links(row: Row, stored: Mapping[str, Concept]) -> None:
    concept = stored[row.values["concept"]]
    concept.broader = stored.get(row.values["broader"])
    concept.save(update_fields=["broader"])
    concept.related.set([stored[slug] for slug in _parts(row.values["related"])])
