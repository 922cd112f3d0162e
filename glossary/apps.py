"""The glossary: concepts and what they are called in each language."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GlossaryConfig(AppConfig):
    """The glossary app."""

    name = "glossary"
    verbose_name = _("Glossary")

    def ready(self) -> None:
        """Connect the signal handlers."""
        from glossary.signal_handlers import register_signal_handlers

        register_signal_handlers()
