"""Compare a node's analysis with the expected tokens.

``make check-stock URL=http://127.0.0.1:9200`` tells whether a node, a stock one above all,
analyses words as the embedded engine does. For a secure node ``ELASTICSEARCH_CA`` and
``ELASTICSEARCH_API_KEY``, or ``ELASTICSEARCH_USER`` and ``ELASTICSEARCH_PASSWORD``, are read.
It makes an index named ``<ELASTICSEARCH_INDEX_PREFIX>-check-stock`` and removes it again.

``--write`` makes the file of expected tokens anew from the tables of words.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from elasticsearch import ApiError, Elasticsearch, TransportError

from search.analysis.chain import Analyzer, build
from search.analysis.config import LANGUAGES
from search.engines.elasticsearch.analysis import analyzer_name, index_analysis

EXPECTED = Path(__file__).resolve().parent.parent / "elasticsearch-node" / "expected_tokens.json"

Readings = list[list[str]]
"""The terms at each position of a text, sorted; an empty position is a removed stop word."""


@dataclass(frozen=True)
class Expectation:
    """What each analysis of a language (``analysed``, ``folded`` ...) makes of a text."""

    language: str
    text: str
    tokens: dict[str, Readings]


def expected_tokens() -> list[Expectation]:
    """The file of expected tokens."""
    return [Expectation(**row) for row in json.loads(EXPECTED.read_text(encoding="utf-8"))]


def readings(tokens: Iterable[tuple[str, int]]) -> Readings:
    """Terms with their positions, put together by position."""
    found: Readings = []
    for term, position in tokens:
        found.extend([] for _ in range(position + 1 - len(found)))
        found[position].append(term)
    return [sorted(terms) for terms in found]


@cache
def _analyzer(language: str, analysis: str) -> Analyzer:
    return build(LANGUAGES[language].chains[analysis])


def tokens_in_python(language: str, analysis: str, text: str) -> Readings:
    """What an analysis of the embedded engine makes of a text."""
    tokens = _analyzer(language, analysis)(text)
    return readings((token.term, token.position) for token in tokens)


def tokens_on_node(client: Elasticsearch, index: str, analyzer: str, text: str) -> Readings:
    """What an analyzer of an index makes of a text."""
    answer = client.indices.analyze(index=index, analyzer=analyzer, text=text)
    return readings((token["token"], token["position"]) for token in answer["tokens"])


def differences(client: Elasticsearch, index: str) -> Iterator[str]:
    """A line for each expectation that the node does not meet."""
    for row in expected_tokens():
        for analysis, expected in row.tokens.items():
            name = analyzer_name(row.language, analysis)
            found = tokens_on_node(client, index, name, row.text)
            if found != expected:
                yield f"{name}: {row.text!r} gives {found}, expected {expected}"


@contextmanager
def analysing_index(client: Elasticsearch, name: str) -> Iterator[str]:
    """An index of our analyzers, removed at the end."""
    client.options(ignore_status=404).indices.delete(index=name)
    settings = {"number_of_shards": 1, "number_of_replicas": 0, "analysis": index_analysis()}
    client.indices.create(index=name, settings=settings)
    try:
        yield name
    finally:
        client.indices.delete(index=name)


def write_expected_tokens() -> None:
    """Make the file anew: every text and query of the tables of words, a line each."""
    from tests.search.words import meetings, rows

    words = [(row.language, row.text) for row in rows()]
    words += [(m.language, text) for m in meetings() for text in (m.query, m.text)]
    lines = []
    for language, text in dict.fromkeys(words):
        analyses = LANGUAGES[language].chains
        tokens = {analysis: tokens_in_python(language, analysis, text) for analysis in analyses}
        row = Expectation(language, text, tokens)
        lines.append(json.dumps(vars(row), ensure_ascii=False))
    EXPECTED.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def connect(url: str) -> Elasticsearch:
    """A client for the node, with what the environment says of its security."""
    options: dict[str, Any] = {}
    if ca := os.environ.get("ELASTICSEARCH_CA"):
        options["ca_certs"] = ca
    if key := os.environ.get("ELASTICSEARCH_API_KEY"):
        options["api_key"] = key
    elif user := os.environ.get("ELASTICSEARCH_USER"):
        options["basic_auth"] = (user, os.environ.get("ELASTICSEARCH_PASSWORD", ""))
    return Elasticsearch(url, request_timeout=30, **options)


def main(arguments: list[str]) -> int:
    """Compare, or write; 1 when the node differs or cannot be asked."""
    parser = argparse.ArgumentParser(prog="check_stock", description=__doc__)
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:9200")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args(arguments)
    if options.write:
        write_expected_tokens()
        print(f"Wrote {EXPECTED}.")
        return 0
    client = connect(options.url)
    prefix = os.environ.get("ELASTICSEARCH_INDEX_PREFIX") or "reslog"
    try:
        with analysing_index(client, f"{prefix}-check-stock") as index:
            found = list(differences(client, index))
    except (ApiError, TransportError) as problem:
        print(f"{options.url} cannot be asked: {problem}", file=sys.stderr)
        return 1
    for line in found:
        print(line)
    texts = len(expected_tokens())
    print(f"{options.url}: {texts} texts, {len(found)} differences.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
