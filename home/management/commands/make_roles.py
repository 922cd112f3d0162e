"""Make and keep the roles: groups, what each may do, and the workflow of moderation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from home.roles import make_roles
from publications.tree import TreeMissing


class Command(BaseCommand):
    """``manage.py make_roles``"""

    help = (
        "Make the groups of editors, contributors, translators and moderators, and correct what "
        "each may do. Who is in them is for administrators to say. Run again it changes nothing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, and name them."""
        try:
            roles = make_roles()
        except TreeMissing as missing:
            raise CommandError(str(missing)) from missing
        if options["verbosity"]:
            names = "\n".join(f"  {role}" for role in roles)
            self.stdout.write(f"{len(roles)} roles are in place:\n{names}")
