"""The RESLOG network: countries, organisations, places, activities."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NetworkConfig(AppConfig):
    """The network app."""

    name = "network"
    verbose_name = _("Network")
