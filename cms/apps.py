"""The project's own app: shared fields, system checks, operators' commands."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Registers the system checks."""

    name = "cms"
    verbose_name = "RESLOG Library"

    def ready(self) -> None:
        """Import the checks so that they register themselves."""
        from cms import checks  # noqa: F401
