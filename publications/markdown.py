"""From Markdown to the HTML that Wagtail's rich text fields keep."""

from __future__ import annotations

import re

import bleach
from markdown_it import MarkdownIt

_TAGS = {"p", "h2", "h3", "b", "i", "ul", "ol", "li", "a", "blockquote", "br"}
_ATTRIBUTES = {"a": ["href"]}
_PROTOCOLS = {"http", "https", "mailto"}
_AS_RICH_TEXT = {"strong": "b", "em": "i", "code": "b", "h1": "h2", "h4": "h3"}

_PARSER = MarkdownIt("commonmark", {"html": False})
_TAG_NAME = re.compile(r"(</?)(strong|em|code|h1|h4)(?=[ >])")


def markdown_to_rich_text(text: str) -> str:
    """Headings, emphasis, lists, quotations and links; everything else becomes its plain text.

    Rich text has no inline code: it becomes bold. The outcome holds only tags of an allow-list,
    and links only to the web and to addresses of mail.
    """
    html = _TAG_NAME.sub(lambda match: match[1] + _AS_RICH_TEXT[match[2]], _PARSER.render(text))
    cleaned = bleach.clean(html, _TAGS, _ATTRIBUTES, _PROTOCOLS, strip=True)
    return cleaned.replace(">\n<", "><").strip()
