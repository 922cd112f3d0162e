"""The indexes of one site: their names, the alias that serves, and swapping it.

::

    reslog-works-20260102-030405-a1b2c3   an index; one serves, others are being built
    reslog-works-v1.1                     the alias of the serving one, made by schema 1.1

The alias names the schema, so a search never meets an index of another one.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from search.engines.base import EngineUnavailable, SchemaMismatch, VectorKind
from search.engines.elasticsearch.client import Budget, Client
from search.engines.elasticsearch.errors import REBUILD
from search.engines.elasticsearch.mapping import index_mapping, index_settings, schema

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,100}")
_ABANDONED_SECONDS = 24 * 3600
"""An index that is still being built after this time has no builder any more."""

_MISSING = "There is no search index yet. Make it with `manage.py search_index rebuild`."


@dataclass(frozen=True, slots=True)
class FoundIndex:
    """An index as Elasticsearch holds it: its name, its aliases, what we noted in it."""

    name: str
    aliases: tuple[str, ...]
    meta: dict[str, Any]

    @property
    def is_abandoned(self) -> bool:
        """Whether it neither serves nor is being built."""
        if self.aliases:
            return False
        return not self.meta.get("building") or (
            time.time() - self.meta.get("began", 0) > _ABANDONED_SECONDS
        )


class Indexes:
    """The indexes whose names begin with a prefix."""

    def __init__(self, client: Client, prefix: str, replicas: int | None) -> None:
        if not _PREFIX.fullmatch(prefix):
            raise ValueError(
                f"The index prefix {prefix!r} must be small letters, digits, '.', '_' or '-'."
            )
        self._client = client
        self._replicas = replicas
        self._base = f"{prefix}-works"

    @property
    def alias(self) -> str:
        """The alias of the serving index, if it is of the present schema."""
        return f"{self._base}-v{schema()}"

    def create(self, vectors: VectorKind | None) -> str:
        """Make an empty index of some vectors or of none; it does not serve yet."""
        budget = self._client.writing("making an index")
        answer = budget.ask(
            lambda es: es.indices.create(
                index=self._new_name(),  # another for each try: the last may have made its own
                settings=index_settings(self._replicas),
                mappings=index_mapping(_meta(building=True), vectors),
            )
        )
        return str(answer["index"])

    def confirm(self, name: str) -> None:
        """Refuse an index that is not as we made it.

        Had it been deleted, Elasticsearch would have made another for what was written to it.
        """
        budget = self._client.writing("looking at a new index")
        if not any(index.name == name and index.meta for index in self.found(budget)):
            raise EngineUnavailable("The new search index was removed while it was built.")

    def serve(self, name: str) -> None:
        """Make an index the serving one, in one step, and remove all that are of no use.

        After an error the old one serves.
        """
        try:
            budget = self._client.writing("swapping in a new index")
            budget.ask(lambda es: es.indices.update_aliases(actions=self._swap(name)))
        except EngineUnavailable:
            if not self.serves(name):  # the answer may have been lost, and not the request
                raise
        with suppress(EngineUnavailable):  # what is left over goes with the next swap
            budget = self._client.writing("removing old indexes")
            budget.ask(lambda es: es.indices.put_mapping(index=name, meta=_meta(building=False)))
            self.remove_abandoned(budget)

    def serves(self, name: str) -> bool:
        """Whether an index is the serving one."""
        budget = self._client.writing("looking for the serving index")
        return any(index.name == name and index.aliases for index in self.found(budget))

    def remove_abandoned(self, budget: Budget) -> None:
        """Remove indexes that neither serve nor are being built."""
        for index in self.found(budget):
            if index.is_abandoned:
                self.remove(index.name, budget)

    def remove(self, name: str, budget: Budget) -> None:
        """Remove an index, whether it is there or not."""
        budget.ask(lambda es: es.indices.delete(index=name, ignore_unavailable=True))

    def found(self, budget: Budget) -> Iterator[FoundIndex]:
        """All our indexes."""
        answer = budget.ask(
            lambda es: es.indices.get(index=f"{self._base}-*", features=["aliases", "mappings"])
        )
        own = re.compile(re.escape(self._base) + r"-\d{8}-\d{6}-[0-9a-f]{6}")
        for name, index in answer.items():
            if own.fullmatch(name):
                yield FoundIndex(name, tuple(index["aliases"]), index["mappings"].get("_meta", {}))

    def why_missing(self, budget: Budget) -> EngineUnavailable:
        """What to say when the alias is missing."""
        serving = [index for index in self.found(budget) if index.aliases]
        if not serving:
            return EngineUnavailable(_MISSING)
        made_by = f"{serving[0].meta.get('schema_version')}.{serving[0].meta.get('format')}"
        return SchemaMismatch(
            f"The search index has schema {made_by}, this version of the site needs {schema()}. "
            f"{REBUILD}"
        )

    def _new_name(self) -> str:
        return f"{self._base}-{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"

    def _swap(self, name: str) -> list[dict[str, Any]]:
        old = {"index": f"{self._base}-*", "alias": f"{self._base}-v*", "must_exist": False}
        return [{"remove": old}, {"add": {"index": name, "alias": self.alias}}]


def _meta(*, building: bool) -> dict[str, Any]:
    version, _, form = schema().partition(".")
    return {
        "schema_version": int(version),
        "format": int(form),
        "building": building,
        "began": int(time.time()),
    }
