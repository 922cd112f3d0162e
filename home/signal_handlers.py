"""What happens by itself: roles follow organisations and sections, moderators get mail."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.admin.mail import (
    GroupApprovalTaskStateSubmissionEmailNotifier,
    WorkflowStateApprovalEmailNotifier,
    WorkflowStateRejectionEmailNotifier,
)
from wagtail.models import WorkflowState
from wagtail.signals import page_published, task_submitted, workflow_approved, workflow_rejected

from home.models import ModerationTaskState
from home.roles import follow_organisation, make_roles, retire_orphans
from network.models import Organisation
from publications.models import SectionPage
from publications.tree import TreeMissing


def rename_roles(instance: Organisation, created: bool, raw: bool = False, **_kw: Any) -> None:
    """An organisation has a new name: so have its groups and its collection."""
    if not created and not raw:
        follow_organisation(instance)


def retire_roles(**_kwargs: Any) -> None:
    """An organisation is no more: its roles may do nothing."""
    retire_orphans()


def give_section_its_roles(instance: SectionPage, revision: Any = None, **_kwargs: Any) -> None:
    """A section that an administrator made gets its editors and contributors.

    The command that builds the tree makes the roles itself, once, when all sections stand.
    """
    if revision is None or revision.user_id is None:
        return
    try:
        make_roles()
    except TreeMissing:
        return


class SubmissionNotifier(GroupApprovalTaskStateSubmissionEmailNotifier):
    """A page waits: the mail that Wagtail sends for its own kind of state, for ours too."""

    def get_template_base_prefix(self, instance: Any, **kwargs: Any) -> str:
        """Wagtail would look for templates by the name of our class."""
        return "task_state_"


class OnlyToTheAdmin:
    """Wagtail's mail leads into its admin; who may not enter gets another (``contributions``)."""

    def get_recipient_users(self, state: Any, **kwargs: Any) -> set[Any]:
        """Those of Wagtail's recipients who may enter."""
        found = super().get_recipient_users(state, **kwargs)  # type: ignore[misc]  # a mixin
        return {user for user in found if user.has_perm("wagtailadmin.access_admin")}


class ApprovalNotifier(OnlyToTheAdmin, WorkflowStateApprovalEmailNotifier):
    """What was sent is published."""


class RejectionNotifier(OnlyToTheAdmin, WorkflowStateRejectionEmailNotifier):
    """What was sent comes back."""


submission_notifier = SubmissionNotifier()
approval_notifier, rejection_notifier = ApprovalNotifier(), RejectionNotifier()


def _take_the_place_of(signal: Any, dispatch_uid: str, notifier: Any) -> None:
    """Connect under Wagtail's own name, so that only one of the two is, in either order."""
    signal.disconnect(sender=WorkflowState, dispatch_uid=dispatch_uid)
    signal.connect(notifier, sender=WorkflowState, dispatch_uid=dispatch_uid)


def register_signal_handlers() -> None:
    """Connect the handlers; called once when the app is ready."""
    post_save.connect(rename_roles, sender=Organisation, dispatch_uid="home.rename_roles")
    post_delete.connect(retire_roles, sender=Organisation, dispatch_uid="home.retire_roles")
    page_published.connect(
        give_section_its_roles, sender=SectionPage, dispatch_uid="home.section_roles"
    )
    task_submitted.connect(
        submission_notifier,
        sender=ModerationTaskState,
        dispatch_uid="home.mail_to_moderators",
    )
    for signal, event, notifier in (
        (workflow_approved, "approved", approval_notifier),
        (workflow_rejected, "rejected", rejection_notifier),
    ):
        _take_the_place_of(signal, f"workflow_state_{event}_email_notification", notifier)
