"""The reading page: one page or section of a file, its text beside its image, matches marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from cms.languages import BY_CODE
from publications.extraction import FileType
from publications.models import EditionFile, ReadSection
from publications.page_images import page_image_size, page_lines
from publications.page_text import PageText, page_text
from publications.presentation import ShownImage, file_language, place_label
from search.marking import mark, snippet
from search.query import MAX_LENGTH, build_plan, parse

MarkedText = list[tuple[str, int]]
"""Pieces of a paragraph in order; a match has its number on the page, from 1, other text 0."""

LOOKED_THROUGH = 40
"""Pages that are looked through for the next one with a match."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a question to mark, and whether the text alone is wanted."""

    q: str
    text_only: bool

    @classmethod
    def read(cls, request: HttpRequest) -> Asked:
        """Read the parameters of a request."""
        return cls(request.GET.get("q", "")[:MAX_LENGTH], request.GET.get("view") == "text")

    def on(self, url: str, *, text_only: bool | None = None) -> str:
        """An address of the same file with what was asked for in it."""
        alone = self.text_only if text_only is None else text_only
        pairs = [("q", self.q)] if self.q else []
        pairs += [("view", "text")] if alone else []
        return f"{url}?{urlencode(pairs)}" if pairs else url


@dataclass(frozen=True, slots=True)
class SectionLink:
    """Another page or section of a file; ``number`` is as the active language writes it."""

    number: int
    label: str
    url: str


def section_context(
    file: EditionFile, section: ReadSection, request: HttpRequest
) -> dict[str, Any]:
    """What the reading page shows of one page or section of a file."""
    asked = Asked.read(request)
    language = section_language(file, section)
    paragraphs, matches = marked_paragraphs(section.text, language, asked.q)
    has_heading = bool(paragraphs) and _plain(paragraphs[0]) == section.heading
    image = None if asked.text_only else _image(file, section)
    return {
        "address": {"q": asked.q},
        "q": asked.q,
        "asked": asked,
        "edition": file.edition,
        "file": file,
        "format": file.document.file_extension.upper(),
        "section": section,
        "place": place_label(section.kind, section.number),
        "page_count": section.reading.page_count,
        "language": language,
        "heading": paragraphs[0] if has_heading else [(section.heading, 0)],
        "paragraphs": paragraphs[1:] if has_heading else paragraphs,
        "matches": matches,
        "image": image,
        "page_text": text_on_image(file, section, asked.q) if image else None,
        **_ways(file, section, asked),
    }


def section_language(file: EditionFile, section: ReadSection) -> str:
    """The language a page or section was found to be in, else its file's."""
    return section.language if section.language in BY_CODE else file_language(file)


def text_on_image(file: EditionFile, section: ReadSection, q: str) -> PageText | None:
    """The text to lay over a page's image; ``None`` until the image was made."""
    language = section_language(file, section)
    lines = page_lines(section.reading, section.number)
    if not lines:
        return None
    size = page_image_size(section.reading, section.number)
    return page_text(lines, size, language, build_plan(parse(q), language=language, now=0))


def _ways(file: EditionFile, section: ReadSection, asked: Asked) -> dict[str, Any]:
    """Where one can go from a page or section."""
    address = [file.edition.work_id, file.number]
    here = reverse("file_section", args=[*address, section.number])
    sections = list(section.reading.sections.only("number", "kind", "heading"))
    links = [_section_link(row, address, asked) for row in sections]
    at = next(place for place, row in enumerate(sections) if row.pk == section.pk)
    is_paged = section.kind == ReadSection.Kind.PAGE
    return {
        "previous": links[at - 1] if at else None,
        "next": links[at + 1] if at + 1 < len(links) else None,
        "contents": [
            link for link, row in zip(links, sections, strict=True) if row.heading or not is_paged
        ],
        "pages": links if is_paged else [],
        "next_match": _next_match(file, section, address, asked),
        "other_view_url": asked.on(here, text_only=not asked.text_only),
        "has_image": is_paged and section.reading.file_type == FileType.PDF.code,
        "file_url": reverse("file", args=address),
        "download_url": reverse("file_download", args=address),
        "text_url": asked.on(reverse("page_text", args=[*address, section.number])),
        "work_url": reverse("work", args=[file.edition.work_id, file.edition.slug]),
        "results_url": f"{reverse('search')}?{urlencode({'q': asked.q})}" if asked.q else "",
    }


def _next_match(
    file: EditionFile, section: ReadSection, address: list[Any], asked: Asked
) -> SectionLink | None:
    """The next page with a match, should one of the next pages have it."""
    if not asked.q:
        return None
    for row in section.reading.sections.filter(number__gt=section.number)[:LOOKED_THROUGH]:
        language = section_language(file, row)
        if mark(row.text, language, build_plan(parse(asked.q), language=language, now=0)):
            link = _section_link(row, address, asked)
            return SectionLink(link.number, link.label, f"{link.url}#match")
    return None


def _section_link(section: ReadSection, address: list[Any], asked: Asked) -> SectionLink:
    url = reverse("file_section", args=[*address, section.number])
    label = section.heading or place_label(section.kind, section.number)
    return SectionLink(section.number, label, asked.on(url))


def marked_paragraphs(text: str, language: str, q: str) -> tuple[list[MarkedText], int]:
    """The paragraphs of a text with the matches of a question, and how many there are."""
    plan = build_plan(parse(q), language=language, now=0)
    paragraphs: list[MarkedText] = []
    matches = 0
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        marked: MarkedText = []
        for piece, matched in snippet(paragraph, language, plan, length=len(paragraph)).parts:
            matches += matched
            marked.append((piece, matches if matched else 0))
        paragraphs.append(marked)
    return paragraphs, matches


def _plain(text: MarkedText) -> str:
    return "".join(piece for piece, _match in text)


def _image(file: EditionFile, section: ReadSection) -> ShownImage | None:
    """The image of a page of a PDF, with the size it has or will probably have."""
    reading = section.reading
    if reading.file_type != FileType.PDF.code:
        return None
    width, height = page_image_size(reading, section.number)
    arguments = [file.edition.work_id, file.number, section.number]
    return ShownImage(reverse("page_image", args=arguments), width, height)
