"""Works, their editions and files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PublicationsConfig(AppConfig):
    """The publications app."""

    name = "publications"
    verbose_name = _("Publications")

    def ready(self) -> None:
        """Connect the signal handlers."""
        from publications.signal_handlers import register_signal_handlers

        register_signal_handlers()
