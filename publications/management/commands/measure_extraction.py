"""``manage.py measure_extraction FOLDER``: how much of a known text comes out of its files."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from publications.extraction.limits import Limits
from publications.extraction.measure import Share, measure


class Command(BaseCommand):
    """Prints the shares of sentences that come out searchable and readable."""

    help = "Compare the text read from a folder's files with its truth.json."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and the form of the answer."""
        parser.add_argument("folder", type=Path, help="files and their truth.json")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read every file and print one row per language and format."""
        folder: Path = options["folder"]
        if not (folder / "truth.json").is_file():
            raise CommandError(f"{folder} has no truth.json to compare with.")
        shares = measure(folder, Limits())
        if options["json"]:
            self.stdout.write(json.dumps([share.as_dict() for share in shares], indent=2))
        else:
            self._table(shares)

    def _table(self, shares: list[Share]) -> None:
        self.stdout.write("format  language  files  sentences  searchable  readable")
        for share in shares:
            row = share.as_dict()
            self.stdout.write(
                f"{share.format:6}  {share.language:8}  {share.files:5}  {share.sentences:9}"
                f"  {row['searchable']:10.3f}  {row['readable']:8.3f}"
            )
