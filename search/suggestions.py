"""What is suggested to a reader: while they type, and when little was found.

Titles come from the engine, filtered for the reader. Concepts and organisations come from the
glossary and the directory of the network, which are open to everybody.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from cms.labels import number_label
from glossary.models import Label
from network.models import Organisation
from publications.access import Reader
from publications.models import Edition
from publications.restrictions import visible_editions
from search.address import search_url
from search.analysis import fold, fold_stems
from search.engine import audiences_for, get_engine
from search.engines.base import Engine, EngineUnavailable
from search.plan import OTHER
from search.query import ParsedQuery
from search.results import work_url

logger = logging.getLogger(__name__)

SHORTEST = 2
"""Characters that must be typed before anything is suggested."""

MAX_TYPED = 100
TITLES = 5
LABELS = 3
"""Suggestions of concepts, and of organisations, at most."""

RECENT_THEMES = 5
LATEST = 20
"""Editions published last whose themes are offered before anything is typed."""

ARABIC_ARTICLE = "ال"

_CACHE_KEY = "search.suggestions.labels"
_CACHE_SECONDS = 60

SuggestionKind = Literal["work", "concept", "organisation", "theme"]

_KINDS: dict[SuggestionKind, str | Promise] = {
    "work": gettext_lazy("Work"),
    "concept": gettext_lazy("Term"),
    "organisation": gettext_lazy("Organisation"),
    "theme": gettext_lazy("Theme"),
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to go to: a work's page, or the search for a name."""

    kind: SuggestionKind
    text: str
    language: str
    url: str


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of a concept or organisation, and its folded words between spaces."""

    kind: SuggestionKind
    key: str
    text: str
    language: str
    folded: str


def suggestions_for(typed: str, language: str, reader: Reader) -> list[Suggestion]:
    """Titles, concepts and organisations with a word that begins as typed.

    Before anything is typed: the themes of what was published last.
    """
    typed = typed.strip()[:MAX_TYPED]
    if not typed:
        return list(_recent_themes(language, reader))
    if len(typed) < SHORTEST:
        return []
    names = _matching_names(typed, language)
    return [*_titles(typed, language, reader), *names]


def kind_label(kind: SuggestionKind) -> str:
    """What a suggestion is, in the active language."""
    return str(_KINDS[kind])


def status_text(count: int) -> str:
    """What a screen reader is told of the number of suggestions."""
    if not count:
        return gettext("No suggestions")
    text = ngettext("%(number)s suggestion", "%(number)s suggestions", count)
    return text % {"number": number_label(count)}


def corrected_question(typed: str, parsed: ParsedQuery, engine: Engine) -> str:
    """The question with words that public texts hold, or nothing where none is better.

    A word of the glossary is right, though no text may hold it.
    """
    found = engine.spell(parsed.words) if parsed.words else {}
    better = {word: text for word, text in found.items() if not _is_of_a_term(word)}
    if not better:
        return ""
    words = "|".join(map(re.escape, sorted(better, key=len, reverse=True)))
    corrected = re.sub(rf"(?<!\w)(?:{words})(?!\w)", lambda word: better[word.group()], typed)
    return corrected if corrected != typed else ""


def _is_of_a_term(word: str) -> bool:
    """Whether a term has this word, in whatever form of it."""
    beginning = _folded(word[:3])
    return any(
        _stems(word, name.language) & _stems(name.text, name.language)
        for name in _names()
        if name.kind == "concept" and beginning in name.folded
    )


def _stems(text: str, language: str) -> set[str]:
    return {token.term for token in fold_stems(text, language)}


def _titles(typed: str, language: str, reader: Reader) -> list[Suggestion]:
    try:
        found = get_engine().suggest(
            typed,
            language=language,
            audiences=audiences_for(reader),
            now=int(time.time()),
            limit=TITLES,
        )
    except EngineUnavailable as error:
        logger.info("No titles are suggested: %s", error)
        return []
    return [
        Suggestion("work", row.title, row.language, work_url(row.work, row.slug)) for row in found
    ]


def _recent_themes(language: str, reader: Reader) -> Iterator[Suggestion]:
    """The themes of the editions that were published last, each once, the newest first."""
    latest = Edition.objects.live().real().order_by("-first_published_at", "-pk")
    latest = latest.select_related("work").prefetch_related("work__themes__labels")
    themes = {
        theme.slug: theme
        for edition in visible_editions(latest[:LATEST], reader)
        for theme in edition.work.themes.all()
    }
    for theme in islice(themes.values(), RECENT_THEMES):
        name, url = theme.label(language), search_url(theme=theme.slug)
        yield Suggestion("theme", name, name.language or language, url)


def _matching_names(typed: str, language: str) -> Iterator[Suggestion]:
    """One name for each concept and organisation, in the page's language where it matches."""
    wanted = _folded(typed)
    if not wanted.strip():
        return
    matching = [name for name in _names() if wanted in name.folded]
    matching.sort(key=lambda name: _distance(name, wanted, language))
    left = {"concept": LABELS, "organisation": LABELS}
    seen: set[tuple[str, str]] = set()
    for name in matching:
        if (name.kind, name.key) not in seen and left[name.kind]:
            seen.add((name.kind, name.key))
            left[name.kind] -= 1
            yield Suggestion(name.kind, name.text, name.language, search_url(name.text))


def _distance(name: _Name, wanted: str, language: str) -> tuple[bool, bool, bool, int]:
    begins = name.folded.startswith(wanted)
    return name.kind != "concept", name.language != language, not begins, len(name.text)


def _folded(text: str) -> str:
    """The folded words of a text, each with a space before it."""
    return "".join(f" {token.term}" for token in fold(text, OTHER))


def _folded_name(text: str) -> str:
    """The folded words of a name; Arabic ones also without their article, as one types them."""
    words = _folded(text)
    bare = words.replace(f" {ARABIC_ARTICLE}", " ")
    return words if bare == words else f"{words}\n{bare}"


def _names() -> list[_Name]:
    names: list[_Name] | None = cache.get(_CACHE_KEY)
    if names is None:
        names = [*_concept_names(), *_organisation_names(Organisation.objects.all())]
        cache.set(_CACHE_KEY, names, _CACHE_SECONDS)
    return names


def _concept_names() -> Iterator[_Name]:
    rows = Label.objects.values_list("concept__slug", "text", "language")
    for key, text, language in rows.order_by("concept__slug", "-kind", "text"):
        yield _Name("concept", key, text, language, _folded_name(text))


def _organisation_names(organisations: Iterable[Organisation]) -> Iterator[_Name]:
    for organisation in organisations:
        for language, text in organisation.names.items():
            if text:
                yield _Name("organisation", organisation.slug, text, language, _folded_name(text))
