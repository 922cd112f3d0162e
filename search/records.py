"""Records: the engine-neutral form of a work that goes into an index.

A record says everything an engine needs and nothing about how the site stores it. Who may
see what stands on the smallest thing that has a rule of its own: each edition and each file.
An engine filters every title, text, passage, suggestion and facet value at that level.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

SCHEMA_VERSION = 3
"""Raised when records or their indexing change so that an index must be rebuilt."""

PUBLIC = "public"
"""The audience everybody belongs to."""

NOBODY = "nobody"
"""The audience no reader belongs to (behind a shared password, for instance)."""

Kind = Literal["publication", "good_practice", "guidance"]
LocatorKind = Literal["page", "section"]

FACETS = ("kind", "language", "country", "theme", "organisation", "year")
"""The facets of the results page, in their order. Values are stable keys, never labels."""


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who may see an edition or a file, and when.

    ``audience`` is a key (see ``publications.access``): a reader brings the set of keys that
    admit them. Times are seconds since the epoch; ``None`` is no limit. The interval is
    half-open: visible when ``visible_from <= now < visible_until``.
    """

    audience: str = PUBLIC
    visible_from: int | None = None
    visible_until: int | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a passage means to the record's encoder: vectors of length 1, little-endian half floats.

    ``vector`` is the passage's own; ``sentences`` are those of its sentences one after the other,
    in the order and number of ``search.sentences.split_sentences``.
    """

    vector: bytes
    sentences: bytes = b""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text of about 120-200 words in one language, with where it stands.

    ``locator`` is the page or section number in its file, from 1; ``None`` for the text of
    the edition itself. ``number`` counts the passages of one file or edition, from 0. Without
    ``meaning`` it is found by its words alone.
    """

    number: int
    language: str
    text: str
    locator: int | None = None
    heading: str = ""
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of an edition; ``number`` is its permanent number in its work."""

    number: int
    label: str
    language: str
    format: str
    locator_kind: LocatorKind
    visibility: Visibility
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """A work in one language: what its page says, and its files.

    ``facts`` are the work's facts as its page shows them in this language (authors,
    organisations, places, themes, identifiers): they are part of the edition's text.
    ``body`` is cut into passages without a locator; the first is title and summary.
    """

    language: str
    slug: str
    title: str
    summary: str
    visibility: Visibility
    facts: str = ""
    body: tuple[Passage, ...] = ()
    files: tuple[FileRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A work as an index holds it.

    ``version`` grows with every change; an engine never replaces a newer version by an older
    one. ``date`` is the proleptic Gregorian ordinal of the work's date (for sorting), ``year``
    its year. ``places`` and ``authors`` are names in all their forms, for field words.
    ``themes``, ``countries`` and ``organisations`` hold the facets' keys. ``encoder`` names what
    made the vectors of its passages; an index of another encoder leaves them out. A record
    without editions stands for a work that must not be found.
    """

    work: int
    version: int
    kind: Kind
    date: int | None = None
    year: int | None = None
    themes: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    editions: tuple[EditionRecord, ...] = field(default_factory=tuple)
    encoder: str = ""
