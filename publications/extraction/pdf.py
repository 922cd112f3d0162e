"""PDF: text page by page and page images, with PDFium.

PDFium may be used by one thread of a process at a time; here it runs in a child of its own.
"""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from .limits import Budget, LimitReached
from .metadata import clean_authors, clean_date, clean_title
from .paragraphs import LineJoiner, PageLines, page_paragraphs, without_furniture
from .pdf_text import Line, PageText, page_text
from .types import Detail, Extraction, FileType, PlacedLine, Section, State, Unreadable

_MAX_PIXELS = 12_000_000
_MAX_WIDTH = 3000  # pixels
_MAX_LINES = 1000  # of a page, to lay over its image
_MAX_LINE = 1000  # characters


def read_pdf(path: Path, budget: Budget) -> Extraction:
    """The text of each page; raises ``Unreadable`` for a locked or damaged file."""
    document = open_pdf(path)
    try:
        return _read(document, budget)
    finally:
        document.close()


def open_pdf(path: Path) -> pdfium.PdfDocument:
    """Open a PDF; raises ``Unreadable`` for a locked or damaged one."""
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        locked = error.err_code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY)
        if locked:
            raise Unreadable(State.LOCKED, Detail.PASSWORD) from error
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED) from error


def _read(document: pdfium.PdfDocument, budget: Budget) -> Extraction:
    count = len(document)
    if count == 0:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED)
    pages, reached, unreadable = _read_pages(document, min(count, budget.limits.pages), budget)
    if reached is Detail.NONE and count > budget.limits.pages:
        reached = Detail.PAGES
    if len(pages) == 0 and reached is Detail.PAGES_DAMAGED:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED)
    extraction = Extraction(State.READ, file_type=FileType.PDF, page_count=count)
    _add_metadata(extraction, document)
    extraction.sections = _sections(pages, _headings(document))
    has_text = any(section.text for section in extraction.sections) and not unreadable
    if not has_text and reached in (Detail.NONE, Detail.PAGES):
        extraction.state, extraction.sections = State.NO_TEXT, []
        extraction.detail = _why_no_text(document, unreadable=unreadable)
    elif reached is not Detail.NONE:
        extraction.partial, extraction.detail = True, reached
    return extraction


def _read_pages(
    document: pdfium.PdfDocument, count: int, budget: Budget
) -> tuple[list[PageLines], Detail, bool]:
    """The lines of the pages that could be read, why it is not all of them, and whether most
    characters are of fonts that do not say which letters they show."""
    pages: list[PageLines] = []
    reason = Detail.NONE
    shown = unmapped = 0
    for index in range(count):
        try:
            text, height = _page(document, index)
            budget.spend("".join(line.text for line in text.lines))
        except pdfium.PdfiumError:
            reason = Detail.PAGES_DAMAGED
            continue
        except LimitReached as limit:
            reason = limit.detail
            break
        shown, unmapped = shown + text.shown, unmapped + text.unmapped
        pages.append(PageLines(index + 1, height, text.lines))
    return pages, reason, unmapped > shown / 2


def _page(document: pdfium.PdfDocument, index: int) -> tuple[PageText, float]:
    """A page's text and its height in points."""
    page = document[index]
    try:
        text_page = page.get_textpage()
        try:
            return page_text(text_page.raw), page.get_height()
        finally:
            text_page.close()
    finally:
        page.close()


def _why_no_text(document: pdfium.PdfDocument, *, unreadable: bool) -> Detail:
    if unreadable:
        return Detail.UNREADABLE_CHARACTERS
    first = range(min(len(document), 5))
    shows = any(_shows_something(document, index) for index in first)
    return Detail.SCAN if shows else Detail.EMPTY_DOCUMENT


def _sections(pages: list[PageLines], headings: dict[int, str]) -> list[Section]:
    pages = without_furniture(pages)
    joiner = LineJoiner([line for page in pages for line in page.lines])
    return [
        Section(
            number=page.number,
            kind="page",
            heading=headings.get(page.number, ""),
            text="\n\n".join(joiner.join(group) for group in page_paragraphs(page.lines)),
        )
        for page in pages
    ]


def _headings(document: pdfium.PdfDocument) -> dict[int, str]:
    """The first bookmark that points to each page, by page number from 1."""
    headings: dict[int, str] = {}
    for item in document.get_toc(max_depth=5):
        destination = item.get_dest()
        index = destination.get_index() if destination else None
        if index is not None:
            headings.setdefault(index + 1, " ".join(item.get_title().split()))
    return headings


def _add_metadata(extraction: Extraction, document: pdfium.PdfDocument) -> None:
    metadata = document.get_metadata_dict()
    extraction.title = clean_title(metadata.get("Title"))
    extraction.authors = clean_authors(metadata.get("Author"))
    extraction.date = clean_date(metadata.get("CreationDate"))


def _shows_something(document: pdfium.PdfDocument, index: int) -> bool:
    """Whether a page has anything on it: a picture or drawn letters."""
    page = document[index]
    try:
        return pdfium_c.FPDFPage_CountObjects(page.raw) > 0
    finally:
        page.close()


def render_pdf_page(path: Path, page: int, width: int) -> bytes:
    """A WebP image of ``page`` (from 1), ``width`` pixels wide or less for a very tall page.

    Raises ``Unreadable`` when the file does not open, ``IndexError`` when it has no such page.
    """
    document = open_pdf(path)
    try:
        if not 1 <= page <= len(document):
            raise IndexError(f"there is no page {page}, the file has {len(document)}")
        return _render(document[page - 1], min(width, _MAX_WIDTH))
    except pdfium.PdfiumError as error:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED) from error
    finally:
        document.close()


def pdf_page_lines(path: Path, page: int) -> list[PlacedLine]:
    """The lines of ``page`` (from 1) with their places; none of a page that is turned round.

    Raises as ``render_pdf_page`` does.
    """
    document = open_pdf(path)
    try:
        if not 1 <= page <= len(document):
            raise IndexError(f"there is no page {page}, the file has {len(document)}")
        shown = document[page - 1]
        if shown.get_rotation():
            return []
        left, bottom, right, top = shown.get_bbox()
        text, _height = _page(document, page - 1)
    except pdfium.PdfiumError as error:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED) from error
    finally:
        document.close()
    width, height = right - left, top - bottom
    if width <= 0 or height <= 0:
        return []
    return [_placed(line, left, top, width, height) for line in text.lines[:_MAX_LINES]]


def _placed(line: Line, left: float, top: float, width: float, height: float) -> PlacedLine:
    return PlacedLine(
        text=line.text.rstrip("\u00ad")[:_MAX_LINE],
        left=round((line.left - left) / width, 4),
        width=round((line.right - line.left) / width, 4),
        baseline=round((top - line.baseline) / height, 4),
        height=round(line.height / height, 4),
    )


def _render(page: pdfium.PdfPage, width: int) -> bytes:
    points_wide, points_high = page.get_size()
    if points_wide <= 0 or points_high <= 0:
        raise Unreadable(State.DAMAGED, Detail.NOT_WELL_FORMED)
    scale = width / points_wide
    scale = min(scale, (_MAX_PIXELS / (points_wide * points_high)) ** 0.5)
    image = page.render(scale=scale).to_pil().convert("RGB")
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=82, method=4)
    return buffer.getvalue()
