"""Mail about what readers send: to a union's editors, and back to those who offer practices."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.users.models import UserProfile

from contributions.models import Contribution, Question
from network.models import Organisation, Role
from network.roles import people_with

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8


def editors_for(organisation: Organisation | None) -> list[Any]:
    """Who answers for an organisation: its editors, else the moderators, else administrators."""
    active = get_user_model().objects.filter(is_active=True)
    circles: list[Any] = [people_with(Role.Kind.MODERATORS), active.filter(is_superuser=True)]
    if organisation is not None:
        circles.insert(0, people_with(Role.Kind.EDITORS, organisation))
    for circle in circles:
        if people := list(circle.exclude(email="").order_by("pk")):
            return people
    return []


def unsent_questions() -> Iterable[int]:
    """The questions that no mail was sent for yet, and that were not tried too often."""
    waiting = Question.objects.filter(mailed_at=None, attempts__lt=MAX_ATTEMPTS)
    return waiting.order_by("pk").values_list("pk", flat=True)


def send_question(key: int) -> bool:
    """Mail a question to the editors, each in their language; whether it was sent now.

    Nobody's address is shown but the asker's, to whom an answer goes. A mail server that is away
    raises its own error; the question stays, and is tried again.
    """
    tried = Question.objects.filter(pk=key, mailed_at=None, attempts__lt=MAX_ATTEMPTS)
    if not tried.update(attempts=F("attempts") + 1):
        return False
    question = Question.objects.select_related("organisation").get(pk=key)
    for user in editors_for(question.organisation):
        _send(user, "question", {"question": question}, reply_to=[question.email])
    Question.objects.filter(pk=key).update(mailed_at=timezone.now())
    return True


def tell_author(contribution: Contribution, *, published: bool, comment: str = "") -> None:
    """Tell who offered a practice that it was published, or returned.

    Wagtail itself writes to those who may enter its admin.
    """
    author = contribution.author
    if author.email and not author.has_perm("wagtailadmin.access_admin"):
        context = {"contribution": contribution, "published": published, "comment": comment}
        try:
            _send(author, "decided", context)
        except OSError:
            logger.exception("No mail about contribution %s could be sent.", contribution.pk)


def _send(user: Any, name: str, context: dict[str, Any], **kwargs: Any) -> None:
    with translation.override(UserProfile.get_for_user(user).get_preferred_language()):
        context = context | {"user": user, "base": settings.WAGTAILADMIN_BASE_URL}
        context["list_url"] = reverse("contributions")
        subject = render_to_string(f"contributions/mail/{name}_subject.txt", context)
        text = render_to_string(f"contributions/mail/{name}.txt", context).strip() + "\n"
    headers = {"Auto-Submitted": "auto-generated"}
    line = " ".join(subject.split())
    EmailMessage(line, text, to=[user.email], headers=headers, **kwargs).send()
