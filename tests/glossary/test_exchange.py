"""The glossary in and out: nothing lost on the way, everything wrong with a file said."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from rdflib import RDF, SKOS, Graph, Literal, URIRef

from cms.loading import BrokenRows
from glossary.exchange import run
from glossary.exchange.csv_files import COLUMNS, join_values, read_csv, split_values
from glossary.exchange.entries import Entry
from glossary.exchange.graphs import read_graph
from glossary.exchange.run import ENDINGS, Report, export_concepts, import_concepts
from glossary.exchange.stored import stored_entries
from glossary.loading import load_glossary
from glossary.models import Concept, ExactMatch, Label
from search.concepts import find_concepts
from search.query import parse
from tests.data import SHARED

pytestmark = pytest.mark.django_db


def contents() -> dict[str, Any]:
    """Everything the glossary holds, to compare."""
    return {slug: facts(entry) for slug, entry in stored_entries().items()}


def facts(entry: Entry) -> Any:
    names = {
        code: (texts.preferred, sorted(texts.alternatives)) for code, texts in entry.names.items()
    }
    return names, entry.is_theme, entry.broader, entry.related, entry.exact_matches
