"""System checks for settings that cannot work, each with an id and a hint."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

SEARCH_ENGINES = ("embedded", "elasticsearch")

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


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
def check_elasticsearch(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Where Elasticsearch is the engine, it must be told where it is and as whom we ask."""
    if settings.SEARCH_ENGINE != "elasticsearch":
        return []
    return [*_elasticsearch_addresses(), *_elasticsearch_login(), *_elasticsearch_names()]


def _elasticsearch_addresses() -> Iterator[CheckMessage]:
    if not settings.ELASTICSEARCH_URL:
        yield Error(
            "SEARCH_ENGINE is elasticsearch, and ELASTICSEARCH_URL is empty.",
            hint="Name the node, or several with commas: https://search.example.org:9200",
            id="reslog.E005",
        )
    for url in settings.ELASTICSEARCH_URL:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield Error(
                f"ELASTICSEARCH_URL has {url!r}, which is no address.",
                hint="Write it whole: https://search.example.org:9200",
                id="reslog.E006",
            )
        elif parts.scheme == "http" and parts.hostname not in _LOOPBACK and _has_login():
            yield Warning(
                f"The login for Elasticsearch goes to {parts.hostname} without encryption.",
                hint="Use https in ELASTICSEARCH_URL, with ELASTICSEARCH_CA for a CA of your own.",
                id="reslog.W002",
            )


def _elasticsearch_login() -> Iterator[CheckMessage]:
    if bool(settings.ELASTICSEARCH_USER) != bool(settings.ELASTICSEARCH_PASSWORD):
        yield Error(
            "Of ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD only one is set.",
            hint="Set both, or ELASTICSEARCH_API_KEY instead.",
            id="reslog.E007",
        )
    if settings.ELASTICSEARCH_API_KEY and settings.ELASTICSEARCH_USER:
        yield Error(
            "Both ELASTICSEARCH_API_KEY and ELASTICSEARCH_USER are set.",
            hint="Keep the one that the library is to ask as.",
            id="reslog.E008",
        )
    if settings.ELASTICSEARCH_CA and not os.access(settings.ELASTICSEARCH_CA, os.R_OK):
        yield Error(
            f"ELASTICSEARCH_CA ({settings.ELASTICSEARCH_CA}) cannot be read.",
            hint="Name the file of the authority's certificate, readable by the site's user.",
            id="reslog.E009",
        )


def _elasticsearch_names() -> Iterator[CheckMessage]:
    prefix = settings.ELASTICSEARCH_INDEX_PREFIX
    if not re.fullmatch(r"[a-z0-9][a-z0-9_.-]{0,100}", prefix):
        yield Error(
            f"ELASTICSEARCH_INDEX_PREFIX is {prefix!r}, which cannot begin an index's name.",
            hint="Use small letters, digits, '.', '_' and '-', beginning with a letter or digit.",
            id="reslog.E010",
        )


def _has_login() -> bool:
    return bool(settings.ELASTICSEARCH_USER or settings.ELASTICSEARCH_API_KEY)


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
        Error(f"{name} must be more than 0.", hint="See docs/operators.md.", id="reslog.E004")
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
