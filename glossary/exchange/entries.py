"""A concept as a file describes it, whatever the file's format."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from cms.languages import BY_CODE
from cms.loading import Row
from glossary.models import ADDRESS, IDENTIFIER, Label, check_address, check_identifier

LONGEST_LABEL = Label._meta.get_field("text").max_length or 255
LONGEST_IDENTIFIER = 100
LONGEST_ADDRESS = 500

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Names(NamedTuple):
    """What a concept is called in one language; empty where it has no label there."""

    preferred: str = ""
    alternatives: tuple[str, ...] = ()


@dataclass(slots=True)
class Entry:
    """A concept of a file; ``row`` says where it stands and collects what is wrong with it.

    ``names`` has the languages that the file covers. ``None`` is what the file does not speak
    of: it stays as the glossary has it. An empty ``broader`` says that there is none.
    """

    row: Row
    slug: str
    names: dict[str, Names] = field(default_factory=dict)
    is_theme: bool | None = None
    broader: str | None = None
    related: tuple[str, ...] | None = None
    exact_matches: tuple[str, ...] | None = None
    links: Row | None = None

    @property
    def links_row(self) -> Row:
        """Where the file speaks of the concept's neighbours."""
        return self.links or self.row

    @property
    def targets(self) -> tuple[str, ...]:
        """The identifiers of its neighbours."""
        return (*filter(None, [self.broader]), *(self.related or ()))


def names_of(row: Row, language: str, preferred: str, alternatives: Iterable[str]) -> Names:
    """The labels of one language, spaces tidied and doubles left out; complains about the rest."""
    first = _tidy(preferred)
    others = dict.fromkeys(text for text in map(_tidy, alternatives) if text and text != first)
    for text in (first, *others):
        if len(text) > LONGEST_LABEL:
            row.complain(
                _("The %(language)s label “%(text)s…” is longer than %(limit)s characters.")
                % {
                    "language": BY_CODE[language].name,
                    "text": text[:30],
                    "limit": LONGEST_LABEL,
                }
            )
        elif _CONTROL.search(text):
            row.complain(
                _("The %(language)s label “%(text)s” has characters that cannot be shown.")
                % {"language": BY_CODE[language].name, "text": text}
            )
    if others and not first:
        row.remark(
            _("In %(language)s there are alternative labels and no preferred one.")
            % {"language": BY_CODE[language].name}
        )
    return Names(first, tuple(others))


def check_slug(row: Row, slug: str) -> None:
    """Complain about an identifier that cannot be one."""
    if len(slug) > LONGEST_IDENTIFIER:
        row.complain(
            _("The identifier is longer than %(limit)s characters.") % {"limit": LONGEST_IDENTIFIER}
        )
    elif slug and not IDENTIFIER.search(slug):
        row.complain(f"“{slug}”: {check_identifier.message}")


def check_matches(row: Row, addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses in other vocabularies, each once; complains about what is none."""
    kept = tuple(dict.fromkeys(addresses))
    for address in kept:
        if len(address) > LONGEST_ADDRESS or not ADDRESS.search(address):
            row.complain(f"“{address[:80]}”: {check_address.message}")
    return kept


def _tidy(text: str) -> str:
    return " ".join(text.split())
