"""From draft to published: the workflow of moderation, its due dates, what waits and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.admin.mail import send_mail
from wagtail.models import Page, TaskState, Workflow, WorkflowPage, WorkflowTask
from wagtail.users.models import UserProfile

from home.models import ModerationTask, ModerationTaskState
from publications.editable import editable_pages

NAME = "Moderation"


def ensure_moderation(libraries: Iterable[Page], moderators: Group) -> Workflow:
    """The workflow of every library; what administrators made of it stays.

    A library that they gave another workflow keeps that one.
    """
    workflow = Workflow.objects.filter(name=NAME).first()
    if workflow is None:
        workflow = Workflow.objects.create(name=NAME)
        task = ModerationTask.objects.create(name=NAME)
        task.groups.add(moderators)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    if workflow.active:
        for page in libraries:
            WorkflowPage.objects.get_or_create(page_id=page.pk, defaults={"workflow": workflow})
    return workflow


def waiting() -> QuerySet[ModerationTaskState]:
    """What waits for a moderator, the most urgent first."""
    states = ModerationTaskState.objects.filter(status=TaskState.STATUS_IN_PROGRESS)
    related = ("workflow_state__requested_by", "revision", "task")
    return states.select_related(*related).order_by("due_on", "started_at")


def waiting_for(user: Any) -> QuerySet[ModerationTaskState]:
    """What this user may approve or return."""
    reviewable = TaskState.objects.reviewable_by(user)
    return waiting().filter(pk__in=reviewable.values("pk"))


def visible_to(user: Any) -> QuerySet[ModerationTaskState]:
    """What was ever sent of the pages that this user may change."""
    pages = editable_pages(user)
    keys = [str(key) for key in pages.values_list("pk", flat=True)]
    states = ModerationTaskState.objects.filter(workflow_state__object_id__in=keys)
    return states.select_related("workflow_state__requested_by", "revision", "finished_by")


def page_of(state: ModerationTaskState) -> Page | None:
    """The page that was sent; ``None`` once it is deleted."""
    page = state.workflow_state.content_object
    return page if isinstance(page, Page) else None


def remind_moderators() -> int:
    """Write once to the moderators of each page that waits longer than its day; counts those."""
    overdue = waiting().filter(due_on__lt=timezone.localdate(), reminded_at=None)
    reminded = 0
    for state in overdue:
        # Claimed first: a mail is rather lost than sent twice by two schedulers.
        claim = ModerationTaskState.objects.filter(pk=state.pk, reminded_at=None)
        if claim.update(reminded_at=timezone.now()) and page_of(state) is not None:
            _remind(state)
            reminded += 1
    return reminded


def _remind(state: ModerationTaskState) -> None:
    groups = state.task.specific.groups.all()
    users = {user.pk: user for group in groups for user in group.user_set.filter(is_active=True)}
    for user in users.values():
        profile = UserProfile.get_for_user(user)
        if user.email and profile.submitted_notifications:
            with translation.override(profile.get_preferred_language()):
                _send_reminder(state, user)


def _send_reminder(state: ModerationTaskState, user: Any) -> None:
    page = page_of(state)
    if page is None:
        return
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    context = {
        "user": user,
        "title": page.specific_deferred.get_admin_display_title(),
        "due_on": state.due_on,
        "url": settings.WAGTAILADMIN_BASE_URL + url,
    }
    subject = render_to_string("home/mail/overdue_subject.txt", context).strip()
    send_mail(subject, render_to_string("home/mail/overdue.txt", context), [user.email])
