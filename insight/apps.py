"""Insight as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Counters only: nothing here tells one reader from another."""

    name = "insight"
