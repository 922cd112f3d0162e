"""What runs by the clock for insight."""

from __future__ import annotations

import datetime

from django.conf import settings

from cms.background import enqueue_missing
from cms.scheduling import Job
from insight.keeping import tidy_up
from insight.links.checking import due_links
from insight.tasks import check_links, find_links

HOUR = datetime.timedelta(hours=1)
DAY = datetime.timedelta(days=1)


def look_for_links() -> None:
    """Ask the worker to look through the published pages."""
    if settings.LINK_CHECKS:
        enqueue_missing(find_links, [()])


def look_at_links() -> None:
    """Ask the worker to try links, where some are due."""
    if settings.LINK_CHECKS and due_links().exists():
        enqueue_missing(check_links, [()])


JOBS = (
    Job("forget visits", HOUR, tidy_up),
    Job("find links", DAY, look_for_links),
    Job("check links", datetime.timedelta(minutes=10), look_at_links),
)
