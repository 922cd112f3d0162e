"""The intake of files as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Uploads wait here until an editor has looked at them."""

    name = "intake"

    def ready(self) -> None:
        """Follow the reading of files."""
        from intake.signal_handlers import register_signal_handlers

        register_signal_handlers()
