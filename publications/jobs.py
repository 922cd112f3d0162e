"""What runs by the clock for files that are read."""

from __future__ import annotations

import datetime
import shutil
import tempfile
import time
from pathlib import Path

from cms.background import enqueue_missing
from cms.scheduling import Job
from publications.exchange.runs import due_runs, prune_runs
from publications.reading import due_readings
from publications.tasks import read_document, run_import

TEMPORARY = ("reslog-reading-*", "extraction-*", "reslog-import-*")
"""Folders for reading files; a process that was killed leaves its own behind."""

DAY = datetime.timedelta(days=1)


def sweep_readings() -> None:
    """Ask the worker again for files that wait and for which no task waits."""
    enqueue_missing(read_document, [(document,) for document in due_readings()])


def sweep_imports() -> None:
    """Ask the worker again for imports that wait and for which no task waits."""
    enqueue_missing(run_import, due_runs())


def prune_temporary_folders() -> None:
    """Remove folders in which files were read more than a day ago."""
    oldest = time.time() - DAY.total_seconds()
    for pattern in TEMPORARY:
        for folder in Path(tempfile.gettempdir()).glob(pattern):
            if folder.is_dir() and folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


JOBS = (
    Job("sweep readings", datetime.timedelta(seconds=15), sweep_readings),
    Job("sweep imports", datetime.timedelta(seconds=30), sweep_imports),
    Job("prune imports", DAY, prune_runs),
    Job("prune temporary folders", DAY, prune_temporary_folders),
)
