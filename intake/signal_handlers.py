"""What happens by itself: a file that was read is looked through."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save

from intake.looking import reading_ended
from publications.models import Reading


def follow_reading(instance: Reading, **_kwargs: Any) -> None:
    """Look through the file when its document was read."""
    if instance.is_final:
        reading_ended(instance)


def register_signal_handlers() -> None:
    """Connect the handlers; called once when the app is ready."""
    post_save.connect(follow_reading, sender=Reading, dispatch_uid="intake.reading")
