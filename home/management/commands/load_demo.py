"""Load the demonstration library, or remove its works again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cms.loading import BrokenRows, quiet_log, read_toml
from glossary.loading import load_glossary
from home.loading import VECTORS, build_site, read_texts
from home.roles import make_roles
from network.loading import DATA as NETWORK_DATA
from network.loading import load_network
from publications.demo.loader import Lookups, load_work, remove_works
from publications.demo.sources import WorkSource, read_catalogue, read_works
from publications.tree import CATALOGUE, ensure_section
from search.encoder import get_encoder
from search.vectors import load_vectors


class Command(BaseCommand):
    """``manage.py load_demo [--work SLUG ...] [--remove]``"""

    help = (
        "Load the demonstration library: network, glossary, pages, the catalogue of real "
        "publications and the demonstration's own works. What exists stays as it is, so it can "
        "be run again at any time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Only some works, or their removal."""
        parser.add_argument(
            "--work", action="append", metavar="SLUG", help="Only this work of the demonstration."
        )
        parser.add_argument(
            "--remove",
            action="store_true",
            help="Remove the demonstration's works, files and section. Network, glossary, "
            "catalogue entries, pages, and what editors made stay.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load or remove, with a line for each step."""
        self.loud = options["verbosity"] > 0
        started = time.monotonic()
        try:
            with quiet_log():
                works = self._chosen(read_works(), options["work"])
                if options["remove"]:
                    self._remove(works)
                else:
                    self._load(works)
        except BrokenRows as broken:
            raise CommandError(f"Nothing was loaded. Correct these:\n{broken}") from broken
        self._say(f"Done in {time.monotonic() - started:.1f} s.")

    def _say(self, line: str) -> None:
        if self.loud:
            self.stdout.write(line)
            self.stdout.flush()

    @staticmethod
    def _chosen(works: list[WorkSource], slugs: Sequence[str] | None) -> list[WorkSource]:
        unknown = set(slugs or ()) - {work.slug for work in works}
        if unknown:
            raise CommandError(f"The demonstration has no work {', '.join(sorted(unknown))}.")
        return [work for work in works if not slugs or work.slug in slugs]

    def _load(self, works: list[WorkSource]) -> None:
        missing = [file.name for work in works for file in work.files if not file.path.exists()]
        if missing:
            raise CommandError(
                f"These files are not made yet: {', '.join(missing)}. Run “make demo-files”."
            )
        catalogue = read_catalogue(sources=read_toml(NETWORK_DATA / "sources.toml"))
        for counts in (load_network(), load_glossary()):
            for kind, loaded in counts.items():
                self._say(f"{kind.capitalize()}: {loaded}.")
        with transaction.atomic():
            build_site(read_texts())
            ensure_section(CATALOGUE)
        self._say("Pages and sections: in place.")
        lookups = Lookups.fetch()
        made = sum(load_work(work, lookups, demonstration=False) for work in catalogue)
        self._say(f"Catalogue: {len(catalogue)} publications, {made} editions made.")
        for number, work in enumerate(works, 1):
            made = load_work(work, lookups, demonstration=True)
            if made:
                self._say(f"Demonstration {number}/{len(works)}: {work.slug}, {made} editions.")
        self._say(f"Demonstration: {len(works)} works in place.")
        self._say(f"Roles: {len(make_roles())}.")
        self._say(self._load_vectors())

    @staticmethod
    def _load_vectors() -> str:
        """Put the demonstration's vectors into the cache, and say what became of them."""
        if settings.SEARCH_ENCODER == "none":
            return "Vectors: none, for SEARCH_ENCODER is none."
        background = "the worker encodes the texts in the background."
        if not VECTORS.exists():
            return f"Vectors: none are at hand; {background}"
        try:
            loaded = load_vectors(VECTORS)
        except ValueError as error:
            return f"Vectors: {error}; {background}"
        encoder = get_encoder()
        if encoder is None or encoder.name != loaded.encoder:
            return f"Vectors: those at hand are of another encoder, {loaded.encoder}; {background}"
        return f"Vectors: {loaded.vectors} of {loaded.encoder}, {loaded.added} of them new."

    def _remove(self, works: list[WorkSource]) -> None:
        removed = remove_works(works)
        self._say(
            f"Removed {removed.works} works with {removed.editions} editions and {removed.files} "
            f"files, and {removed.sections} pages of their section."
        )
        for what in removed.stayed:
            self._say(f"Stays, because an editor made or uses it: {what}.")
        self._say("The network, the glossary, the catalogue entries and the other pages stay.")
