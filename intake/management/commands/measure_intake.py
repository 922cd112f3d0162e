"""``manage.py measure_intake FOLDER``: how long many files take, and whether the admin answers."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from intake.measuring import Browser, Measured, measure, percentile, varied_files


class Command(BaseCommand):
    """Sends files made from a folder's to a running site; they stay there as a batch."""

    help = "Drop many files on a running site (web, worker) and measure how it bears them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, the site, and who drops how many."""
        parser.add_argument("folder", type=Path, help="PDF and DOCX files to make others from")
        parser.add_argument("--url", required=True, help="the running site; it needs this database")
        parser.add_argument("--user", required=True, help="an editor of the section that gets them")
        parser.add_argument("--files", type=int, default=500, help="how many (500)")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Send them, wait, and print what it took."""
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user “{options['user']}”.")
        try:
            browser = Browser(options["url"], user)
            measured = measure(browser, varied_files(options["folder"], options["files"]))
        except ValueError as error:
            raise CommandError(str(error)) from error
        self._report(measured)

    def _report(self, measured: Measured) -> None:
        count = measured.files
        self.stdout.write(
            f"{count} files: taken in after {measured.sent:.0f} s, ready after "
            f"{measured.ready:.0f} s ({measured.ready / max(count, 1):.2f} s each)."
        )
        for name, values in (("An upload", measured.uploads), ("A page", measured.answers)):
            self.stdout.write(
                f"{name} took {percentile(values, 0.5):.2f} s (median), "
                f"{percentile(values, 0.95):.2f} s (95 %), {max(values, default=0):.2f} s at most; "
                f"{len(values)} measured."
            )
        for name, counts in (("Files", measured.states), ("Readings", measured.readings)):
            shown = ", ".join(f"{state} {number}" for state, number in sorted(counts.items()))
            self.stdout.write(f"{name}: {shown}.")
        for problem in (*measured.refused, *measured.failures):
            self.stdout.write(f"Failed: {problem}")
