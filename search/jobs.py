"""What runs by the clock for the index."""

from __future__ import annotations

import datetime

from django.conf import settings

from cms.background import enqueue_missing
from cms.scheduling import Job
from search.engine import index_is_usable
from search.indexing import encoding, outbox
from search.indexing.reconcile import reconcile
from search.statistics import statistics_are_old
from search.tasks import mend_index, refresh_statistics

MINUTE = datetime.timedelta(minutes=1)
DAY = datetime.timedelta(days=1)


def look_at_index() -> None:
    """Ask the worker for an index if there is none that can be used."""
    if not index_is_usable():
        enqueue_missing(mend_index, [()])


def look_at_statistics() -> None:
    """Ask the worker for new statistics of the vectors if the library is another one."""
    if settings.SEARCH_ENCODER != "none" and statistics_are_old():
        enqueue_missing(refresh_statistics, [()])


JOBS = (
    Job("sweep outbox", datetime.timedelta(seconds=15), outbox.sweep),
    Job("sweep vectors", datetime.timedelta(seconds=15), encoding.sweep),
    Job("look at index", MINUTE, look_at_index),
    Job("look at encoder", datetime.timedelta(minutes=10), encoding.look_at_encoder),
    Job("look at statistics", MINUTE, look_at_statistics),
    Job("reconcile", MINUTE, reconcile),
    Job("prune outbox", DAY, outbox.prune),
    Job("prune vectors", DAY, encoding.prune),
)
