"""Background tasks of insight."""

from __future__ import annotations

from django_tasks import task

from insight.links.checking import check_due_links, due_links
from insight.links.gathering import gather_links


@task(queue_name="default", priority=-10)
def check_links() -> int:
    """Try some of the links that are due; running it twice changes nothing."""
    return check_due_links()


@task(queue_name="default", priority=-10)
def find_links() -> int:
    """Look through the published pages for links; says how many wait to be tried."""
    gather_links()
    return due_links().count()
