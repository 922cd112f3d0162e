"""The engine that the settings name, and whom it may show things to."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from publications.access import Reader
from search.engines.base import Engine, EngineUnavailable
from search.models import Audience
from search.records import PUBLIC

if TYPE_CHECKING:
    from search.engines.elasticsearch import Connection

# An engine's package is imported where it is the one that the settings name: each needs a
# library that the other does not.


def get_engine() -> Engine:
    """The engine of ``SEARCH_ENGINE``, one for this process."""
    name = settings.SEARCH_ENGINE
    if name == "elasticsearch":
        return _elasticsearch(elasticsearch_connection(), settings.ELASTICSEARCH_INDEX_PREFIX)
    if name == "embedded":
        return _embedded(settings.SEARCH_FOLDER)
    raise ValueError(f"SEARCH_ENGINE is {name!r}, which is no engine.")


def elasticsearch_connection() -> Connection:
    """Where Elasticsearch is and as whom we ask, as the settings say."""
    from search.engines.elasticsearch import Connection

    return Connection(
        tuple(settings.ELASTICSEARCH_URL),
        ca=settings.ELASTICSEARCH_CA or None,
        user=settings.ELASTICSEARCH_USER or None,
        password=settings.ELASTICSEARCH_PASSWORD or None,
        api_key=settings.ELASTICSEARCH_API_KEY or None,
    )


@lru_cache(maxsize=4)
def _embedded(folder: Path) -> Engine:
    from search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(folder)


@lru_cache(maxsize=4)
def _elasticsearch(connection: Connection, index_prefix: str) -> Engine:
    from search.engines.elasticsearch import ElasticsearchEngine

    return ElasticsearchEngine(connection, index_prefix=index_prefix)


def index_is_usable() -> bool:
    """Whether there is an index of the present schema that can be searched."""
    try:
        get_engine().status()
    except EngineUnavailable:
        return False
    return True


def every_audience() -> frozenset[str]:
    """All audiences that anything in an index has: for questions of the site's, not a reader's."""
    return frozenset({PUBLIC, *Audience.objects.values_list("key", flat=True)})


def audiences_for(reader: Reader) -> frozenset[str]:
    """The audiences that admit a reader, among all that anything in an index has."""
    keys = Audience.objects.values_list("key", flat=True)
    return frozenset({PUBLIC, *(key for key in keys if reader.admitted_by(key))})
