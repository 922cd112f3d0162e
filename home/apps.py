"""Landing page, information pages, navigation and footer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """The home app."""

    name = "home"
    verbose_name = _("Site")

    def ready(self) -> None:
        """Connect the signal handlers."""
        from home.signal_handlers import register_signal_handlers

        register_signal_handlers()
