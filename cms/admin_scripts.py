"""The texts of the admin's scripts, in the language of its user.

Wagtail serves its own alone; the scripts of wagtail-localize ask the same catalogue for theirs.
"""

from __future__ import annotations

from pathlib import Path

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.views.i18n import JavaScriptCatalog
from wagtail.admin.localization import get_localized_response


def texts(request: HttpRequest) -> HttpResponse:
    """A script that brings every library's texts, and ``locale/admin`` before them."""
    return get_localized_response(JavaScriptCatalog.as_view(packages=_scripted()), request)


def _scripted() -> list[str]:
    """The names of the apps whose scripts have texts."""
    return [
        config.name
        for config in apps.get_app_configs()
        if any((Path(config.path) / "locale").glob("*/LC_MESSAGES/djangojs.mo"))
    ]
