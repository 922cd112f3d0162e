"""The engine itself: the port's methods over searches, writes and indexes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch

from search.engines.base import FoundPassage, IndexStatus, Results, TitleSuggestion
from search.engines.elasticsearch.client import Budget, Client, Connection
from search.engines.elasticsearch.errors import IndexMissing
from search.engines.elasticsearch.hits import ShownWorks
from search.engines.elasticsearch.indexes import Indexes
from search.engines.elasticsearch.mapping import schema
from search.engines.elasticsearch.selecting import select
from search.engines.elasticsearch.spelling import better_spellings
from search.engines.elasticsearch.suggesting import suggest_titles
from search.engines.elasticsearch.writing import newest, portions, send
from search.plan import Plan
from search.records import Record

_VERSIONS_AT_ONCE = 10_000
_KEPT_OPEN = "1m"
"""How long a listing of versions may rest between two pages."""


class ElasticsearchEngine:
    """An engine on one node or a cluster; see the package's docstring. Safe for threads.

    ``index_prefix`` begins the names of all that this site keeps there. ``replicas`` are copies
    of the index on further nodes; ``None`` is one where there is a further node.
    """

    def __init__(
        self, connection: Connection, *, index_prefix: str = "reslog", replicas: int | None = None
    ) -> None:
        self.index_prefix = index_prefix
        self._client = Client(connection)
        self._indexes = Indexes(self._client, index_prefix, replicas)

    def answering(self) -> AbstractContextManager[None]:
        """Within the context all questions share the time of one answer to a reader."""
        return self._client.one_answer()

    def search(self, plan: Plan) -> Results:
        """Run a plan."""
        with self._reading("searching") as budget:
            index = self._indexes.alias
            selection = select(budget, index, plan)
            works = [found.work for found in selection.page]
            shown = ShownWorks(budget, index, works, plan)
            return Results(selection.total, shown.hits(selection.page), selection.facets)

    def passages_of(
        self, works: Sequence[int], plan: Plan
    ) -> Mapping[int, tuple[FoundPassage, ...]]:
        """The best visible passages of some works for a plan."""
        with self._reading("looking for passages") as budget:
            return ShownWorks(budget, self._indexes.alias, works, plan).passages()

    def suggest(
        self, prefix: str, *, language: str, audiences: frozenset[str], now: int, limit: int = 8
    ) -> tuple[TitleSuggestion, ...]:
        """Works whose visible titles hold words beginning as typed, ``language`` first."""
        plan = Plan(language=language, audiences=audiences, now=now)
        with self._reading("suggesting titles") as budget:
            return suggest_titles(budget, self._indexes.alias, prefix, plan, limit)

    def spell(self, words: Sequence[str]) -> Mapping[str, str]:
        """Better spellings for words that public texts do not hold, from public texts alone."""
        with self._reading("looking for spellings") as budget:
            return better_spellings(budget, self._indexes.alias, words)

    def write(self, records: Iterable[Record]) -> None:
        """Apply changes to the serving index; durable and seen when it returns.

        Nothing is sent before all records are read, and readers see them together. After an
        error a part may have been written: send the same records again.
        """
        changes = newest(records)
        with self._explained():
            send(self._client, self._indexes.alias, changes, alias=True)
            budget = self._client.writing("making changes seen")
            budget.ask(lambda es: es.indices.refresh(index=self._indexes.alias))

    def versions(self) -> Iterator[tuple[int, int]]:
        """Work and version of every record, for ``search_index check``."""
        with self._explained():
            budget = self._client.writing("listing versions")
            found = budget.ask(
                lambda es: es.open_point_in_time(index=self._indexes.alias, keep_alive=_KEPT_OPEN)
            )
        return self._versions_at(found["id"])

    def new_index(self) -> ElasticsearchNewIndex:
        """Begin an index of the present schema beside the serving one."""
        return ElasticsearchNewIndex(self._client, self._indexes)

    def status(self) -> IndexStatus:
        """What the serving index says of itself."""
        with self._reading("asking for its state") as budget:
            alias = self._indexes.alias
            sizes = budget.ask(lambda es: es.indices.stats(index=alias, metric="store"))
            answer = budget.ask(lambda es: es.search(index=alias, **_COUNT))
            ((name, stats),) = sizes["indices"].items()
            return IndexStatus(
                name=name,
                schema_version=int(schema().partition(".")[0]),
                works=answer["hits"]["total"]["value"],
                passages=int(answer["aggregations"]["passages"]["value"]),
                size_bytes=stats["primaries"]["store"]["size_in_bytes"],
            )

    def _versions_at(self, moment: str) -> Iterator[tuple[int, int]]:
        budget = self._client.writing("listing versions")
        request = _versions_page(moment)
        try:
            while request:
                answer = budget.ask(partial(_search, request))
                hits = answer["hits"]["hits"]
                for hit in hits:
                    yield hit["fields"]["work"][0], hit["fields"]["version"][0]
                more = len(hits) == _VERSIONS_AT_ONCE
                request = {**request, "search_after": hits[-1]["sort"]} if more else {}
                budget = self._client.writing("listing versions")
        finally:
            budget.ask(lambda es: es.close_point_in_time(id=moment))

    @contextmanager
    def _reading(self, doing: str) -> Iterator[Budget]:
        with self._client.one_answer(), self._explained():
            yield self._client.reading(doing)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Where the index is missing, say whether there is one of another schema."""
        try:
            yield
        except IndexMissing as error:
            budget = self._client.reading("looking for the index")
            raise self._indexes.why_missing(budget) from error


class ElasticsearchNewIndex:
    """An index being built beside the serving one."""

    def __init__(self, client: Client, indexes: Indexes) -> None:
        self._client = client
        self._indexes = indexes
        indexes.remove_abandoned(client.writing("removing old indexes"))
        self._name = indexes.create()

    def write(self, records: Iterable[Record]) -> None:
        """Add or replace works; a record without editions removes its work."""
        for portion in portions(records):
            send(self._client, self._name, newest(portion), alias=False)

    def swap(self) -> None:
        """Make this index the serving one, atomically, and remove the old one."""
        self._indexes.confirm(self._name)
        budget = self._client.writing("finishing a new index")
        budget.ask(lambda es: es.indices.refresh(index=self._name))
        # The first search of an index is slow: it is ours and not a reader's.
        select(budget, self._name, Plan())
        self._indexes.serve(self._name)

    def discard(self) -> None:
        """Remove this index; the serving one stays as it is, also if it is this one."""
        if not self._indexes.serves(self._name):
            self._indexes.remove(self._name, self._client.writing("discarding a new index"))


_HELD = {"term": {"removed": False}}
_COUNT: dict[str, Any] = {
    "query": _HELD,
    "size": 0,
    "track_total_hits": True,
    "aggs": {"passages": {"sum": {"field": "passage_count"}}},
}


def _search(request: Mapping[str, Any], elasticsearch: Elasticsearch) -> Any:
    return elasticsearch.search(**request)


def _versions_page(moment: str) -> dict[str, Any]:
    return {
        "pit": {"id": moment, "keep_alive": _KEPT_OPEN},
        "query": _HELD,
        "docvalue_fields": ["work", "version"],
        "sort": [{"work": "asc"}],
        "size": _VERSIONS_AT_ONCE,
        "track_total_hits": False,
        "_source": False,
    }
