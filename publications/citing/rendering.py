"""Citations as text, in the styles of ``publications/citing/styles``, by citeproc."""

from __future__ import annotations

import json
import logging
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import bleach
from citeproc import Citation as CitedItems
from citeproc import (
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
from citeproc.model import CitationStylesElement
from citeproc.source.json import CiteProcJSON
from django.utils.safestring import SafeString, mark_safe

from publications.citing.items import Item

logger = logging.getLogger(__name__)

_FOLDER = Path(__file__).parent / "styles"
_LOCALES = {"en": "en-GB", "tr": "tr-TR", "sv": "sv-SE", "ar": "ar", "fr": "fr-FR"}
"""The CSL locale of each language of the library."""

_OWN_WORDS = "iso690-author-date-en"
"""A style whose fixed words are English: its dates must be, too."""

STYLES = {
    "APA": "apa",
    "Chicago": "chicago-author-date",
    "ISO 690": _OWN_WORDS,
}
"""What each style is called, and its file."""

REMEMBERED = 4096
"""Citations that a process remembers; each is less than a kilobyte."""

_kept = threading.local()

_TAGS = {"i", "b", "em", "strong", "sup", "sub"}


@dataclass(frozen=True, slots=True)
class Citation:
    """A work cited in a style: its name, and the citation as safe HTML."""

    style: str
    html: SafeString


def cite(item: Item) -> Iterator[Citation]:
    """A citation in each style, in the language of the work's edition."""
    cited = {name: value for name, value in item.items() if name != "abstract"}  # ISO 690 adds it
    written = json.dumps(cited)
    for name, file in STYLES.items():
        try:
            yield Citation(name, _render(written, file))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # citeproc has no exceptions of its own; a page must not fail for a citation.
            logger.warning("No citation of %s in %s: %r", item["id"], name, error)


@lru_cache(maxsize=REMEMBERED)
def _render(written: str, file: str) -> SafeString:
    """An item, given as JSON, in the style of a file; remembered, as citeproc takes its time."""
    item: Item = json.loads(written)
    locale = "en-GB" if file == _OWN_WORDS else _LOCALES.get(item["language"], "en-GB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so where it does not know a field of an item
        style = _style(file, locale)
        bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.html)
        bibliography.register(CitedItems([CitationItem(item["id"])]))
        text = str(bibliography.bibliography()[0]).strip()
    return mark_safe(bleach.clean(text, tags=_TAGS, strip=True))  # noqa: S308 - cleaned here


_find_macro = CitationStylesElement.get_macro


def _known_macro(element: Any, name: str) -> Any:
    """A macro of the style that an element is of, looked for once in each style.

    citeproc asks for the macros of a style hundreds of times for each citation, and looks through
    the whole style each time: more than half of what a citation takes.
    """
    macros: dict[str, Any] = element.get_root().__dict__.setdefault("known_macros", {})
    if name not in macros:
        macros[name] = _find_macro(element, name)
    return macros[name]


CitationStylesElement.get_macro = _known_macro


def _style(file: str, locale: str) -> CitationStylesStyle:
    """A style, read once in each thread: it is told by every citation what to write for."""
    styles: dict[tuple[str, str], CitationStylesStyle] = _kept.__dict__.setdefault("styles", {})
    if (file, locale) not in styles:
        path = str(_FOLDER / f"{file}.csl")
        styles[file, locale] = CitationStylesStyle(path, locale=locale, validate=False)
    return styles[file, locale]
