"""Deciding about a translation in moderation from wagtail-localize's editor.

A moderator sees there what its segments say. That is what is approved, as in Wagtail's own editor
the form is, and not what they said when it was sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.models import Page, WorkflowState
from wagtail_localize.models import SegmentOverride

from publications.models import Edition
from translations.keeping import differs_from_record
from translations.seen import mark_of, was_seen
from translations.sending import draft_of_segments
from translations.texts import find_translation

APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Decision:
    """A button of the workflow; ``asks`` says that it first asks for a comment."""

    label: str
    url: str
    asks: bool


def decisions(edition: Edition, user: Any) -> list[Decision]:
    """What a user may decide about a translation in moderation, in the workflow's own words."""
    state, translation = edition.current_workflow_task_state, find_translation(edition)
    if state is None or translation is None:
        return []
    seen = urlencode({"seen": mark_of(translation)})
    rows = state.task.specific.get_actions(edition, user)
    return [
        Decision(str(label), _url(edition.pk, name, state.pk) + f"?{seen}", asks)
        for name, label, asks in rows
    ]


def reason_of_return(edition: Edition) -> str:
    """What a moderator wrote who returned a translation that was not sent again since."""
    state = edition.current_workflow_state
    if state is None or state.status != WorkflowState.STATUS_NEEDS_CHANGES:
        return ""
    return state.current_task_state.comment if state.current_task_state else ""


def complete(edition: Edition, user: Any) -> bool:
    """Approve a translation on behalf of somebody who publishes it.

    Says whether that ended its moderation. Raises ``ValidationError`` where what its segments say
    cannot be published.
    """
    if not _may_approve(edition, user):
        return False
    state = edition.current_workflow_state
    with transaction.atomic():
        _take_in_segments(edition, user)
        page = _fresh(edition)
        for _task in state.workflow.tasks:
            if _may_approve(page, user):
                task_state = page.current_workflow_task_state
                task_state.task.specific.on_action(task_state, user, APPROVE)
                page = _fresh(edition)
    return not page.workflow_in_progress


class DecideView(WorkflowActionView):
    """Wagtail's own view of a decision; approving takes in what the segments say now."""

    submit_url_name = "translation_decide"

    def get_task_state(self) -> Any:
        """The state of this page's task of now; no other can be decided about here."""
        state = super().get_task_state()
        current = self.object.current_workflow_task_state
        if current is not None and state.pk != current.pk:
            raise Http404
        return state

    def get_submit_url(self) -> str:
        """Where the comment goes, with what was seen."""
        url: str = super().get_submit_url()
        return f"{url}?{urlencode({'seen': self.request.GET.get('seen', '')})}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Decide; a text that was changed since the moderator saw it is shown again first."""
        edition = self.object.specific
        translation = find_translation(edition) if isinstance(edition, Edition) else None
        if translation is None or self.action_name != APPROVE:
            return self._decide(request, *args, **kwargs)
        if not was_seen(translation, request.GET.get("seen", ""), request.user):
            messages.warning(
                request,
                _("The translation was changed meanwhile. Look at it again before you approve it."),
            )
            return self._leave(request)
        try:
            with transaction.atomic():
                _take_in_segments(edition, request.user)
                return self._decide(request, *args, **kwargs)
        except ValidationError as error:
            say_problems(request, error)
            return self._leave(request)

    def _decide(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post(request, *args, **kwargs)
        self.task_state.refresh_from_db()
        if self.task_state.status == self.task_state.STATUS_APPROVED:
            messages.success(request, _("The translation is approved."))
        elif self.task_state.status == self.task_state.STATUS_REJECTED:
            messages.success(request, _("The translation goes back to whoever sent it."))
        return response

    def _leave(self, request: HttpRequest) -> HttpResponse:
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            step = {"step": "success", "redirect": self.redirect_url}
            response: HttpResponse = self.render_modal_json(request, step)
            return response
        return redirect(self.redirect_url)


def say_problems(request: HttpRequest, error: ValidationError) -> None:
    """Tell why a translation cannot become a page."""
    text = _("It cannot be kept as it is: %(problems)s")
    messages.error(request, text % {"problems": " ".join(error.messages)})


def _may_approve(edition: Page, user: Any) -> bool:
    task = edition.current_workflow_task
    return task is not None and any(row[0] == APPROVE for row in task.get_actions(edition, user))


def _take_in_segments(edition: Edition, user: Any) -> None:
    """Make a draft of what the segments say, if it is not what the page's draft says."""
    translation = find_translation(edition)
    if translation is None:
        return
    overrides = SegmentOverride.objects.filter(
        context__object_id=edition.translation_key, locale_id=edition.locale_id
    )
    latest = edition.get_latest_revision_as_object()
    if overrides.exists() or differs_from_record(latest, translation):
        draft_of_segments(translation, user)


def _url(page: int, action: str, state: int) -> str:
    return reverse(DecideView.submit_url_name, args=[page, action, state])


def _fresh(edition: Edition) -> Page:
    return type(edition).objects.get(pk=edition.pk)
