"""System checks for settings that cannot work, each with an id and a hint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

SEARCH_ENGINES = ("embedded",)


@register()
def check_search_engine(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The engine must be one there is."""
    if settings.SEARCH_ENGINE in SEARCH_ENGINES:
        return []
    return [
        Error(
            f"SEARCH_ENGINE is {settings.SEARCH_ENGINE!r}, which is no engine.",
            hint=f"Choose one of: {', '.join(SEARCH_ENGINES)}.",
            id="reslog.E001",
        )
    ]


@register()
def check_folders(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The folders for files and index must be writable, and files out of the web server's way."""
    problems: list[CheckMessage] = []
    for name in ("MEDIA_ROOT", "SEARCH_FOLDER"):
        folder = getattr(settings, name)
        nearest = next(path for path in (folder, *folder.parents) if path.exists())
        if not (nearest.is_dir() and os.access(nearest, os.W_OK)):
            problems.append(
                Error(
                    f"{name} ({folder}) cannot be written.",
                    hint=f"Give the site's user the right to write in {nearest}, or set VAR_DIR.",
                    id="reslog.E002",
                )
            )
    if settings.STATIC_ROOT in (settings.MEDIA_ROOT, *settings.MEDIA_ROOT.parents):
        problems.append(
            Error(
                "MEDIA_ROOT lies inside STATIC_ROOT, whose files anybody may fetch.",
                hint="Keep the two folders apart.",
                id="reslog.E003",
            )
        )
    return problems


@register()
def check_reading_limits(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Limits of reading must be positive, and memory enough for the reader itself."""
    names = (
        "READING_MAX_BYTES",
        "READING_MAX_PAGES",
        "READING_MAX_SECONDS",
        "READING_MAX_UNPACKED",
    )
    problems: list[CheckMessage] = [
        Error(f"{name} must be more than 0.", hint="See docs/settings.md.", id="reslog.E004")
        for name in names
        if getattr(settings, name) <= 0
    ]
    if settings.READING_MAX_MEMORY < 512 * 1024 * 1024:
        problems.append(
            Warning(
                "READING_MAX_MEMORY_MEGABYTES is below 512: most files cannot be read.",
                hint="Give the process that reads files at least 512 MB; 1024 is the default.",
                id="reslog.W001",
            )
        )
    return problems
