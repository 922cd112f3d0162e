"""Keeping a translation that is locked, as one in moderation is, from who may not change it.

Wagtail's own editor keeps its locks; wagtail-localize's asks for no more than the permission to
edit.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.locks import BaseLock, WorkflowLock
from wagtail.models import LockableMixin, Page
from wagtail_localize.models import Translation
from wagtail_localize.views.edit_translation import user_can_edit_instance

View = Callable[..., HttpResponse]


def lock_for(instance: Any, user: Any) -> BaseLock | None:
    """The lock that keeps a user from changing a page or snippet now."""
    lock = instance.get_lock() if isinstance(instance, LockableMixin) else None
    return lock if lock is not None and lock.for_user(user) else None


def reason_of(lock: BaseLock, user: Any) -> str:
    """Why a user may not change what is locked, as plain text; in Wagtail's words where they do."""
    if isinstance(lock, WorkflowLock):
        return _("It is in moderation: only moderators can change it until they have decided.")
    return strip_tags(lock.get_message(user) or lock.get_description(user))


def may_take_back(page: Page, user: Any) -> bool:
    """Whether a user may end a moderation, and may change the page only then."""
    if not page.workflow_in_progress or lock_for(page, user) is None:
        return False
    return bool(page.current_workflow_state.user_can_cancel(user))


def unless_locked(view: View) -> View:
    """A view of wagtail-localize that changes a translation, for whom no lock keeps from it.

    What its script sends is answered 423, with the reason in ``detail``; a form leads back to its
    page, with a message.
    """

    @wraps(view)
    def guarded(request: HttpRequest, translation_id: int, **kwargs: Any) -> HttpResponse:
        translation = get_object_or_404(Translation, pk=translation_id)
        instance = translation.get_target_instance()
        lock = lock_for(instance, request.user)
        # Who may not edit it at all is told nothing of its lock.
        if lock is None or not user_can_edit_instance(request.user, instance):
            return view(request, translation_id=translation_id, **kwargs)
        if request.method != "POST":
            reason = {"detail": reason_of(lock, request.user)}
            return JsonResponse(reason, status=HTTPStatus.LOCKED)
        say_locked(request, lock)
        return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")

    return guarded


def say_locked(request: HttpRequest, lock: BaseLock) -> None:
    """Tell that nothing was changed, and why."""
    text = _("Nothing was changed. %(reason)s")
    messages.error(request, text % {"reason": reason_of(lock, request.user)})


def locked_props(props: str, instance: Any, user: Any) -> str:
    """The properties of wagtail-localize's editor; it shows nothing to change where it is locked.

    It knows a single kind of lock, which its button opens: only that kind may have the button.
    """
    if lock_for(instance, user) is None:
        return props
    values = json.loads(props)
    values["perms"]["canPublish"] = False
    values["perms"]["canUnlock"] = values["perms"]["canUnlock"] and values["object"]["isLocked"]
    values["object"]["isLocked"] = True
    return json.dumps(values)
