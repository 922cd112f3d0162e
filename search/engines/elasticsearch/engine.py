"""The engine itself: the port's methods over searches, writes and indexes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any, TypeVar

from elasticsearch import Elasticsearch

from search.engines.base import (
    EngineUnavailable,
    FoundPassage,
    IndexStatus,
    Results,
    TitleSuggestion,
    VectorKind,
)
from search.engines.elasticsearch.client import Budget, Client, Connection
from search.engines.elasticsearch.errors import IndexMissing
from search.engines.elasticsearch.hits import ShownWorks
from search.engines.elasticsearch.indexes import Indexes
from search.engines.elasticsearch.kept import Kept, KeptCache, keep, read_kept
from search.engines.elasticsearch.leftovers import remove_leftovers
from search.engines.elasticsearch.mapping import schema
from search.engines.elasticsearch.meaning import find_candidates, first_passages
from search.engines.elasticsearch.ranked import rank_works
from search.engines.elasticsearch.selecting import select
from search.engines.elasticsearch.spelling import better_spellings
from search.engines.elasticsearch.suggesting import suggest_titles
from search.engines.elasticsearch.writing import Target, newest, portions, send
from search.plan import Plan
from search.ranking.candidates import Candidate
from search.ranking.statistics import Statistics
from search.records import Record
from search.stages import stage

logger = logging.getLogger(__name__)

T = TypeVar("T")

_SEGMENTS = 4
"""Segments of a new index. Of 10,000 works it took 19 seconds to merge 15 into 4, and half of the
searches by meaning went from 177 to 143 ms, 95 of 100 from 261 to 197."""

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
        self._kept = KeptCache(self._indexes)

    def answering(self) -> AbstractContextManager[None]:
        """Within the context all questions share the time of one answer to a reader."""
        return self._client.one_answer()

    def search(self, plan: Plan) -> Results:
        """Run a plan."""
        with self._reading("searching") as budget:
            if plan.meant is None:
                return self._results(budget, plan, None)
            return self._with_vectors(budget, partial(self._results, budget, plan))

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

    def candidates(self, plan: Plan) -> Sequence[Candidate]:
        """The visible passages of each language that are nearest to what is meant."""

        def found(kept: Kept | None) -> Sequence[Candidate]:
            return find_candidates(budget, kept, plan) if kept else ()

        with self._reading("looking for passages near in meaning") as budget:
            return self._with_vectors(budget, found)

    def meaning_of(self, work: int, plan: Plan) -> Sequence[Candidate]:
        """The first passages of a work that the plan's reader may see and that have vectors."""

        def found(kept: Kept | None) -> Sequence[Candidate]:
            return first_passages(budget, kept, work, plan) if kept else ()

        with self._reading("looking for what a work means") as budget:
            return self._with_vectors(budget, found)

    def statistics(self) -> Statistics | None:
        """What ranking must know of the vectors; ``None`` for an index without."""
        with self._reading("reading what it keeps of its vectors") as budget:
            kept = self._kept.get(budget)
            return kept.statistics if kept else None

    def describe(self, statistics: Statistics) -> None:
        """Keep what ranking must know of the vectors of the serving index.

        Other processes see it a few seconds later.
        """
        with self._explained():
            budget = self._client.writing("keeping statistics")
            if kept := read_kept(budget, self._indexes.alias):
                keep(budget, self._indexes.alias, kept.vectors, statistics, alias=True)
        self._kept.forget()

    def write(self, records: Iterable[Record]) -> None:
        """Apply changes to the serving index; durable and seen when it returns.

        Nothing is sent before all records are read, and readers see them together. After an
        error a part may have been written: send the same records again.
        """
        changes = newest(records)
        with self._explained():
            kept = read_kept(self._client.writing("writing"), self._indexes.alias)
            vectors = kept.vectors if kept else None
            target = Target(self._indexes.alias, vectors, alias=True)
            send(self._client, target, changes)
            budget = self._client.writing("making changes seen")
            budget.ask(lambda es: es.indices.refresh(index=self._indexes.alias))
            remove_leftovers(self._client, target, [one.work for one in changes])

    def versions(self) -> Iterator[tuple[int, int]]:
        """Work and version of every record, for ``search_index check``."""
        with self._explained():
            budget = self._client.writing("listing versions")
            found = budget.ask(
                lambda es: es.open_point_in_time(index=self._indexes.alias, keep_alive=_KEPT_OPEN)
            )
        return self._versions_at(found["id"])

    def new_index(self, vectors: VectorKind | None = None) -> ElasticsearchNewIndex:
        """Begin an index of the present schema beside the serving one.

        It holds vectors of one kind, or none.
        """
        return ElasticsearchNewIndex(self._client, self._indexes, self._kept, vectors)

    def status(self) -> IndexStatus:
        """What the serving index says of itself."""
        with self._reading("asking for its state") as budget:
            alias = self._indexes.alias
            sizes = budget.ask(lambda es: es.indices.stats(index=alias, metric="store"))
            answer = budget.ask(lambda es: es.search(index=alias, **_COUNT))
            kept = read_kept(budget, alias)
            if not sizes["indices"]:
                raise EngineUnavailable("No node holds the index yet: Elasticsearch is starting.")
            ((name, stats),) = sizes["indices"].items()
            return IndexStatus(
                name=name,
                schema_version=int(schema().partition(".")[0]),
                works=answer["hits"]["total"]["value"],
                passages=int(answer["aggregations"]["passages"]["value"]),
                size_bytes=stats["primaries"]["store"]["size_in_bytes"],
                vectors=kept.vectors if kept else None,
            )

    def _results(self, budget: Budget, plan: Plan, kept: Kept | None) -> Results:
        """Run a plan on the serving index, by meaning too where that has vectors for it."""
        index, ranked = self._indexes.alias, None
        if kept is not None and kept.means_the_same(plan):
            index, ranked = kept.index, rank_works(budget, kept, plan)
        with stage("facets"):
            selection = select(budget, index, plan, ranked)
        with stage("hits"):
            works = [found.work for found in selection.page]
            shown = ShownWorks(budget, index, works, plan, ranked.ranking if ranked else None)
            hits = shown.hits(selection.page)
        return Results(
            selection.total,
            hits,
            selection.facets,
            at_least=ranked is not None and ranked.ranking.at_least,
            meant=ranked is not None,
        )

    def _with_vectors(self, budget: Budget, run: Callable[[Kept | None], T]) -> T:
        """Run something on the index of vectors that serves, and again where it was swapped."""
        kept = self._kept.get(budget)
        try:
            return run(kept)
        except IndexMissing:
            if kept is None:
                raise
            self._kept.forget()
            return run(self._kept.get(budget))

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

    def __init__(
        self, client: Client, indexes: Indexes, kept: KeptCache, vectors: VectorKind | None
    ) -> None:
        self._client = client
        self._indexes = indexes
        self._kept = kept
        self._vectors = vectors
        self._written: set[int] = set()
        self._rewritten: set[int] = set()
        indexes.remove_abandoned(client.writing("removing old indexes"))
        self._name = indexes.create(vectors)
        self._target = Target(self._name, vectors)
        if vectors is not None:
            self.describe(Statistics(vectors.encoder))

    def write(self, records: Iterable[Record]) -> None:
        """Add or replace works; a record without editions removes its work."""
        for portion in portions(records):
            changes = newest(portion)
            works = {one.work for one in changes}
            self._rewritten |= works & self._written
            self._written |= works
            send(self._client, self._target, changes)

    def describe(self, statistics: Statistics) -> None:
        """Keep what ranking must know of the vectors."""
        if self._vectors is not None:
            budget = self._client.writing("keeping statistics")
            keep(budget, self._name, self._vectors, statistics)

    def settle(self) -> None:
        """Merge what was written into a few segments: a search looks through each of them."""
        budget = self._client.merging("merging a new index")
        try:
            budget.ask(
                lambda es: es.indices.forcemerge(index=self._name, max_num_segments=_SEGMENTS)
            )
        except EngineUnavailable as error:
            logger.warning("The new search index is slower than it could be: %s", error)

    def swap(self) -> None:
        """Make this index the serving one, atomically, and remove the old one."""
        self._indexes.confirm(self._name)
        budget = self._client.writing("finishing a new index")
        budget.ask(lambda es: es.indices.refresh(index=self._name))
        remove_leftovers(self._client, self._target, sorted(self._rewritten))
        # The first search of an index is slow: it is ours and not a reader's.
        select(budget, self._name, Plan())
        self._indexes.serve(self._name)
        self._kept.forget()

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
