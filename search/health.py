"""The state of search, for the health address and the status command."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from cms.models import JobRun
from publications.models import Reading
from search.engine import get_engine
from search.engines.base import EngineUnavailable, IndexStatus, SchemaMismatch, VectorKind
from search.indexing.encoding import encoding_state, passages_and_missing
from search.indexing.outbox import backlog
from search.indexing.rebuild import is_rebuilding
from search.models import Encoding

logger = logging.getLogger(__name__)

ENGINE_SECONDS = 2.0
"""An engine that does not answer within this time counts as unavailable."""

_threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search-health")


def search_health() -> dict[str, Any]:
    """The state of the index, what waits, and the last success of each job. Never raises.

    ``search`` is ``ok``, ``building`` (there is no usable index yet and one is being built),
    ``needs rebuild`` (another version of the site made it) or ``unavailable``. Readers get the
    catalogue in all states but the first. ``vectors`` has in ``state`` how far search by meaning
    is: ``ok``, ``off`` (the settings want none), ``encoding`` (some passages wait for their
    vectors), ``no encoder``, or ``other encoder`` (the index is to be built again; until then
    search goes by words and concepts).
    """
    try:
        state, status = _state_and_status()
        waiting = backlog()
        unread = Reading.objects.filter(
            state__in=[Reading.State.WAITING, Reading.State.READING]
        ).count()
        return {
            "search": state,
            "vectors": _vectors_health(status),
            "outbox": waiting.entries,
            "oldest_outbox_seconds": waiting.oldest_seconds,
            "readings_waiting": unread,
            "jobs": {job.name: _iso(job.succeeded_at) for job in JobRun.objects.all()},
        }
    except DatabaseError:
        logger.exception("The state of search cannot be read from the database.")
        return {"search": "unavailable"}


def index_state() -> str:
    """The state of the index, in one of the words of `search_health`."""
    return _state_and_status()[0]


def _state_and_status() -> tuple[str, IndexStatus | None]:
    try:
        return "ok", _status().result(ENGINE_SECONDS)
    except (EngineUnavailable, OutOfTime) as error:
        if is_rebuilding():
            return "building", None
        return "needs rebuild" if isinstance(error, SchemaMismatch) else "unavailable", None
    except Exception:
        logger.exception("The state of the search index cannot be told.")
        return "unavailable", None


def _vectors_health(status: IndexStatus | None) -> dict[str, Any]:
    """How many passages have vectors, and of which encoder. Never loads the encoder itself."""
    passages, missing = passages_and_missing()
    held = status.vectors if status else None
    return {
        "state": _vectors_state(held, missing, encoding_state()),
        "encoder": held.encoder if held else None,
        "passages": passages,
        "with_vector": passages - missing if held else 0,
    }


def _vectors_state(held: VectorKind | None, missing: int, seen: Encoding) -> str:
    if settings.SEARCH_ENCODER == "none":
        return "off"
    if seen.attempts or not seen.encoder:
        return "no encoder"
    if held is not None and held.encoder != seen.encoder:
        return "other encoder"
    return "encoding" if missing or held is None else "ok"


def _status() -> Future[IndexStatus]:
    """The engine's answer, asked in a thread, for an engine may hang."""
    return _threads.submit(lambda: get_engine().status())


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
