"""Editors' views that Wagtail does not have."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.permissions import policy_registry

from cms.reports import GuardedExport
from publications.messages import state_message
from publications.models import LibraryDocument, Reading
from publications.recognise_view import mark_recognisable


class RecogniseColumn(Column):
    """What to do about a file; with a button where its text can be recognised."""

    cell_template_name = "publications/admin/recognise_cell.html"

    def get_cell_context_data(self, instance: Reading, parent_context: Any) -> dict[str, Any]:
        """Say whether the button is for this editor."""
        mark_recognisable(instance, parent_context["request"].user)
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"row": instance}


class ReadingReport(GuardedExport):
    """What became of reading each file that this editor may change; problems first."""

    page_title = _("Reading of files")
    header_icon = "doc-full"
    model = Reading
    index_url_name = "reading_report"
    index_results_url_name = "reading_report_results"
    any_permission_required = ["add", "change", "delete"]
    is_searchable = False
    list_export = ["document__title", "state", "page_count", "language"]
    columns = [
        TitleColumn(
            "document",
            label=_("File"),
            accessor="document.title",
            get_url=lambda reading: reverse("wagtaildocs:edit", args=[reading.document_id]),
        ),
        Column("state", label=_("State"), accessor=lambda reading: reading.get_state_display()),
        RecogniseColumn("message", label=_("What to do"), accessor=state_message),
        Column("page_count", label=_("Pages")),
    ]

    @cached_property
    def permission_policy(self) -> Any:
        """Wagtail's policy for documents; it is registered after this module is read."""
        return policy_registry.get_by_type(LibraryDocument)

    def get_base_queryset(self) -> QuerySet[Reading]:
        """The readings of documents that this editor may change."""
        documents = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["change"]
        )
        readings = Reading.objects.filter(document__in=documents).select_related("document")
        return readings.order_by("state", "document__title")
