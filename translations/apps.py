"""Translations as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class TranslationsConfig(AppConfig):
    """What wagtail-localize does not know about a translation."""

    name = "translations"
