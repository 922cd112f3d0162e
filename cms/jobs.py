"""The project's own jobs: scheduled publishing, and clearing away what is done."""

from __future__ import annotations

import datetime

from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from cms.scheduling import Job

DAY = datetime.timedelta(days=1)


def publish_scheduled() -> None:
    """Publish and unpublish the pages whose time has come."""
    call_command("publish_scheduled")


def prune_sessions() -> None:
    """Remove sessions whose time is up."""
    call_command("clearsessions")


def prune_tasks() -> None:
    """Remove what is left of tasks, also of those whose worker died, which stay as running."""
    now = timezone.now()
    DBTaskResult.objects.finished().filter(finished_at__lt=now - 2 * DAY).delete()
    DBTaskResult.objects.running().filter(started_at__lt=now - DAY).delete()


JOBS = (
    Job("publish scheduled", datetime.timedelta(minutes=1), publish_scheduled),
    Job("prune tasks", DAY, prune_tasks),
    Job("prune sessions", DAY, prune_sessions),
)
