"""Export the glossary as a file of CSV or SKOS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from glossary.exchange.run import export_concepts

FORMATS = {"csv": ".csv", "turtle": ".ttl", "rdf-xml": ".rdf", "json-ld": ".jsonld"}


class Command(BaseCommand):
    """``manage.py export_concepts --format turtle [--output FILE]``"""

    help = "Write all concepts with their labels, links and matches to a file or to the screen."

    def add_arguments(self, parser: CommandParser) -> None:
        """The format, and where to."""
        parser.add_argument(
            "--format", choices=FORMATS, default="csv", help="Default: %(default)s."
        )
        parser.add_argument("--output", type=Path, help="The file; without it, the screen.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file."""
        data = export_concepts(FORMATS[options["format"]])
        if options["output"]:
            options["output"].write_bytes(data)
        else:
            self.stdout.write(data.decode())
