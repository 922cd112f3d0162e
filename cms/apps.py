"""The project's own app: shared fields, system checks, operators' commands."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    """Registers the system checks and the numbers of addresses."""

    name = "cms"
    verbose_name = "RESLOG Library"

    def ready(self) -> None:
        """Import what registers itself."""
        from cms import checks, converters  # noqa: F401
