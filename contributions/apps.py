"""Contributions as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    """What readers send stays here until a union's editors deal with it."""

    name = "contributions"
