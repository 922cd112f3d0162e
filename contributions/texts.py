"""Rich text as an officer edits it: paragraphs, lists, links and emphasis in Markdown's signs."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = {"p", "h2", "h3", "h4", "li", "blockquote"}
_MARKS = {"b": "**", "i": "*"}


def to_plain_text(html: str) -> str:
    """Blocks apart by an empty line, items of a list each on a line of its own with their sign.

    What editors made bold, or a link, comes back as such when it is sent again.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [(kind, " ".join(text.split())) for kind, text in reader.blocks]
    written, last = "", ""
    for kind, text in lines:
        if text in ("", "-"):
            continue
        between = "" if not written else "\n" if kind == last == "li" else "\n\n"
        written += between + text
        last = kind
    return written


class _Reader(HTMLParser):
    """Gathers blocks with what they are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[tuple[str, str]] = [("p", "")]
        self._numbers: list[int | None] = []
        """Of each list that is open, the number of its last item; ``None`` where it has dashes."""
        self._open: list[tuple[str, int, str]] = []
        """Marks and links that are open: the tag, where its text begins, and the link's address."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("ul", "ol"):
            self._numbers.append(0 if tag == "ol" else None)
        elif tag in _BLOCKS:
            self._open.clear()
            self.blocks.append((tag, self._sign() if tag == "li" else ""))
        elif tag == "br":
            self.handle_data(" ")
        elif tag in _MARKS or tag == "a":
            self._open.append((tag, len(self.blocks[-1][1]), dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._numbers:
            self._numbers.pop()
        elif tag in _BLOCKS:
            self._open.clear()
            self.blocks.append(("p", ""))
        elif self._open and self._open[-1][0] == tag:
            self._close(*self._open.pop())

    def handle_data(self, data: str) -> None:
        kind, text = self.blocks[-1]
        self.blocks[-1] = (kind, text + data)

    def _sign(self) -> str:
        """What an item of the innermost list begins with."""
        if not self._numbers or self._numbers[-1] is None:
            return "- "
        self._numbers[-1] += 1
        return f"{self._numbers[-1]}. "

    def _close(self, tag: str, begins: int, address: str) -> None:
        """Put signs round the text of a mark or link; the spaces at its ends stay outside."""
        kind, text = self.blocks[-1]
        inner = text[begins:]
        core = inner.strip()
        if not core or (tag == "a" and not address):
            return
        mark = _MARKS.get(tag, "")
        signed = f"[{core}]({address})" if tag == "a" else f"{mark}{core}{mark}"
        before, _core, after = inner.partition(core)
        self.blocks[-1] = (kind, text[:begins] + before + signed + after)
