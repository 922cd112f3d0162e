"""The state of search, for the health address and the status command."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as OutOfTime
from datetime import datetime
from typing import Any

from django.db import DatabaseError

from cms.models import JobRun
from publications.models import Reading
from search.engine import get_engine
from search.engines.base import EngineUnavailable, IndexStatus, SchemaMismatch
from search.indexing.outbox import backlog
from search.indexing.rebuild import is_rebuilding

logger = logging.getLogger(__name__)

ENGINE_SECONDS = 2.0
"""An engine that does not answer within this time counts as unavailable."""

_threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search-health")


def search_health() -> dict[str, Any]:
    """The state of the index, what waits, and the last success of each job. Never raises.

    ``search`` is ``ok``, ``building`` (there is no usable index yet and one is being built),
    ``needs rebuild`` (another version of the site made it) or ``unavailable``. Readers get the
    catalogue in all states but the first.
    """
    try:
        waiting = backlog()
        unread = Reading.objects.filter(
            state__in=[Reading.State.WAITING, Reading.State.READING]
        ).count()
        return {
            "search": index_state(),
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
    try:
        _status().result(ENGINE_SECONDS)
    except (EngineUnavailable, OutOfTime) as error:
        if is_rebuilding():
            return "building"
        return "needs rebuild" if isinstance(error, SchemaMismatch) else "unavailable"
    except Exception:
        logger.exception("The state of the search index cannot be told.")
        return "unavailable"
    return "ok"


def _status() -> Future[IndexStatus]:
    """The engine's answer, asked in a thread, for an engine may hang."""
    return _threads.submit(lambda: get_engine().status())


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
