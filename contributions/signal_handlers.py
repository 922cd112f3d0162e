"""What happens by itself: who offered a practice hears what moderators decided."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import workflow_approved, workflow_rejected

from contributions.mail import tell_author
from contributions.models import Contribution


def tell_of_return(instance: WorkflowState, **_kwargs: Any) -> None:
    """A moderator asks for changes."""
    contribution = _contribution_of(instance)
    if contribution is not None:
        state: TaskState | None = instance.current_task_state
        comment = state.comment if state else ""
        transaction.on_commit(lambda: tell_author(contribution, published=False, comment=comment))


def tell_of_publication(instance: WorkflowState, **_kwargs: Any) -> None:
    """A moderator published it."""
    contribution = _contribution_of(instance)
    if contribution is not None:
        transaction.on_commit(lambda: tell_author(contribution, published=True))


def _contribution_of(state: WorkflowState) -> Contribution | None:
    rows = Contribution.objects.filter(page_id=state.object_id)
    return rows.select_related("author", "page__locale").first()


def register_signal_handlers() -> None:
    """Connect the handlers; called once when the app is ready."""
    workflow_rejected.connect(
        tell_of_return, sender=WorkflowState, dispatch_uid="contributions.returned"
    )
    workflow_approved.connect(
        tell_of_publication, sender=WorkflowState, dispatch_uid="contributions.published"
    )
