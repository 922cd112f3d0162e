"""System checks of the machine translator's settings, each with an id and a hint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

TRANSLATORS = ("", "libretranslate")


@register()
def check_machine_translator(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The machine translator must be one there is, with an address, or none."""
    if settings.MACHINE_TRANSLATOR not in TRANSLATORS:
        return [
            Error(
                f"MACHINE_TRANSLATOR is {settings.MACHINE_TRANSLATOR!r}, which is no translator.",
                hint="Write libretranslate, or leave it empty for none.",
                id="reslog.E030",
            )
        ]
    parts = urlsplit(settings.LIBRETRANSLATE_URL)
    if settings.MACHINE_TRANSLATOR and (
        parts.scheme not in ("http", "https") or not parts.hostname
    ):
        return [
            Error(
                f"LIBRETRANSLATE_URL is {settings.LIBRETRANSLATE_URL!r}, which is no address.",
                hint="Write the address of the server: http://localhost:5000",
                id="reslog.E031",
            )
        ]
    return []
