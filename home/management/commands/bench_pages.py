"""Measure how long the server takes for each kind of public page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test import Client

from cms.loading import quiet_log
from cms.memory import keep_loaded
from cms.progress import ProgressLine
from home.page_times.measuring import NoPage, measure, table
from home.page_times.multiplying import multiply
from home.page_times.pages import EACH, page_kinds
from publications.models import Edition, Work
from search.benchmark.measuring import machine


class Command(BaseCommand):
    """``manage.py bench_pages [--works N]``, in a data folder of its own."""

    help = (
        "Fill an empty database with the demonstration's works, copied until there are enough, and "
        "measure how long the server takes for each kind of page. “make bench-pages” gives it a "
        "folder of its own and removes it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """How many works."""
        parser.add_argument("--works", type=int, default=1000, metavar="N")

    def handle(self, *args: Any, works: int, **options: Any) -> None:
        """Fill, then measure, then print the table."""
        call_command("migrate", verbosity=0)
        if Work.objects.exists():
            raise CommandError(
                "This database has works already, and would be filled with copies. Give an empty "
                "data folder: VAR_DIR=$(mktemp -d) manage.py bench_pages"
            )
        self._fill(works)
        about = f"{Work.objects.count():,} works, {Edition.objects.count():,} editions"
        engine = f"search engine: {settings.SEARCH_ENGINE}"
        self.stdout.write(f"{about}; {EACH} pages of each kind; {engine}.\n{machine()}.\n\n")
        keep_loaded()
        client = Client(SERVER_NAME="localhost", HTTP_USER_AGENT="Mozilla/5.0")
        try:
            measured = [measure(kind, client) for kind in page_kinds()]
        except NoPage as error:
            raise CommandError(str(error)) from error
        self.stdout.write(table(measured))

    def _fill(self, works: int) -> None:
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("make_encoder", if_needed=True, stdout=self.stderr)
        call_command("load_demo", verbosity=0)
        call_command("read_files", stdout=self.stderr)
        progress = ProgressLine(self.stderr, "copies")
        with quiet_log():
            multiply(works, progress)
        progress.end()
        call_command("search_index", "rebuild", stdout=self.stderr)
