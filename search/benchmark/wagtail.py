"""Wagtail's own search on Elasticsearch, for comparison: ``modelsearch`` and nothing else.

One document per edition, as Wagtail indexes pages; a bare query for all words without facets,
highlights, passages or access. Wagtail would then read the pages from the database; here a
search ends with their keys.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models
from modelsearch.backends import elasticsearch9
from modelsearch.index import Indexed, SearchField

from search.address import PAGE_SIZE
from search.benchmark.questions import Question
from search.benchmark.searching import Search
from search.benchmark.subjects import client_options, connect
from search.engines.elasticsearch import Connection
from search.records import EditionRecord, Record

_CHUNK_EDITIONS = 1000
"""Documents at once, as Wagtail's own rebuild takes them."""


class Text(Indexed, models.Model):
    """An edition as a page with a text; it has no table, and belongs to no installed app."""

    title = models.TextField()
    summary = models.TextField()
    text = models.TextField()

    search_fields = [SearchField("title"), SearchField("summary"), SearchField("text")]

    class Meta:
        app_label = "benchmark"
        managed = False

    def __str__(self) -> str:
        return self.title


class _Keys(elasticsearch9.Elasticsearch9SearchResults):
    """Results that stay keys."""

    def _get_results_from_hits(self, hits: Iterable[Any]) -> Iterator[str]:
        return (hit["fields"]["pk"][0] for hit in hits)


class _Backend(elasticsearch9.Elasticsearch9SearchBackend):
    results_class = _Keys


class WagtailSearch:
    """Wagtail's index of a library's editions."""

    def __init__(self, backend: _Backend) -> None:
        self._backend = backend

    def rebuild(self, records: Iterable[Record]) -> None:
        """A new index of these works, swapped in at its end, as Wagtail's command does it."""
        rebuilder = self._backend.rebuilder_class(self._backend.get_index_for_model(Text))
        index = rebuilder.start()
        index.add_model(Text)
        chunk: list[Text] = []
        for record in records:
            chunk += _texts_of(record)
            if len(chunk) >= _CHUNK_EDITIONS:
                index.add_items(Text, chunk)
                chunk = []
        index.add_items(Text, chunk)
        rebuilder.finish()

    def ask(self, question: Question) -> Search:
        """A page of keys, and how long it took."""
        began = time.perf_counter()
        words = question.text.strip('"')
        found = self._backend.search(words, Text.objects.all(), operator="and")[:PAGE_SIZE]
        keys = list(found)
        return Search(time.perf_counter() - began, {}, len(keys))

    def size_bytes(self) -> int:
        """The size of the index."""
        name = self._backend.get_index_for_model(Text).name
        sizes = self._backend.es.indices.stats(index=name, metric="store")
        return int(sizes["_all"]["primaries"]["store"]["size_in_bytes"])


@contextmanager
def wagtail_search(connection: Connection, prefix: str) -> Iterator[WagtailSearch]:
    """Wagtail's backend under names of its own, which are removed at the end."""
    own = f"{prefix}-bench-{secrets.token_hex(4)}-"
    options = {"URLS": list(connection.urls), "INDEX_PREFIX": own, "TIMEOUT": 60}
    try:
        yield WagtailSearch(_Backend(options | {"OPTIONS": client_options(connection)}))
    finally:
        with connect(connection) as client:
            for name in client.indices.get(index=f"{own}*", features=["aliases"]):
                client.indices.delete(index=name)


def _texts_of(record: Record) -> list[Text]:
    return [
        Text(
            pk=record.work * 10 + number,
            title=edition.title,
            summary=edition.summary,
            text="\n\n".join(_passages(edition)),
        )
        for number, edition in enumerate(record.editions)
    ]


def _passages(edition: EditionRecord) -> Iterator[str]:
    yield from (passage.text for passage in edition.body)
    yield from (passage.text for file in edition.files for passage in file.passages)
