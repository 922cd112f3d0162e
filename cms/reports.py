"""What reports on pages have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise, cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page
from wagtail.permissions import policy_registry

from cms.formulas import guard

PAGE_PERMISSIONS = ["add", "change", "publish"]
"""Of these, who has one on some page sees the reports on pages."""


class ReportMenuItem(MenuItem):
    """The way to a report, for those who may open it: who has a permission on some ``model``."""

    def __init__(
        self,
        label: str | Promise,
        url: str,
        *,
        model: type[Model] = Page,
        actions: Sequence[str] = PAGE_PERMISSIONS,
        **kwargs: Any,
    ) -> None:
        super().__init__(label, url, **kwargs)
        self._model, self._actions = model, actions

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this user may open it."""
        policy = policy_registry.get_by_type(self._model)
        return bool(policy.user_has_any_permission(request.user, self._actions))


class GuardedExport(ReportView):
    """A report whose export holds what others wrote: no cell of it is run as a formula.

    In XLSX Wagtail itself says that a cell is text; CSV cannot say so.
    """

    def preprocess_field_value(self, field: str, value: Any, export_format: str) -> Any:
        """A value as it is written."""
        written = super().preprocess_field_value(field, value, export_format)
        is_text = isinstance(written, str) and export_format == self.FORMAT_CSV
        return guard(written) if is_text else written


class OwnPagesReport(GuardedExport):
    """A report about pages: who may do anything with pages sees it, each the rows of their own.

    Which rows those are is for ``get_base_queryset`` to say.
    """

    any_permission_required = PAGE_PERMISSIONS
    is_searchable = False

    @cached_property
    def permission_policy(self) -> Any:
        """Wagtail's policy for pages; it is registered after this module is read."""
        return policy_registry.get_by_type(Page)
