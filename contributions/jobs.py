"""What runs by the clock for what readers send: mail that was not sent yet, and forgetting."""

from __future__ import annotations

import datetime

from django.utils import timezone

from cms.background import enqueue_missing
from cms.scheduling import Job
from contributions.limits import forget_past_days
from contributions.mail import unsent_questions
from contributions.models import Note, Question
from contributions.tasks import mail_question

KEPT = datetime.timedelta(days=365)
"""How long questions and notes are kept, as the page about privacy says."""


def send_questions() -> None:
    """Ask the worker again for questions that no mail was sent for."""
    enqueue_missing(mail_question, [(key,) for key in unsent_questions()])


def forget_old_messages() -> None:
    """Remove questions and notes whose time is up, answered or not."""
    before = timezone.now() - KEPT
    for model in (Question, Note):
        model.objects.filter(sent_at__lt=before).delete()


JOBS = (
    Job("send questions", datetime.timedelta(minutes=5), send_questions),
    Job("forget past days", datetime.timedelta(hours=1), forget_past_days),
    Job("forget old messages", datetime.timedelta(days=1), forget_old_messages),
)
