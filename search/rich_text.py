"""From the rich text of a page to plain text whose blocks stay apart."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "blockquote",
        "div",
        "hr",
        "table",
        "tr",
        "embed",
    ]
)


def plain_text(html: str) -> str:
    """The text of rich text, blocks separated by an empty line, other white space as one space."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    blocks = (" ".join(block.split()) for block in "".join(reader.parts).split("\x00"))
    return "\n\n".join(block for block in blocks if block)


class _Reader(HTMLParser):
    """Gathers text, with a NUL where a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append("\x00" if tag in _BLOCKS else " " if tag == "br" else "")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append("\x00" if tag in _BLOCKS else "")

    def handle_data(self, data: str) -> None:
        self.parts.append(data.replace("\x00", ""))
