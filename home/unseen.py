"""What of other unions' drafts Wagtail's admin would tell those who may not know of them.

Being let into the admin is enough for Wagtail to offer every page in its choosers and to name any
page whose key stands in an address. Unions share the admin, so their drafts are kept out of both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from publications.models import Edition
from translations.access import Translators

NAMING_A_PAGE = (
    "wagtailadmin_explore",
    "wagtailadmin_explore_results",
    "wagtailadmin_choose_page_child",
)
"""Views that show the title of the page in their address to everybody in the admin."""

NAMING_PAGES = "wagtailadmin_choose_page_chosen_multiple"


def hidden_editions(user: Any) -> QuerySet[Edition]:
    """The editions that a user may not know of, neither in the admin nor as a reader."""
    visible = Translators(user).visible_editions().order_by()
    return Edition.objects.real().order_by().exclude(pk__in=visible.values("pk"))


class UnseenMiddleware:
    """Says of a page that its user may not know of what is said of one that is not there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Nothing before the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> None:
        """Raise ``Http404`` where the view would name a hidden page."""
        match = request.resolver_match
        name = match.view_name if match else ""
        if name in NAMING_A_PAGE:
            keys = [str(kwargs.get("parent_page_id", ""))]
        elif name == NAMING_PAGES:
            keys = request.GET.getlist("id")
        else:
            return
        numbers = [int(key) for key in keys if key.isdecimal() and len(key) < 10]
        known = request.user.is_authenticated and bool(numbers)
        if known and hidden_editions(request.user).filter(pk__in=numbers).exists():
            raise Http404
