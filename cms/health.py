"""Health for operators and load balancers: is the process alive, can it serve."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from search.health import search_health


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "alive"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The site can serve readers: the database answers.

    Search is reported, and does not make the site unready: readers then get the catalogue.
    Background jobs report their last success.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = "ok"
    except DatabaseError:
        database = "unavailable"
    report = {"database": database}
    if database == "ok":
        report |= search_health()
    return JsonResponse(report, status=200 if database == "ok" else 503)
