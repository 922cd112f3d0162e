"""Cells that a spreadsheet would take for a formula.

What readers write, and what they search for, is exported; a text such as ``=HYPERLINK(…)`` must not
be run by the program of an editor who opens the file. It gets an apostrophe in front.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"^'*[=+\-@\t\r]")
_GUARDED = re.compile(r"^'+[=+\-@\t\r]")


def guard(text: str) -> str:
    """A text as a cell that is no formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The text that ``guard`` was given."""
    return text[1:] if _GUARDED.match(text) else text
