"""What every template of the site may use."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from home import navigation


def site(request: HttpRequest) -> dict[str, Any]:
    """The landing page, menu and texts of the active language; looked up only when shown."""
    home = cache(lambda: navigation.home_page(request))
    return {
        "home": SimpleLazyObject(home),
        "menu": SimpleLazyObject(lambda: navigation.menu_items(home())),
        "site_texts": SimpleLazyObject(navigation.site_texts),
    }
