"""Who may see the counters: those who bring works into the library or publish them."""

from __future__ import annotations

from typing import Any

from wagtail.models import Page
from wagtail.permissions import policy_registry

VIEW_SEARCHES = "insight.view_querycount"


def may_see_searches(user: Any) -> bool:
    """Whether a user may see what is searched: counters of everybody, and nobody's searches."""
    pages = policy_registry.get_by_type(Page)
    return bool(
        user.has_perm(VIEW_SEARCHES) or pages.user_has_any_permission(user, ["add", "publish"])
    )


class SearchesPolicy:
    """The same as Wagtail's views ask it."""

    def user_has_any_permission(self, user: Any, _actions: Any) -> bool:
        """Whether a user may see the report."""
        return may_see_searches(user)

    def user_has_permission(self, user: Any, _action: str) -> bool:
        """Whether a user may see the report."""
        return may_see_searches(user)
