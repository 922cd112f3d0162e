"""What moderators and those who send to them see: a report, a panel, a day to change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import EditView
from wagtail.admin.widgets import AdminDateInput
from wagtail.models import TaskState

from cms.panels import ListPanel, Row
from cms.reports import OwnPagesReport
from home.models import ModerationTaskState
from home.moderation import page_of, visible_to, waiting_for

SHOWN = 10
"""Rows of the panel; the report has all."""


def title_of(state: ModerationTaskState) -> str:
    """The title of the page as it was sent."""
    return str(state.revision.object_str)


def due_text(state: ModerationTaskState) -> str:
    """The day it is due, marked once it is over."""
    day = date_format(state.due_on)
    return _("Overdue since %(date)s") % {"date": day} if state.is_overdue else day


def moderation_panel(user: Any) -> ListPanel:
    """What this user may approve or return."""
    states = waiting_for(user)
    rows = [_row(state) for state in states[:SHOWN] if page_of(state)]
    return ListPanel(
        "moderation",
        gettext_lazy("Waiting for your decision"),
        rows,
        order=205,
        total=states.count(),
        url=reverse("moderation_report"),
    )


def _row(state: ModerationTaskState) -> Row:
    url = reverse("wagtailadmin_pages:edit", args=[state.workflow_state.object_id])
    note = due_text(state)
    if not state.is_overdue:
        note = _("Due on %(date)s") % {"date": note}
    return Row(title_of(state), url, note)


def _page_url(state: ModerationTaskState) -> str | None:
    page = page_of(state)
    return reverse("wagtailadmin_pages:edit", args=[page.pk]) if page else None


def _due_url(state: ModerationTaskState) -> str | None:
    waits = state.status == TaskState.STATUS_IN_PROGRESS
    return reverse("moderation_due", args=[state.pk]) if waits else None


class ModerationReport(OwnPagesReport):
    """What was sent to moderation of the pages that this user may change, the newest first."""

    page_title = gettext_lazy("Moderation")
    header_icon = "tasks"
    model = ModerationTaskState
    index_url_name = "moderation_report"
    index_results_url_name = "moderation_report_results"
    default_ordering = "-started_at"
    list_export = [
        "revision.object_str",
        "status",
        "due_on",
        "started_at",
        "finished_at",
        "comment",
    ]
    columns = [
        TitleColumn("title", label=gettext_lazy("Page"), accessor=title_of, get_url=_page_url),
        Column(
            "status",
            label=gettext_lazy("State"),
            accessor=lambda state: state.get_status_display(),
        ),
        TitleColumn("due", label=gettext_lazy("Due"), accessor=due_text, get_url=_due_url),
        Column(
            "requested_by",
            label=gettext_lazy("Sent by"),
            accessor=lambda state: state.workflow_state.requested_by or "—",
        ),
        DateColumn("started_at", label=gettext_lazy("Sent")),
        Column("finished_by", label=gettext_lazy("Decided by")),
        Column("comment", label=gettext_lazy("Comment")),
    ]

    def get_base_queryset(self) -> QuerySet[ModerationTaskState]:
        """What was sent of the pages that this user may change."""
        return visible_to(self.request.user).order_by("-started_at")


class DueDateForm(forms.ModelForm):
    """Another day for a page that waits."""

    class Meta:
        model = ModerationTaskState
        fields = ["due_on"]
        widgets = {"due_on": AdminDateInput}


class DueDateView(EditView):
    """Change the day by which a page should be looked at: its moderators and who sent it may."""

    model = ModerationTaskState
    form_class = DueDateForm
    page_title = gettext_lazy("Due date")
    header_icon = "date"
    index_url_name = "moderation_report"
    edit_url_name = "moderation_due"
    success_message = gettext_lazy("The due date was changed.")
    permission_policy = None

    def get_object(self, queryset: Any = None) -> ModerationTaskState:
        """The moderation, if this user takes part in it and it still waits."""
        state: ModerationTaskState = super().get_object(queryset)
        user, sent_by = self.request.user, state.workflow_state.requested_by_id
        page = page_of(state)
        if page is None or state.status != TaskState.STATUS_IN_PROGRESS:
            raise PermissionDenied
        if user.pk != sent_by and not state.task.specific.get_actions(page, user):
            raise PermissionDenied
        return state

    def get_page_subtitle(self) -> str:
        """Of which page."""
        return title_of(self.object)

    def save_instance(self) -> Any:
        """A later day is reminded of again."""
        self.form.instance.reminded_at = None
        return super().save_instance()
