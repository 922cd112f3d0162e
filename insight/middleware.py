"""Opening a result by its signed link: it is counted, and the reader goes on to the address."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import add_never_cache_headers

from insight.counting import count_opened_safely
from insight.visits import is_on, is_readers

PARAMETER = "from"
_WORKS = re.compile(r"/[a-z]{2}/works/")


class OpenedMiddleware:
    """Takes the token off the address of a work or a file, so that nobody shares it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Count and send on; a token that means nothing is taken off all the same."""
        is_opening = request.method in ("GET", "HEAD") and PARAMETER in request.GET
        if not is_opening or not _WORKS.match(request.path_info):
            return self.get_response(request)
        if request.method == "GET" and is_on() and is_readers(request):
            count_opened_safely(request.GET[PARAMETER])
        query = request.GET.copy()
        del query[PARAMETER]
        path = request.path
        response = HttpResponseRedirect(f"{path}?{query.urlencode()}" if query else path)
        add_never_cache_headers(response)
        return response
