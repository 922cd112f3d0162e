"""A concept or label that is saved or deleted gives the glossary another version."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save

from glossary.models import Concept, Label
from glossary.versions import glossary_changed


def _changed(**_kwargs: Any) -> None:
    glossary_changed()


def register_signal_handlers() -> None:
    """Connect the handlers; called once when the app is ready."""
    for model in (Concept, Label):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid="glossary.version")
