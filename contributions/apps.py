"""Contributions as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """What readers send stays here until a union's editors deal with it."""

    name = "contributions"

    def ready(self) -> None:
        """Connect the signal handlers."""
        from contributions.signal_handlers import register_signal_handlers

        register_signal_handlers()
