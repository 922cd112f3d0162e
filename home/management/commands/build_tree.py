"""Make and keep the tree: landing pages, libraries, sections and collections in every locale."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cms.loading import BrokenRows, quiet_log
from home.loading import build_site, read_texts
from home.roles import make_roles
from network.models import Organisation
from publications.tree import CATALOGUE, SectionSpec, ensure_section


class Command(BaseCommand):
    """``manage.py build_tree [--organisation SLUG ...]``"""

    help = "Make what is missing of the page tree; what exists stays as editors have it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose sections there are to be."""
        parser.add_argument(
            "--organisation",
            action="append",
            default=[],
            metavar="SLUG",
            help="An organisation that publishes here: it gets a section and a collection.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Build in one transaction: a tree is whole or as before."""
        specs = [CATALOGUE, *(_section_of(slug) for slug in options["organisation"])]
        try:
            with quiet_log(), transaction.atomic():
                homes = build_site(read_texts())
                for spec in specs:
                    ensure_section(spec)
                make_roles()
        except BrokenRows as broken:
            raise CommandError(str(broken)) from broken
        if options["verbosity"]:
            names = ", ".join(spec.slug for spec in specs)
            self.stdout.write(f"The tree stands in {', '.join(homes)}, with the sections {names}.")


def _section_of(slug: str) -> SectionSpec:
    organisation = Organisation.objects.filter(slug=slug).first()
    if organisation is None:
        raise CommandError(
            f"There is no organisation “{slug}”. “manage.py load_network” loads those of the "
            "network; others are made in the admin."
        )
    return SectionSpec(organisation)
