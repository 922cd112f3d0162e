"""Import concepts from a file of CSV or SKOS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from glossary.exchange.run import ENDINGS, MAX_BYTES, STATUSES, Report, import_concepts


class Command(BaseCommand):
    """``manage.py import_concepts FILE [--dry-run]``"""

    help = (
        "Import concepts with their labels: CSV with the columns of an export, or SKOS as Turtle, "
        "RDF/XML or JSON-LD. With anything wrong in it, nothing of the file is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether it is stored."""
        parser.add_argument("file", type=Path, help=f"Its name ends in {', '.join(ENDINGS)}.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would change.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, and say row by row what changed and what is wrong."""
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        report = import_concepts(path.name, data, dry_run=options["dry_run"])
        self._print(report, options["verbosity"])
        if report.is_wrong:
            raise CommandError("Nothing was stored. Correct these rows.")

    def _print(self, report: Report, verbosity: int) -> None:
        for note in report.notes:
            self.stdout.write(note)
        for outcome in report.outcomes:
            shown = outcome.status == "wrong" or (outcome.status == "changed" and verbosity)
            if shown or verbosity > 1:
                self.stdout.write(f"{outcome.place}: {outcome.slug}: {outcome.status_text}")
                for line in outcome.details:
                    self.stdout.write(f"    {line}")
            if verbosity > 1:
                for line in outcome.remarks:
                    self.stdout.write(f"    ({line})")
        counts = report.counts
        line = ", ".join(f"{counts[status]} {text}" for status, text in STATUSES.items()).lower()
        self.stdout.write(f"{line}{'' if report.stored else '; nothing was stored'}")
