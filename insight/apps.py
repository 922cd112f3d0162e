"""Insight as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Counters only: nothing here tells one reader from another."""

    name = "insight"

    def ready(self) -> None:
        """Listen to searches."""
        from insight.counting import note_search
        from search.signals import searched

        searched.connect(note_search, dispatch_uid="insight.counting")
