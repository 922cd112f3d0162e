"""HTML from outside, cleaned by one allow-list: pasted, imported, contributed, from Markdown.

The list is what the editor of the rich text fields can make. bleach has the last word; before
it, elements whose content is no text go with all they hold, and near relations of the allowed
elements (``strong``, ``h1``) become those.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import bleach
import lxml.html
from lxml import etree

TAGS = frozenset({"p", "h2", "h3", "b", "i", "ul", "ol", "li", "a", "blockquote", "br"})
PROTOCOLS = frozenset({"http", "https", "mailto", "tel"})

_GONE = (
    "script", "style", "head", "title", "iframe", "frame", "frameset", "noframes", "object",
    "embed", "applet", "template", "noscript", "svg", "math", "textarea", "select", "button",
    "xmp", "plaintext", "noembed", "audio", "video", "canvas", "form",
)  # fmt: skip
_AS_ALLOWED = {
    "strong": "b", "em": "i", "code": "b", "dfn": "i", "cite": "i", "h1": "h2", "h4": "h3",
    "h5": "h3", "h6": "h3", "q": "i",
}  # fmt: skip
_BLOCKS = frozenset({"p", "h2", "h3", "ul", "ol", "blockquote", "table", "div"})
_LINK_TYPES = frozenset({"page", "document"})
_EMPTY_LINK = re.compile(r"<a>(.*?)</a>", re.DOTALL)
_PART_OF_A_BLOCK = re.compile(r"[A-Za-z0-9_-]{1,20}")
_MAX_DEPTH = 200  # deeper trees are no text of people's, and would exhaust the parser's stack

_Attributes = Callable[[str, str, str], bool]


def clean_html(html: str) -> str:
    """HTML of others with only the tags of the allow-list, and links only out of the library."""
    return _clean(html, _outside)


def clean_rich_text(html: str) -> str:
    """Rich text as the editor keeps it: as ``clean_html``, and links to pages and files too."""
    return _clean(html, _inside)


def _outside(tag: str, name: str, _value: str) -> bool:
    return (tag, name) == ("a", "href")


def _inside(tag: str, name: str, value: str) -> bool:
    """Also what Wagtail keeps: the target of a link, and the key of a block for its comments."""
    if name == "data-block-key":
        return bool(_PART_OF_A_BLOCK.fullmatch(value))
    if tag == "a" and name == "linktype":
        return value in _LINK_TYPES
    return tag == "a" and (name == "href" or (name == "id" and value.isdecimal()))


def _clean(html: str, attributes: _Attributes) -> str:
    if "<" not in html and "&" not in html:
        return html
    cleaned = bleach.clean(_prepare(html), TAGS, attributes, PROTOCOLS, strip=True)
    return _EMPTY_LINK.sub(r"\1", cleaned).replace(">\n<", "><").strip()


def _prepare(html: str) -> str:
    """Without elements that hold no text, and with the names that the allow-list knows."""
    try:
        root = lxml.html.fragment_fromstring(html.replace("\0", ""), create_parent="div")
    except (etree.ParserError, ValueError):
        return html  # bleach makes text of what is no HTML
    if _depth(root) > _MAX_DEPTH:
        return str(root.text_content())
    etree.strip_elements(root, *_GONE, etree.Comment, with_tail=False)
    for element in root.iter(*_AS_ALLOWED):
        element.tag = _AS_ALLOWED[element.tag]
    for element in list(root.iterdescendants("div")):
        if not any(inner.tag in _BLOCKS for inner in element.iterdescendants()):
            element.tag = "p"
    text = lxml.html.tostring(root, encoding="unicode")
    return text.removeprefix("<div>").removesuffix("</div>")


def _depth(root: lxml.html.HtmlElement) -> int:
    return max((sum(1 for _ in element.iterancestors()) for element in root.iter()), default=0)
