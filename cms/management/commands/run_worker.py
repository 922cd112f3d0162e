"""The worker: reads files and writes changes to the index, in the background."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseFault
from django.db import close_old_connections, connections
from django.utils.crypto import get_random_string
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks_db.management.commands.db_worker import Worker

from search.encoder import encode_in_background
from search.indexing import outbox
from search.indexing.rebuild import rebuild_if_broken

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.5
PAUSE_SECONDS = 2.0
"""How long to wait for a database that is busy or gone."""


class Command(BaseCommand):
    """``run_worker``: one process that works until SIGTERM or SIGINT, finishing its task."""

    help = "Work in the background: read files, keep the search index up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Build an index if there is none, then work off the queue."""
        encode_in_background()
        worker = Worker(
            queue_names=["*"],
            interval=INTERVAL_SECONDS,
            batch=False,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        worker.configure_signals()
        logger.info("The worker has started.")
        begun = False
        while worker.running:
            try:
                if not begun:
                    rebuild_if_broken()
                    outbox.sweep()
                    begun = True
                worker.run()
            except DatabaseFault as error:
                # The library's loop ends when the database is locked for long, or restarts.
                logger.warning("The database did not answer: %s", error)
                connections.close_all()
                time.sleep(PAUSE_SECONDS)
        close_old_connections()
        logger.info("The worker has stopped.")
