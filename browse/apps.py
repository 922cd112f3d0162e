"""The browsing pages as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class BrowseConfig(AppConfig):
    """It has no tables of its own."""

    name = "browse"
