"""What an index keeps of its vectors: their kind, and what ranking must know of them.

It stands in a document of the index itself, so it comes and goes with it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cms.languages import CODES
from search.engines.base import VectorKind
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.indexes import Indexes
from search.engines.vectors import OTHER_SIZE
from search.plan import Plan
from search.ranking.statistics import Statistics

logger = logging.getLogger(__name__)

_ID = "statistics"
"""The document's; those of works are numbers."""

_BELIEVED_SECONDS = 5.0
"""For so long a process does not ask again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An index of vectors by its own name, not the alias, and what it keeps of them.

    All that one search asks goes to that index: a swap in between is noticed, for it is gone.
    """

    index: str
    vectors: VectorKind
    statistics: Statistics

    def means_the_same(self, plan: Plan) -> bool:
        """Whether what a plan means can be compared with these vectors."""
        if plan.meant is None or plan.meant.encoder != self.vectors.encoder:
            return False
        size = len(plan.meant.vector) // 4
        if size != self.vectors.dimensions:
            logger.error(OTHER_SIZE, plan.meant.encoder, size, self.vectors.dimensions)
            return False
        return True

    def languages(self, plan: Plan) -> list[str]:
        """The languages whose texts a plan may find by their meaning."""
        if plan.text_language is not None:
            return [plan.text_language]
        return list(dict.fromkeys([*self.statistics.means, *CODES]))


def read_kept(budget: Budget, index: str) -> Kept | None:
    """What an index or the one behind an alias keeps; ``None`` for one of words alone."""
    query = {"ids": {"values": [_ID]}}
    answer = budget.ask(
        lambda es: es.search(index=index, query=query, source={"includes": ["statistics"]})
    )
    for hit in answer["hits"]["hits"]:
        return _read(hit["_index"], hit["_source"]["statistics"])
    return None


def keep(
    budget: Budget, index: str, vectors: VectorKind, statistics: Statistics, *, alias: bool = False
) -> None:
    """Keep the statistics of an index's vectors; those of another encoder are of no use to it."""
    if statistics.encoder != vectors.encoder:
        return
    kept = {"dimensions": vectors.dimensions, **statistics.as_json()}
    document = {"removed": True, "statistics": kept}
    budget.ask(lambda es: es.index(index=index, id=_ID, document=document, require_alias=alias))
    budget.ask(lambda es: es.indices.refresh(index=index))


class KeptCache:
    """What the serving index keeps, asked for once in some seconds. Safe for threads."""

    def __init__(self, indexes: Indexes) -> None:
        self._indexes = indexes
        self._known: tuple[float, Kept | None] | None = None

    def get(self, budget: Budget) -> Kept | None:
        """What the serving index keeps, or kept a few seconds ago."""
        known = self._known
        if known is None or known[0] < time.monotonic():
            known = time.monotonic() + _BELIEVED_SECONDS, read_kept(budget, self._indexes.alias)
            self._known = known
        return known[1]

    def forget(self) -> None:
        """Ask again the next time."""
        self._known = None


def _read(index: str, kept: Mapping[str, Any]) -> Kept:
    statistics = Statistics.from_json(kept)
    return Kept(index, VectorKind(statistics.encoder, kept["dimensions"]), statistics)
