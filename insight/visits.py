"""Which requests count: those of readers, in a browser, who did not ask to be left alone."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest

from insight.models import InsightSettings

_ROBOT = re.compile(
    r"bot\b|bot[/_-]|crawl|spider|slurp|preview|monitor|fetch|scan|check|archiv|headless|"
    r"^(?!mozilla/|opera/)",
    re.IGNORECASE,
)
"""Programs that say what they are; every browser's name begins as Mozilla's or Opera's did."""

_ASKS_NOT_TO = ("DNT", "Sec-GPC")
_AHEAD = ("Sec-Purpose", "Purpose", "X-Moz")


def is_on() -> bool:
    """Whether searches are counted: neither operators nor administrators turned it off."""
    return bool(settings.INSIGHT) and InsightSettings.load().count_searches


def is_readers(request: HttpRequest) -> bool:
    """Whether a request counts.

    Robots do not, nor pages that a browser fetches in case somebody wants them, nor browsers that
    ask not to be tracked, though this is no tracking, nor editors, who try things out.
    """
    headers = request.headers
    return (
        not _ROBOT.search(headers.get("User-Agent", ""))
        and not any("prefetch" in headers.get(name, "").lower() for name in _AHEAD)
        and not any(headers.get(name) == "1" for name in _ASKS_NOT_TO)
        and not request.user.has_perm("wagtailadmin.access_admin")
    )
