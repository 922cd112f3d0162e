"""The kinds of public pages, each with addresses to ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page

from cms.languages import INTERFACE_CODES
from glossary.models import Concept
from home.models import HomePage, InformationPage
from home.sitemap import SITEMAPS
from network.models import Activity, Organisation, Place
from publications.models import Edition, EditionFile, LibraryPage, Reading, SectionPage

Thing = TypeVar("Thing")

EACH = 40
"""Addresses of each kind that are asked for."""

QUESTIONS = {
    "en": ("waste collection", "water supply", "language cafe", "participation of children"),
    "tr": ("atık toplama", "göç ana planı", "park tasarımı", "dil kursu"),
    "ar": ("جمع النفايات", "إمدادات المياه", "الميزانية", "مشاركة المواطنين"),
    "sv": ("avfall", "tolkning", "språkkafé", "medborgarråd"),
}


@dataclass(frozen=True, slots=True)
class PageKind:
    """A kind of page; ``searches`` says that its answer holds a search by the whole plan."""

    name: str
    addresses: tuple[str, ...]
    searches: bool = False


def page_kinds() -> list[PageKind]:
    """Every kind, in the order of the menu."""
    return [
        PageKind("start", _pages(HomePage)),
        *_searching(),
        *_works(),
        *_browsing(),
        PageKind("library", _pages(LibraryPage)),
        PageKind("section", _pages(SectionPage)),
        PageKind("information", _pages(InformationPage)),
        PageKind("sitemap", _enough([reverse("sitemap"), *_sitemap_sections()])),
    ]


def _sitemap_sections() -> Iterator[str]:
    return (reverse("sitemap_section", args=[section]) for section in SITEMAPS)


def _searching() -> Iterator[PageKind]:
    questions = [(code, q) for code, texts in QUESTIONS.items() for q in texts]
    asked = [_in(code, "search", q=q) for code, q in questions]
    yield PageKind("results", _enough(asked), searches=True)
    filtered = [_in(code, "search", q=q, kind="guidance") for code, q in questions]
    yield PageKind("results with a filter", _enough(filtered), searches=True)
    everything = [
        _in(code, "search", **how) for code in QUESTIONS for how in ({}, {"sort": "title"})
    ]
    yield PageKind("all works", _enough(everything), searches=True)
    typed = [_in(code, "search_suggest", q=q[:4]) for code, q in questions]
    yield PageKind("suggestions", _enough(typed))
    yield PageKind("feed", _enough([_in(code, "search_feed", q=q) for code, q in questions]))


def _works() -> Iterator[PageKind]:
    """The works' own pages; a question is marked on those that can."""
    editions = _spread(Edition.objects.live().real().select_related("locale").order_by("work"))
    yield PageKind("work", _enough([edition.permanent_path() for edition in editions]))
    cited = [_in(row.language, "work_citation", row.work_id, "bib") for row in editions]
    yield PageKind("citation", _enough(cited))
    inside = [
        _in(row.language, "search_inside", row.work_id, q=QUESTIONS[row.language][0])
        for row in editions
    ]
    yield PageKind("inside a work", _enough(inside))
    read = EditionFile.objects.filter(document__reading__state=Reading.State.READ)
    places = [
        (code, file.edition.work_id, file.number, 1)
        for code, file in zip(
            cycle(INTERFACE_CODES), _spread(read.select_related("edition")), strict=False
        )
    ]
    reading = [
        _in(code, "file_section", *place, q=QUESTIONS[code][0].split()[0])
        for code, *place in places
    ]
    yield PageKind("reading", _enough(reading))


def _browsing() -> Iterator[PageKind]:
    for name in ("browse", "themes", "network", "activities", "terms"):
        yield PageKind(name, _enough([_in(code, name) for code in INTERFACE_CODES]))
    named: tuple[tuple[str, type[Model]], ...] = (
        ("place", Place),
        ("organisation", Organisation),
        ("activity", Activity),
        ("term", Concept),
    )
    for name, model in named:
        slugs = _spread(model._default_manager.order_by("pk").values_list("slug", flat=True))
        rows = zip(cycle(INTERFACE_CODES), slugs, strict=False)
        yield PageKind(name, _enough([_in(code, name, slug) for code, slug in rows]))


def _pages(model: type[Page]) -> tuple[str, ...]:
    pages = model.objects.live().filter(alias_of=None)
    return _enough([url for page in pages if (url := page.get_url())])


def _spread(rows: Iterable[Thing]) -> list[Thing]:
    """Some of many rows, from the first to the last."""
    found = list(rows)
    return found[:: max(len(found) // EACH, 1)][:EACH]


def _enough(addresses: Sequence[str]) -> tuple[str, ...]:
    """As many as are asked for, from the beginning again where there are fewer."""
    return tuple(islice(cycle(addresses), EACH))


def _in(code: str, name: str, *arguments: object, **query: str) -> str:
    """The address of a page in a language, with its parameters."""
    with translation.override(code):
        url = reverse(name, args=arguments)
    return f"{url}?{urlencode(query)}" if query else url
