"""What the results page shows: hits with their passages, pages, orders, the words understood.

Everything here is plain text for templates to escape; a match is a part of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from cms.labels import number_label
from publications.glances import Glance
from publications.presentation import place_label
from search.address import Address
from search.engines.base import FoundPassage, Hit, Reason, Results
from search.facets import kind_label
from search.marking import sentence_snippet, snippet
from search.plan import FieldWord, Plan, Sort
from search.query import ParsedQuery
from search.texts import head_text

Parts = tuple[tuple[str, bool], ...]
"""Pieces of a text in order, each with whether it matched."""

SORT_LABELS: dict[Sort, str | Promise] = {
    "relevance": pgettext_lazy("order of results", "Relevance"),
    "date": pgettext_lazy("order of results", "Date"),
    "title": pgettext_lazy("order of results", "Title"),
}

REASONS: dict[Reason, str | Promise] = {
    "words": pgettext_lazy("why a work was found", "Your words"),
    "concepts": pgettext_lazy("why a work was found", "Related term"),
    "meaning": pgettext_lazy("why a work was found", "Meaning"),
}

FRAGMENT_WORDS = 8
"""Words by which a browser finds a piece of text again: few, as lines of a PDF may differ."""

_CLAUSES: dict[FieldWord, str | Promise] = {
    "any": gettext_lazy("Exactly"),
    "title": gettext_lazy("In the title"),
    "author": gettext_lazy("Author"),
    "place": gettext_lazy("Place"),
}


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """A passage that matched: its text with the matches, and where it stands.

    ``is_nearest`` says that it is shown for its meaning: it begins with its nearest sentence.
    """

    parts: Parts
    language: str
    place: str
    source: str
    url: str
    is_nearest: bool = False


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A work of the results, by its edition in ``language``.

    ``where`` names places or countries; ``cover`` is the address of a small image, if there is one.
    """

    work: int
    url: str
    title: Parts
    summary: Parts
    kind: str
    year: int | None
    language: str
    languages: tuple[str, ...]
    passages: tuple[ShownPassage, ...]
    is_demonstration: bool
    reasons: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    cover: str = ""


@dataclass(frozen=True, slots=True)
class SortLink:
    """An order of the results and its address."""

    label: str
    url: str
    current: bool


NO_GLANCE = Glance((), has_cover=False)


def show_hits(
    hits: Sequence[Hit],
    plan: Plan,
    q: str,
    demonstration: Collection[int],
    glances: Mapping[int, Glance],
) -> list[ShownHit]:
    """The hits of a page; ``demonstration`` are the works that are marked as such."""
    return [
        _show_hit(hit, plan, q, hit.work in demonstration, glances.get(hit.work, NO_GLANCE))
        for hit in hits
    ]


def _show_hit(hit: Hit, plan: Plan, q: str, is_demonstration: bool, glance: Glance) -> ShownHit:
    url = work_url(hit.work, hit.slug)
    return ShownHit(
        work=hit.work,
        url=url,
        title=marked(hit.title, hit.language, plan),
        summary=marked(hit.summary, hit.language, plan),
        kind=kind_label(hit.kind),
        year=hit.year,
        language=hit.language,
        languages=hit.languages,
        passages=tuple(
            show_passage(hit.work, url, passage, plan, q)
            for passage in hit.passages
            if not _is_shown_already(passage, hit)
        ),
        is_demonstration=is_demonstration,
        reasons=tuple(str(REASONS[reason]) for reason in hit.reasons),
        where=glance.where,
        cover=reverse("work_thumbnail", args=[hit.work]) if glance.has_cover else "",
    )


def _is_shown_already(passage: FoundPassage, hit: Hit) -> bool:
    """Whether a passage is only the title and summary that the hit shows anyway."""
    return passage.file is None and passage.text in head_text(hit.title, hit.summary)


def show_passage(
    work: int, page_url: str, passage: FoundPassage, plan: Plan, q: str
) -> ShownPassage:
    """A passage with its matches and the address of the place where it stands."""
    parts = excerpt(passage, plan)
    if passage.file is None or passage.locator is None:
        url, place, source = page_url, _("On the work's page"), passage.heading
    else:
        url = section_url(work, passage.file, passage.locator, q)
        if passage.sentence is not None:
            url += text_fragment(parts)
        place = place_label(passage.locator_kind or "section", passage.locator)
        name = passage.file_label or passage.heading
        source = " · ".join(filter(None, (name, passage.file_format.upper())))
    return ShownPassage(
        parts=parts,
        language=passage.language,
        place=place,
        source=source,
        url=url,
        is_nearest=passage.sentence is not None,
    )


def marked(text: str, language: str, plan: Plan) -> Parts:
    """A whole text with the matches in it."""
    return snippet(text, language, plan, length=len(text)).parts


def excerpt(passage: FoundPassage, plan: Plan) -> Parts:
    """The best piece of a passage, with dots where it goes on."""
    text, language = passage.text, passage.language
    if passage.sentence is None:
        piece = snippet(text, language, plan)
    else:
        piece = sentence_snippet(text, language, plan, passage.sentence)
    before = (("… ", False),) if piece.cut_start else ()
    after = ((" …", False),) if piece.cut_end else ()
    return (*before, *piece.parts, *after)


def text_fragment(parts: Parts) -> str:
    """What makes a browser go to the beginning of a piece of text and mark it (WICG, 2023)."""
    words = "".join(text for text, _ in parts).strip("… ").split()[:FRAGMENT_WORDS]
    return f":~:text={quote(' '.join(words), safe='')}"


def work_url(work: int, slug: str) -> str:
    """A work's address in the active language."""
    return reverse("work", args=[work, slug])


def section_url(work: int, file: int, locator: int, q: str = "") -> str:
    """The address of a page or section of a file, at the first match of a question."""
    url = reverse("file_section", args=[work, file, locator])
    return f"{url}?{urlencode({'q': q})}#match" if q else url


@dataclass(frozen=True, slots=True)
class Switch:
    """A way of searching that the reader can turn on or off: the address turns it."""

    label: str
    url: str
    on: bool


def switches(address: Address) -> list[Switch]:
    """The ways of searching; none without a question."""
    if not address.q:
        return []
    own, exact = not address.own_language, not address.exact
    return [
        Switch(_("Only texts in my language"), address.searching(own_language=own).url, not own),
        Switch(_("Only my exact words"), address.searching(exact=exact).url, not exact),
    ]


def total_text(results: Results) -> str:
    """How many works there are."""
    values = {"number": number_label(results.total)}
    if not results.total:
        return _("Nothing was found")
    if results.at_least:
        text = ngettext("At least %(number)s work", "At least %(number)s works", results.total)
    else:
        text = ngettext("%(number)s work", "%(number)s works", results.total)
    return text % values


def sort_links(address: Address) -> list[SortLink]:
    """The orders to choose from."""
    return [
        SortLink(str(SORT_LABELS[sort]), address.sorted_by(sort).url, sort == address.sort)
        for sort in address.sorts
    ]


def understood(parsed: ParsedQuery) -> list[tuple[str, str]]:
    """What of a question was searched, a label and a text each."""
    rows = [(_("Words"), " ".join(parsed.words))] if parsed.words else []
    for clause in parsed.clauses:
        label = str(_CLAUSES[clause.field])
        rows.append((_("Without") if clause.negative else label, clause.text))
    return rows
