"""Where a request comes from, behind the web servers that pass it on."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address of whoever asks.

    With ``PROXIES`` web servers in front, each of which adds to ``X-Forwarded-For`` whom it heard,
    it is what the outermost of them wrote; what a client wrote itself before that is not believed.
    """
    direct = str(request.META.get("REMOTE_ADDR", ""))
    heard = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    proxies: int = settings.PROXIES
    return heard[-proxies] if 0 < proxies <= len(heard) and heard[-proxies] else direct
