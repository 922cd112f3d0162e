"""Gather interface text into the catalogues and compile them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms import messages


class Command(BaseCommand):
    """``make messages``."""

    help = "Gather interface text into locale/ and compile the catalogues."

    def handle(self, *args: Any, **options: Any) -> None:
        """Gather, compile, and say what is still to be translated."""
        if not messages.gettext_is_installed():
            raise CommandError("GNU gettext is missing. On Debian: apt-get install gettext")
        folder = Path(settings.LOCALE_PATHS[0])
        messages.gather(folder)
        messages.compile_catalogues(folder)
        for problem in messages.problems():
            self.stdout.write(problem)
