"""Background tasks of the intake."""

from __future__ import annotations

import time

from django_tasks import task

from cms.background import others_wait
from intake.library import sketch_library
from intake.looking import look_at_due_file

SLICE_SECONDS = 20.0
"""After so long other tasks get their turn, and the rest waits for its own."""


@task(priority=1)
def look_at_file(key: int) -> str:
    """Look through a file if it is due; running it twice changes nothing.

    It goes before the reading of further files: who dropped fifty can begin with the first one.
    """
    incoming = look_at_due_file(key)
    return "looked through" if incoming else "nothing to do"


@task(priority=-4)
def sketch_documents() -> str:
    """Sketch the library's own documents, so that what comes in can be compared with them."""
    ends = time.monotonic() + SLICE_SECONDS
    count = sketch_library(lambda: time.monotonic() > ends or others_wait(sketch_documents))
    return f"{count} sketched"
