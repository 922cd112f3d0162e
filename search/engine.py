"""The engine that the settings name, and whom it may show things to."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from publications.access import Reader
from search.engines.base import Engine, EngineUnavailable
from search.models import Audience
from search.records import PUBLIC


def get_engine() -> Engine:
    """The engine of ``SEARCH_ENGINE``, one for this process."""
    return _engine(settings.SEARCH_ENGINE, settings.SEARCH_FOLDER)


@lru_cache(maxsize=4)
def _engine(name: str, folder: Path) -> Engine:
    if name != "embedded":
        raise ValueError(f"SEARCH_ENGINE is {name!r}, which is no engine.")
    from search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(folder)


def index_is_usable() -> bool:
    """Whether there is an index of the present schema that can be searched."""
    try:
        get_engine().status()
    except EngineUnavailable:
        return False
    return True


def audiences_for(reader: Reader) -> frozenset[str]:
    """The audiences that admit a reader, among all that anything in an index has."""
    keys = Audience.objects.values_list("key", flat=True)
    return frozenset({PUBLIC, *(key for key in keys if reader.admitted_by(key))})
