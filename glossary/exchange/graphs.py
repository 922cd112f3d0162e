"""Reading RDF files that nobody vouches for into a graph, without asking anybody for more.

Formats by the ending of a file's name: Turtle, RDF/XML, JSON-LD.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import PurePath
from typing import Any
from xml.sax import ContentHandler, SAXException

import defusedxml.sax
from defusedxml import DefusedXmlException
from django.utils.translation import gettext as _
from rdflib import Graph

from cms.loading import BrokenRows, Problem

FORMATS = {
    ".ttl": "turtle",
    ".rdf": "xml",
    ".xml": "xml",
    ".jsonld": "json-ld",
    ".json": "json-ld",
}
"""rdflib's names of the formats by the ending of a file's name."""


def read_graph(name: str, data: bytes) -> Graph:
    """The graph of a file; raises ``BrokenRows`` with a reason that an editor understands."""
    format_ = FORMATS[PurePath(name).suffix.lower()]
    try:
        if format_ == "xml":
            _refuse_entities(name, data)
        elif format_ == "json-ld":
            _refuse_remote_contexts(name, data)
        # Relative addresses in the file are no addresses of this machine's files.
        return Graph().parse(data=data, format=format_, publicID="file:///")
    except BrokenRows:
        raise
    except RecursionError as error:
        raise _broken(name, _("The file is nested too deeply.")) from error
    except Exception as error:  # a parser raises what it likes on a file that is none
        raise _broken(
            name,
            _("The file cannot be read as %(format)s: %(error)s")
            % {"format": _FORMAT_NAMES[format_], "error": _first_lines(error)},
        ) from error


_FORMAT_NAMES = {"turtle": "Turtle", "xml": "RDF/XML", "json-ld": "JSON-LD"}


def _refuse_entities(name: str, data: bytes) -> None:
    """Refuse XML that declares entities: they can grow without end, or name other files."""
    try:
        defusedxml.sax.parseString(data, ContentHandler(), forbid_dtd=True)
    except DefusedXmlException as error:
        raise _broken(
            name,
            _(
                "The file has a document type declaration (<!DOCTYPE …>), which is not read. "
                "Remove it, or save the vocabulary as Turtle."
            ),
        ) from error
    except SAXException as error:
        raise _broken(
            name, _("The file is not well-formed XML: %(error)s") % {"error": error}
        ) from error


def _refuse_remote_contexts(name: str, data: bytes) -> None:
    """Refuse JSON-LD whose terms are explained elsewhere: nothing is fetched."""
    for key, value in _members(json.loads(data)):
        values = value if isinstance(value, list) else [value]
        remote = [text for text in values if isinstance(text, str)]
        if remote and key in ("@context", "@import"):
            raise _broken(
                name,
                _(
                    "The file takes its context from “%(address)s”, which is not fetched. "
                    "Save it with the context inside, or as Turtle."
                )
                % {"address": remote[0][:200]},
            )


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member of every object of a JSON value."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield from value.items()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _broken(name: str, reason: str) -> BrokenRows:
    return BrokenRows([Problem(name, 0, reason)])


def _first_lines(error: Exception) -> str:
    """What a parser says, without the long excerpts that some add."""
    return " ".join(str(error).split())[:300] or type(error).__name__
