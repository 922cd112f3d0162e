"""Citations as text, in the styles of ``publications/citing/styles``, by citeproc."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bleach
from citeproc import Citation as CitedItems
from citeproc import (
    CitationItem,
    CitationStylesBibliography,
    CitationStylesStyle,
    formatter,
)
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

_TAGS = {"i", "b", "em", "strong", "sup", "sub"}


@dataclass(frozen=True, slots=True)
class Citation:
    """A work cited in a style: its name, and the citation as safe HTML."""

    style: str
    html: SafeString


def cite(item: Item) -> Iterator[Citation]:
    """A citation in each style, in the language of the work's edition."""
    cited = {name: value for name, value in item.items() if name != "abstract"}  # ISO 690 adds it
    for name, file in STYLES.items():
        try:
            yield Citation(name, _render(cited, file))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # citeproc has no exceptions of its own; a page must not fail for a citation.
            logger.warning("No citation of %s in %s: %r", item["id"], name, error)


def _render(item: Item, file: str) -> SafeString:
    locale = "en-GB" if file == _OWN_WORDS else _LOCALES.get(item["language"], "en-GB")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says so where it does not know a field of an item
        style = CitationStylesStyle(str(_FOLDER / f"{file}.csl"), locale=locale, validate=False)
        bibliography = CitationStylesBibliography(style, CiteProcJSON([item]), formatter.html)
        bibliography.register(CitedItems([CitationItem(item["id"])]))
        text = str(bibliography.bibliography()[0]).strip()
    return mark_safe(bleach.clean(text, tags=_TAGS, strip=True))  # noqa: S308 - cleaned here
