"""Reading the files that wait, now and here instead of in the worker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from publications.models import Reading
from publications.reading import due_readings, read_due_document


class Command(BaseCommand):
    """``read_files``: what the worker would do, with a line for each file."""

    help = "Read the text of the files that wait for it, now. Safe while the worker runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--again`` is for a new version of the reader."""
        parser.add_argument(
            "--again",
            action="store_true",
            help="Read all files again; their text stays until then.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Read each file that is due; one that fails is tried again by the worker."""
        if options["again"]:
            final = Reading.objects.exclude(state=Reading.State.READING)
            final.update(state=Reading.State.WAITING, attempts=0, next_try=None)
        documents = due_readings()
        for number, document in enumerate(documents, start=1):
            self.stdout.write(f"{number} of {len(documents)}: {self._read(document)}")
            self.stdout.flush()

    def _read(self, document: int) -> str:
        try:
            reading = read_due_document(document)
        except Exception as error:  # noqa: BLE001 - the reading keeps it, and others go on
            return f"document {document}: {error}"
        if reading is None:
            return f"document {document}: read elsewhere"
        return f"{reading.document.filename}: {reading.get_state_display()}"
