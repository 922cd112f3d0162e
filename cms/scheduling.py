"""What runs by the clock, and what became of it.

Each app lists its jobs in a module ``jobs``. They run in the scheduler's process, one after the
other. Which are due stands in the database, so several schedulers may run: a lease per job lets
one of them do it.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module

from django.apps import apps
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from cms.leases import take
from cms.models import JobRun

logger = logging.getLogger(__name__)

LEASE_SECONDS = 300.0
"""A scheduler that died in the middle of a job is waited for so long."""


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
    return [job.name for job in jobs or all_jobs() if _is_due(job) and run_job(job)]


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


def all_jobs() -> tuple[Job, ...]:
    """The jobs of every app: what each lists as ``JOBS`` in its module ``jobs``."""
    modules = [
        import_module(f"{app.name}.jobs")
        for app in apps.get_app_configs()
        if app.module is not None and module_has_submodule(app.module, "jobs")
    ]
    return tuple(job for module in modules for job in getattr(module, "JOBS", ()))
