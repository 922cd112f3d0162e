"""Concepts as SKOS, in any format of RDF (https://www.w3.org/TR/skos-reference/).

A concept is known again by its identifier, which we write as a notation of a datatype of our
own, or by its address if it is among the exact matches of a concept of the glossary. Others are
new: they get an identifier from their address, and keep the address as an exact match.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from django.conf import settings
from django.utils.translation import gettext as _
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from cms.languages import BY_CODE, CODES
from cms.loading import BrokenRows, Problem, Row
from glossary.exchange.entries import Entry, Names, check_matches, check_slug, names_of
from glossary.exchange.graphs import read_graph

IDENTIFIER_TYPE = URIRef("urn:reslog-library:concept")
"""The datatype of the notation that is a concept's identifier in a glossary of this software."""

TITLES = {
    "en": "Glossary",
    "tr": "Sözlük",
    "ar": "مسرد المصطلحات",
    "sv": "Ordlista",
}


def read_skos(name: str, data: bytes, stored: Mapping[str, Entry]) -> tuple[list[Entry], list[str]]:
    """The concepts of a file, and what of the file is left out; raises ``BrokenRows``."""
    graph = read_graph(name, data)
    subjects = {*graph.subjects(RDF.type, SKOS.Concept), *graph.subjects(SKOS.prefLabel)}
    addresses = sorted(
        str(subject)
        for subject in subjects
        if isinstance(subject, URIRef) and (subject, RDF.type, SKOS.ConceptScheme) not in graph
    )
    if not addresses:
        raise BrokenRows([Problem(name, 0, _("The file holds no SKOS concepts."))])
    reader = _Reader(graph, stored, addresses)
    return reader.entries(), sorted(reader.notes)


def write_skos(entries: Iterable[Entry], format_: str) -> bytes:
    """Concepts as one scheme, in a format that rdflib has a name for."""
    base = f"{settings.WAGTAILADMIN_BASE_URL}/glossary/"
    graph = Graph()
    for prefix, namespace in (("skos", SKOS), ("dcterms", DCTERMS), ("c", Namespace(base))):
        graph.bind(prefix, namespace)
    scheme = URIRef(base)
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    for language, title in TITLES.items():
        graph.add((scheme, DCTERMS.title, Literal(title, lang=language)))
    for entry in entries:
        for predicate, value in _statements(entry, base):
            graph.add((_address(base, entry.slug), predicate, value))
        if entry.is_theme:
            graph.add((scheme, SKOS.hasTopConcept, _address(base, entry.slug)))
    context = {"skos": str(SKOS), "dcterms": str(DCTERMS), "c": base}
    options: dict[str, Any] = {"context": context} if format_ == "json-ld" else {}
    return graph.serialize(format=format_, encoding="utf-8", **options)


def _address(base: str, slug: str) -> URIRef:
    return URIRef(base + quote(slug))


def _statements(entry: Entry, base: str) -> Iterator[tuple[URIRef, Node]]:
    yield RDF.type, SKOS.Concept
    yield SKOS.inScheme, URIRef(base)
    yield SKOS.notation, Literal(entry.slug, datatype=IDENTIFIER_TYPE)
    for language, names in entry.names.items():
        if names.preferred:
            yield SKOS.prefLabel, Literal(names.preferred, lang=language)
        for text in names.alternatives:
            yield SKOS.altLabel, Literal(text, lang=language)
    if entry.is_theme:
        yield SKOS.topConceptOf, URIRef(base)
    if entry.broader:
        yield SKOS.broader, _address(base, entry.broader)
    for slug in entry.related or ():
        yield SKOS.related, _address(base, slug)
    for uri in entry.exact_matches or ():
        yield SKOS.exactMatch, URIRef(uri)


@dataclass(slots=True)
class _Reader:
    """Reads the concepts of one graph; ``notes`` are what it leaves out."""

    graph: Graph
    stored: Mapping[str, Entry]
    addresses: list[str]
    notes: set[str] = field(default_factory=set)
    known: dict[str, str] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)

    def entries(self) -> list[Entry]:
        """The concepts, in the order of their addresses."""
        self.known = {
            uri: slug for slug, entry in self.stored.items() for uri in entry.exact_matches or ()
        }
        rows = {address: Row(address, 0, {}) for address in self.addresses}
        seen: set[str] = set()
        for address, row in rows.items():
            self.slugs[address] = slug = self._identify(address, row)
            if slug in seen:
                row.complain(
                    _("Another concept of the file has the identifier “%(slug)s”.") % {"slug": slug}
                )
            seen.add(slug)
        languages = self._languages()
        return [self._entry(address, row, languages) for address, row in rows.items()]

    def _identify(self, address: str, row: Row) -> str:
        """The identifier of a concept; complains about one that another concept has."""
        notations = [
            str(value)
            for value in self.graph.objects(URIRef(address), SKOS.notation)
            if isinstance(value, Literal) and value.datatype == IDENTIFIER_TYPE
        ]
        if notations:
            self.own.add(address)
            slug = min(notations)
        else:
            slug = self.known.get(address) or _slug_of(address)
            if slug in self.stored and address not in self.known:
                row.complain(
                    _("The glossary has another concept with the identifier “%(slug)s”.")
                    % {"slug": slug}
                )
        if not slug:
            row.complain(_("No identifier can be made of this address."))
        check_slug(row, slug)
        return slug

    def _languages(self) -> set[str]:
        """The languages of the registry that the file has labels in."""
        found = set()
        for predicate in (SKOS.prefLabel, SKOS.altLabel):
            for label in self.graph.objects(None, predicate):
                language = _language(label)
                if language in CODES:
                    found.add(language)
                else:
                    self._note_language(language)
        if (None, SKOS.hiddenLabel, None) in self.graph:
            self.notes.add(_("Hidden labels are left out."))
        return found

    def _note_language(self, language: str) -> None:
        if language:
            note = _("Labels in “%(code)s” are left out: the library has no such language.")
            self.notes.add(note % {"code": language})
        else:
            self.notes.add(_("Labels without a language are left out."))

    def _entry(self, address: str, row: Row, languages: set[str]) -> Entry:
        entry = Entry(row, self.slugs[address])
        for language in CODES:
            if language in languages:
                entry.names[language] = self._names(address, row, language)
        own = address in self.own
        broader = self._neighbours(address, row, SKOS.broader, SKOS.narrower)
        if len(broader) > 1:
            row.remark(_("Of several broader concepts “%(slug)s” is taken.") % {"slug": broader[0]})
        related = self._neighbours(address, row, SKOS.related, SKOS.related)
        # A vocabulary of others says nothing of how this glossary is arranged.
        entry.is_theme = self._is_top(address) if own else None
        entry.broader = broader[0] if broader else "" if own else None
        entry.related = tuple(related) if related or own else None
        entry.exact_matches = self._matches(address, row)
        return entry

    def _names(self, address: str, row: Row, language: str) -> Names:
        preferred = self._texts(address, SKOS.prefLabel, language)
        plain = [text for tag, text in preferred if tag == language]
        if len(plain) > 1:
            row.complain(
                _("There are two preferred labels in %(language)s: “%(one)s” and “%(other)s”.")
                % {"language": BY_CODE[language].name, "one": plain[0], "other": plain[1]}
            )
        texts = [*plain, *(text for tag, text in preferred if tag != language)]
        others = [text for _tag, text in self._texts(address, SKOS.altLabel, language)]
        return names_of(row, language, texts[0] if texts else "", [*texts[1:], *others])

    def _texts(self, address: str, predicate: URIRef, language: str) -> list[tuple[str, str]]:
        """The labels of a language and its varieties (``en``, ``en-GB``), each with its tag."""
        return sorted(
            (str(getattr(label, "language", "")).lower(), str(label))
            for label in self.graph.objects(URIRef(address), predicate)
            if _language(label) == language
        )

    def _neighbours(self, address: str, row: Row, predicate: URIRef, inverse: URIRef) -> list[str]:
        """The identifiers of neighbours in the file or the glossary; remarks the others."""
        subject = URIRef(address)
        found = {
            *map(str, self.graph.objects(subject, predicate)),
            *map(str, self.graph.subjects(inverse, subject)),
        }
        slugs = []
        for other in sorted(found):
            slug = self.slugs.get(other) or self.known.get(other)
            if slug:
                slugs.append(slug)
            else:
                row.remark(
                    _("“%(address)s” is left out: it is no concept of this file.")
                    % {"address": other}
                )
        return sorted(dict.fromkeys(slugs))

    def _is_top(self, address: str) -> bool:
        subject = URIRef(address)
        return (subject, SKOS.topConceptOf, None) in self.graph or (
            None,
            SKOS.hasTopConcept,
            subject,
        ) in self.graph

    def _matches(self, address: str, row: Row) -> tuple[str, ...]:
        stated = sorted(map(str, self.graph.objects(URIRef(address), SKOS.exactMatch)))
        if address in self.own:
            return check_matches(row, stated)
        before = self.stored.get(self.slugs[address])
        kept = (before.exact_matches if before else None) or ()
        return check_matches(row, [*kept, address, *stated])


def _language(label: Node) -> str:
    """The language of a label without its variety, or nothing."""
    tag = label.language if isinstance(label, Literal) else None
    return (tag or "").lower().split("-")[0]


def _slug_of(address: str) -> str:
    """An identifier from the last part of an address."""
    last = re.split(r"[/#:]", unquote(address).rstrip("/#"))[-1]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip("-._")[:100].strip("-._")
