"""Check that the message catalogues are complete, compiled and fresh."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms import admin_messages, messages


class Command(BaseCommand):
    """Part of ``make lint``."""

    help = "Check that no message catalogue is stale, incomplete or not compiled."

    def handle(self, *args: Any, **options: Any) -> None:
        """List every problem; fail if there is one."""
        admin = Path(settings.LOCALE_PATHS[1])
        problems = [*messages.problems(), *admin_messages.problems(admin)]
        for problem in problems[:200]:
            self.stderr.write(problem)
        if problems:
            raise CommandError(f"{len(problems)} problems. `make messages` gathers and compiles.")
        if not messages.gettext_is_installed():
            if os.environ.get("REQUIRE_ALL") == "1":
                raise CommandError("GNU gettext is missing. On Debian: apt-get install gettext")
            self.stdout.write("Not compared with the sources: GNU gettext is not installed.")
        self.stdout.write("Message catalogues: complete.")
