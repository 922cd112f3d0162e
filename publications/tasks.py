"""Background tasks of the publications app."""

from __future__ import annotations

from django_tasks import task

from publications.exchange.runs import work_on
from publications.reading import read_due_document


@task(queue_name="default")
def read_document(document_id: int) -> str:
    """Read a document if it is due; running it twice changes nothing."""
    reading = read_due_document(document_id)
    return reading.state if reading else "nothing to do"


@task(queue_name="default", priority=-10)
def run_import(run: str) -> str:
    """Check or store an editor's import if it waits; running it twice changes nothing."""
    return work_on(run)
