"""What reports on pages have in common."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page
from wagtail.permissions import policy_registry

PAGE_PERMISSIONS = ["add", "change", "publish"]
"""Of these, who has one on some page sees the reports on pages."""


class OwnPagesReport(ReportView):
    """A report about pages: who may do anything with pages sees it, each the rows of their own.

    Which rows those are is for ``get_base_queryset`` to say.
    """

    any_permission_required = PAGE_PERMISSIONS
    is_searchable = False

    @cached_property
    def permission_policy(self) -> Any:
        """Wagtail's policy for pages; it is registered after this module is read."""
        return policy_registry.get_by_type(Page)
