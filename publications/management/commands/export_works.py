"""Export the catalogue as a table or an archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from publications.exchange.exporting import catalogue_table, write_archive
from publications.models import Edition
from publications.tree import (
    CATALOGUE,
    CATALOGUE_SLUG,
    TreeMissing,
    find_section_pages,
    section_with_slug,
)


class Command(BaseCommand):
    """``manage.py export_works TARGET [--section SLUG]``"""

    help = (
        "Export the catalogue. The ending of TARGET says as what: .csv or .xlsx is a table, .zip "
        "the table with all files and covers, which import_works takes back."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and what."""
        parser.add_argument("target", type=Path, metavar="TARGET")
        parser.add_argument("--section", default="", metavar="SLUG", help="One section only.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file beside its place first, so that it appears whole."""
        target: Path = options["target"]
        ending = target.suffix.lower()
        if ending not in (".csv", ".xlsx", ".zip"):
            raise CommandError("The name of the file must end in .csv, .xlsx or .zip.")
        editions = self._editions(options["section"])
        unfinished = target.with_name(f".{target.name}.unfinished")
        try:
            with unfinished.open("wb") as out:
                if ending == ".zip":
                    write_archive(out, editions)
                else:
                    out.write(catalogue_table(editions, ending))
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
        if options["verbosity"]:
            works = editions.order_by().values("work_id").distinct().count()
            self.stdout.write(f"{works} works in {target}")

    @staticmethod
    def _editions(slug: str) -> Any:
        editions = Edition.objects.real()
        if not slug:
            return editions
        try:
            spec = CATALOGUE if slug == CATALOGUE_SLUG else section_with_slug(slug)
        except TreeMissing as missing:
            raise CommandError(str(missing)) from missing
        found = Edition.objects.none()
        for page in find_section_pages(spec).values():
            found = found | editions.child_of(page)
        return found
