"""Background tasks: mail to a union's editors."""

from __future__ import annotations

from django_tasks import task

from contributions.mail import send_question


@task(queue_name="default")
def mail_question(question: int) -> str:
    """Mail a question if it was not mailed yet; running it twice changes nothing."""
    return "mailed" if send_question(question) else "nothing to do"
