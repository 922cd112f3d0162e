"""From Markdown to the HTML that Wagtail's rich text fields keep."""

from __future__ import annotations

from markdown_it import MarkdownIt

from publications.cleaning import clean_html

_PARSER = MarkdownIt("commonmark", {"html": False})


def markdown_to_rich_text(text: str) -> str:
    """Headings, emphasis, lists, quotations and links; everything else becomes its plain text.

    Rich text has no inline code: it becomes bold. The outcome holds only tags of an allow-list,
    and links only to the web and to addresses of mail.
    """
    return clean_html(_PARSER.render(text))
