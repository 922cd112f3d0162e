"""A line above wagtail-localize's editor, which has no header of Wagtail's with buttons."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from publications.models import Edition
from translations.editor import actions_for, board_url
from translations.localize import may_convert, may_end
from translations.locks import lock_for, locked_props, may_take_back, reason_of
from translations.moderating import decisions, reason_of_return
from translations.sending import may_send

register = template.Library()


@register.inclusion_tag("translations/admin/bar.html", takes_context=True)
def translation_bar(context: dict[str, Any], instance: Any) -> dict[str, Any]:
    """The same as in the header of an edition edited as a page; nothing for what is no edition."""
    if not isinstance(instance, Edition):
        return {}
    user = context["request"].user
    lock = lock_for(instance, user)
    return {
        "edition": instance,
        "may_send": may_send(instance, user),
        "in_moderation": instance.workflow_in_progress,
        "locked": reason_of(lock, user) if lock else "",
        "may_take_back": may_take_back(instance, user),
        "decisions": decisions(instance, user),
        "asked_to_change": reason_of_return(instance),
        "may_remove": may_end(user, instance),
        "may_convert": may_convert(user, instance),
        "board": board_url(instance),
        "actions": list(actions_for(instance, user)),
        "back": reverse("wagtailadmin_pages:edit", args=[instance.pk]),
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_tag(takes_context=True)
def editor_props(context: dict[str, Any], instance: Any) -> str:
    """What wagtail-localize's editor is made from, with the locks that it does not know."""
    return locked_props(context["props"], instance, context["request"].user)
