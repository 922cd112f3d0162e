"""The catalogue: works by their titles, from the database, while the search is resting.

It looks at editions alone: no text of files, no facets. Words are compared folded and by
their beginnings, so a title is found by what one remembers of it.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from cms.collation import TitleKey, title_key
from cms.languages import DEFAULT_LANGUAGE, INTERFACE_CODES
from publications.access import Reader
from publications.models import Edition, SectionPage
from publications.restrictions import Restrictions
from search.address import PAGE_SIZE, Address
from search.analysis import fold
from search.engines.base import Hit, Results
from search.query import ParsedQuery


@dataclass(frozen=True, slots=True)
class _Entry:
    """A work with the editions of it that a reader may see, the one to show first."""

    shown: Edition
    editions: tuple[Edition, ...]
    date: datetime.date | None

    @property
    def sort_title(self) -> TitleKey:
        return title_key(self.shown.title, get_language() or DEFAULT_LANGUAGE)


def search_catalogue(address: Address, parsed: ParsedQuery, reader: Reader) -> Results:
    """The works a reader may see whose title holds every typed word, and none of the excluded.

    Filters are not applied: what they filter by is known to the index alone.
    """
    entries = [entry for entry in _entries(reader) if _matches(entry.editions, parsed)]
    if address.sort == "title":
        entries.sort(key=lambda entry: entry.sort_title)
    else:
        entries.sort(key=lambda entry: entry.date or datetime.date.min, reverse=True)
    page = entries[address.offset : address.offset + PAGE_SIZE]
    return Results(total=len(entries), hits=tuple(map(_hit, page)), facets={})


def demonstration_works(works: Collection[int]) -> frozenset[int]:
    """Those of some works that stand in a section of the demonstration."""
    sections = SectionPage.objects.filter(is_demonstration=True).values_list("path", flat=True)
    if not works or not sections:
        return frozenset()
    inside = Q()
    for path in sections:
        inside |= Q(path__startswith=path)
    editions = Edition.objects.filter(inside, work__in=works)
    return frozenset(editions.values_list("work_id", flat=True))


def _entries(reader: Reader) -> list[_Entry]:
    current = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    editions = Edition.objects.live().real().filter(current).select_related("locale", "work")
    restrictions = Restrictions()
    works: dict[int, list[Edition]] = {}
    for edition in editions.order_by("pk"):
        if reader.admitted_by(restrictions.page(edition.pk, edition.path)):
            works.setdefault(edition.work_id, []).append(edition)
    return [_entry(group) for group in works.values()]


def _entry(editions: Iterable[Edition]) -> _Entry:
    language = get_language() or DEFAULT_LANGUAGE

    def distance(edition: Edition) -> tuple[bool, int]:
        return edition.language != language, INTERFACE_CODES.index(edition.language)

    ordered = sorted(editions, key=distance)
    return _Entry(ordered[0], tuple(ordered), ordered[0].work.date)


def _matches(editions: Sequence[Edition], parsed: ParsedQuery) -> bool:
    wanted = [*parsed.words, *(clause.text for clause in parsed.clauses if not clause.negative)]
    refused = [clause.text for clause in parsed.clauses if clause.negative]
    titles = [(edition.title, edition.language) for edition in editions]
    if any(_holds(*title, text) for text in refused for title in titles):
        return False
    return any(all(_holds(*title, text) for text in wanted) for title in titles)


def _holds(title: str, language: str, text: str) -> bool:
    """Whether each word of a text is the beginning of a word of a title."""
    words = _words(title, language)
    return all(any(word.startswith(typed) for word in words) for typed in _words(text, language))


def _words(text: str, language: str) -> list[str]:
    return [token.term for token in fold(text, language)]


def _hit(entry: _Entry) -> Hit:
    shown = entry.shown
    return Hit(
        work=shown.work_id,
        language=shown.language,
        slug=shown.slug,
        title=shown.title,
        summary=shown.summary,
        kind=shown.specific_class.kind,
        year=entry.date.year if entry.date else None,
        score=0.0,
        languages=tuple(edition.language for edition in entry.editions),
        passages=(),
    )
