"""Translations as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TranslationsConfig(AppConfig):
    """What wagtail-localize does not know about a translation."""

    name = "translations"
    verbose_name = _("Translations")

    def ready(self) -> None:
        """Connect the signal handlers and register the checks."""
        from translations import checks  # noqa: F401
        from translations.signal_handlers import register_signal_handlers

        register_signal_handlers()
