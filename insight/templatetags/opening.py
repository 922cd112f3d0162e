"""The signed link of a result."""

from __future__ import annotations

from urllib.parse import quote

from django import template
from django.http import HttpRequest

from insight.middleware import PARAMETER

register = template.Library()


@register.filter
def opening(url: str, request: HttpRequest) -> str:
    """An address below ``works/`` with the token of the search, if it was counted.

    The address works without the token; with it, it is opened without it.
    """
    token = getattr(request, "opened_token", "")
    if not token:
        return url
    address, mark, fragment = url.partition("#")
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{PARAMETER}={quote(token)}{mark}{fragment}"
