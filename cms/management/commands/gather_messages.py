"""Gather interface text, ours and what the libraries lack, into the catalogues and compile them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cms import admin_messages, messages


class Command(BaseCommand):
    """``make messages``."""

    help = "Gather interface text into locale/ and compile the catalogues."

    def handle(self, *args: Any, **options: Any) -> None:
        """Gather, compile, and say what is still to be translated."""
        if not messages.gettext_is_installed():
            raise CommandError("GNU gettext is missing. On Debian: apt-get install gettext")
        own, admin = map(Path, settings.LOCALE_PATHS)
        messages.gather(own)
        messages.compile_catalogues(own)
        admin_messages.gather(admin)
        for problem in (*messages.problems(), *admin_messages.problems(admin)):
            self.stdout.write(problem)
