"""The scheduler: starts what is due by the clock."""

from __future__ import annotations

import logging
import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error as DatabaseFault
from django.db import close_old_connections, connections

from cms.scheduling import run_due_jobs

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 1.0


class Command(BaseCommand):
    """``run_scheduler``: one process that runs due jobs until SIGTERM or SIGINT."""

    help = "Run what is due by the clock: scheduled publishing, reconciling, pruning."

    def handle(self, *args: Any, **options: Any) -> None:
        """Look each second what is due."""
        stopping = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        logger.info("The scheduler has started.")
        while not stopping.is_set():
            close_old_connections()
            try:
                run_due_jobs()
            except DatabaseFault as error:
                logger.warning("The database did not answer: %s", error)
                connections.close_all()
            stopping.wait(INTERVAL_SECONDS)
        logger.info("The scheduler has stopped.")
