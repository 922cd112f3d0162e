"""Search across languages: records, indexing, engines, results."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """The search app."""

    name = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        """Connect the signal handlers and register the checks."""
        from search import checks  # noqa: F401
        from search.signal_handlers import register_signal_handlers

        register_signal_handlers()
