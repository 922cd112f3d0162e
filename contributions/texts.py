"""Rich text as an officer edits it: paragraphs, and lists with a dash."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = {"p", "h2", "h3", "h4", "li", "blockquote"}


def to_plain_text(html: str) -> str:
    """Blocks apart by an empty line, items of a list each on a line of its own with a dash."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [(kind, " ".join(text.split())) for kind, text in reader.blocks]
    written, last = "", ""
    for kind, text in lines:
        if not text:
            continue
        between = "" if not written else "\n" if kind == last == "li" else "\n\n"
        written += between + (f"- {text}" if kind == "li" else text)
        last = kind
    return written


class _Reader(HTMLParser):
    """Gathers blocks with what they are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, str]] = [("p", "")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.blocks.append((tag, ""))
        elif tag == "br":
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.blocks.append(("p", ""))

    def handle_data(self, data: str) -> None:
        kind, text = self.blocks[-1]
        self.blocks[-1] = (kind, text + data)
