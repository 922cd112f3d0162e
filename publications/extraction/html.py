"""HTML: the text a reader of the page would see, without scripts, menus and forms."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import lxml.html
from lxml import etree

from .encodings import decode_text
from .limits import Budget
from .metadata import clean_authors, clean_date, clean_title
from .sections import Block, collapse, make_sections
from .types import Extraction, FileType, State

_SKIPPED = frozenset(
    (
        "script", "style", "nav", "noscript", "template", "svg", "math", "iframe", "object",
        "embed", "button", "select", "textarea", "input", "form", "head", "canvas", "audio",
        "video",
    )
)  # fmt: skip
_BLOCKS = frozenset(
    (
        "p", "div", "section", "article", "main", "header", "footer", "aside", "h1", "h2", "h3",
        "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody",
        "tfoot", "tr", "blockquote", "pre", "figure", "figcaption", "address", "details",
        "summary", "hr", "body", "html", "center", "fieldset",
    )
)  # fmt: skip
_CELL_END = "\x1f"  # cannot come from a file: decoding drops control characters
_CELLS = frozenset(("td", "th"))
_AUTHOR_NAMES = ("author", "dc.creator", "dcterms.creator", "citation_author")
_DATE_NAMES = (
    "dc.date", "dcterms.date", "dcterms.created", "citation_publication_date", "date",
    "article:published_time",
)  # fmt: skip
_MAX_DEPTH = 250  # the parser itself stops at 256


def read_html(path: Path, budget: Budget) -> Extraction:
    """The text of an HTML page."""
    text = decode_text(path.read_bytes())
    parser = lxml.html.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError:  # nothing but white space and comments
        return Extraction(State.READ, file_type=FileType.HTML)
    body = root.find("body")
    blocks = _blocks(body if body is not None else root)
    sections, detail = make_sections(blocks, budget)
    names = _meta(root)
    return Extraction(
        State.READ,
        detail,
        FileType.HTML,
        partial=bool(detail),
        title=clean_title(root.findtext(".//title")),
        authors=clean_authors(_first(names, _AUTHOR_NAMES)),
        date=clean_date(_first(names, _DATE_NAMES)),
        sections=sections,
    )


def _meta(root: etree._Element) -> dict[str, str]:
    names: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").lower()
        content = element.get("content") or ""
        # Several authors are several elements.
        names[name] = f"{names[name]}; {content}" if name in names else content
    return names


def _first(names: dict[str, str], wanted: tuple[str, ...]) -> str:
    return next((names[name] for name in wanted if names.get(name)), "")


def _blocks(body: etree._Element) -> Iterator[Block]:
    """Runs of text between the borders of block elements; a table row is one run."""
    run: list[str] = []
    level = 0
    for kind, text in _events(body, 0):
        if kind == "text":
            run.append(text)
            continue
        if run:
            yield Block(_run_text(run), level)
            run = []
        level = int(text) if kind == "heading" else 0
    if run:
        yield Block(_run_text(run), level)


def _run_text(run: list[str]) -> str:
    cells = (collapse(cell) for cell in "".join(run).split(_CELL_END))
    return " | ".join(cell for cell in cells if cell)


def _events(element: etree._Element, depth: int) -> Iterator[tuple[str, str]]:
    """("text", …), ("heading", level) and ("border", "") in the order of the page."""
    tag = element.tag
    if depth > _MAX_DEPTH or not isinstance(tag, str) or tag in _SKIPPED or _is_hidden(element):
        return
    in_row = any(ancestor.tag == "tr" for ancestor in element.iterancestors())
    is_block = tag in _BLOCKS and not in_row
    if is_block:
        is_heading = len(tag) == 2 and tag[0] == "h" and tag[1].isdigit()
        yield ("heading", tag[1]) if is_heading else ("border", "")
    elif tag == "br" or tag in _BLOCKS:
        yield "text", " "
    if element.text:
        yield "text", element.text
    for child in element:
        yield from _events(child, depth + 1)
        if child.tail:
            yield "text", child.tail
    if tag in _CELLS:
        yield "text", _CELL_END
    if is_block:
        yield "border", ""


def _is_hidden(element: etree._Element) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or "display:none" in style
    )
