"""What runs by the clock for the index."""

from __future__ import annotations

import datetime

from cms.background import enqueue_missing
from cms.scheduling import Job
from search.engine import index_is_usable
from search.indexing import outbox
from search.indexing.reconcile import reconcile
from search.tasks import mend_index

MINUTE = datetime.timedelta(minutes=1)


def look_at_index() -> None:
    """Ask the worker for an index if there is none that can be used."""
    if not index_is_usable():
        enqueue_missing(mend_index, [()])


JOBS = (
    Job("sweep outbox", datetime.timedelta(seconds=15), outbox.sweep),
    Job("look at index", MINUTE, look_at_index),
    Job("reconcile", MINUTE, reconcile),
    Job("prune outbox", datetime.timedelta(days=1), outbox.prune),
)
