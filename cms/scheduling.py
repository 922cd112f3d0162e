"""What runs by the clock, and what became of it.

Jobs run in the scheduler's process, one after the other. Which are due stands in the database,
so several schedulers may run: a lease per job lets one of them do it.
"""

from __future__ import annotations

import datetime
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cms.background import enqueue_missing
from cms.leases import take
from cms.models import JobRun

logger = logging.getLogger(__name__)

LEASE_SECONDS = 300.0
"""A scheduler that died in the middle of a job is waited for so long."""

TEMPORARY = ("reslog-reading-*", "extraction-*")
"""Folders for reading files; a process that was killed leaves its own behind."""

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to be done every so often."""

    name: str
    every: datetime.timedelta
    run: Callable[[], object]


@contextmanager
def recorded(name: str) -> Iterator[None]:
    """Note when a job started, and that it succeeded or why it failed."""
    _note(name, started_at=timezone.now())
    try:
        yield
    except Exception as error:
        text = f"{type(error).__name__}: {error}"[:1000]
        _note(name, failed_at=timezone.now(), error=text)
        raise
    _note(name, succeeded_at=timezone.now(), error="")


def _note(name: str, **values: object) -> None:
    JobRun.objects.update_or_create(name=name, defaults=values)


def run_due_jobs(jobs: tuple[Job, ...] | None = None) -> list[str]:
    """Run the jobs that are due, each whatever becomes of the others; gives their names."""
    return [job.name for job in jobs or JOBS if _is_due(job) and run_job(job)]


def run_job(job: Job) -> bool:
    """Run a job if it is due and no other scheduler runs it; says whether it was run."""
    lease = take(f"job: {job.name}", LEASE_SECONDS)
    if lease is None:
        return False
    try:
        if not _is_due(job):  # another scheduler was quicker
            return False
        with recorded(job.name):
            job.run()
    except Exception:
        logger.exception("The job “%s” failed; it is tried again when it is next due.", job.name)
    finally:
        lease.release()
    return True


def _is_due(job: Job) -> bool:
    started = JobRun.objects.filter(name=job.name).values_list("started_at", flat=True).first()
    return started is None or started + job.every <= timezone.now()


# The jobs.


def publish_scheduled() -> None:
    """Publish and unpublish the pages whose time has come."""
    call_command("publish_scheduled")


def sweep() -> None:
    """Ask the worker again for what waits in our tables and for which no task waits."""
    from publications.reading import due_readings
    from publications.tasks import read_document
    from search.indexing import outbox

    enqueue_missing(read_document, [(document,) for document in due_readings()])
    outbox.sweep()


def look_at_index() -> None:
    """Ask the worker for an index if there is none that can be used."""
    from search.engine import index_is_usable
    from search.tasks import mend_index

    if not index_is_usable():
        enqueue_missing(mend_index, [()])


def reconcile() -> None:
    """Find works that changed without a signal."""
    from search.indexing import reconcile

    reconcile.reconcile()


def prune_outbox() -> None:
    """Remove changes that are in the index for long."""
    from search.indexing import outbox

    outbox.prune()


def prune_sessions() -> None:
    """Remove sessions whose time is up."""
    call_command("clearsessions")


def prune_tasks() -> None:
    """Remove what is left of tasks, also of those whose worker died, which stay as running."""
    now = timezone.now()
    DBTaskResult.objects.finished().filter(finished_at__lt=now - 2 * DAY).delete()
    DBTaskResult.objects.running().filter(started_at__lt=now - DAY).delete()


def prune_temporary_folders() -> None:
    """Remove folders in which files were read more than a day ago."""
    oldest = time.time() - DAY.total_seconds()
    for pattern in TEMPORARY:
        for folder in Path(tempfile.gettempdir()).glob(pattern):
            if folder.is_dir() and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


JOBS = (
    Job("publish scheduled", datetime.timedelta(minutes=1), publish_scheduled),
    Job("sweep", datetime.timedelta(seconds=15), sweep),
    Job("look at index", datetime.timedelta(minutes=1), look_at_index),
    Job("reconcile", datetime.timedelta(minutes=1), reconcile),
    Job("prune outbox", DAY, prune_outbox),
    Job("prune tasks", DAY, prune_tasks),
    Job("prune sessions", DAY, prune_sessions),
    Job("prune temporary folders", DAY, prune_temporary_folders),
)
