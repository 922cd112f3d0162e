"""The intake of files as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class IntakeConfig(AppConfig):
    """Uploads wait here until an editor has looked at them."""

    name = "intake"
