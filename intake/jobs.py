"""What runs by the clock for files that come in."""

from __future__ import annotations

import datetime

from django.utils import timezone

from cms.background import enqueue_missing
from cms.scheduling import Job
from intake.library import unsketched
from intake.looking import due_files
from intake.models import Batch, IncomingFile
from intake.tasks import look_at_file, sketch_documents

DAY = datetime.timedelta(days=1)
KEPT = datetime.timedelta(days=180)
"""How long it is remembered what became of suggestions."""


def sweep_files() -> None:
    """Ask the worker again for files that wait and for which no task waits."""
    enqueue_missing(look_at_file, [(key,) for key in due_files()])


def sweep_sketches() -> None:
    """Ask the worker for sketches of the library's documents that have none."""
    if unsketched().exists():
        enqueue_missing(sketch_documents, [()])


def prune_batches() -> None:
    """Forget old batches of which every file was decided; their documents stay."""
    undecided = IncomingFile.objects.exclude(state__in=["drafted", "left_out"])
    old = Batch.objects.filter(created_at__lt=timezone.now() - KEPT)
    old.exclude(pk__in=undecided.filter(document__isnull=False).values("batch")).delete()


JOBS = (
    Job("sweep incoming files", datetime.timedelta(seconds=15), sweep_files),
    Job("sweep sketches", datetime.timedelta(minutes=1), sweep_sketches),
    Job("prune batches", DAY, prune_batches),
)
