"""A concept or label that is saved or deleted gives the glossary another version."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from glossary.models import Concept, Label
from glossary.versions import glossary_changed


def _saved(**_kwargs: Any) -> None:
    glossary_changed()


def _deleted(sender: type[Model], origin: Any = None, **_kwargs: Any) -> None:
    """A label that goes with its concept says nothing: the concept does."""
    if origin is None or getattr(origin, "model", type(origin)) is sender:
        glossary_changed()


def register_signal_handlers() -> None:
    """Connect the handlers; called once when the app is ready."""
    for model in (Concept, Label):
        post_save.connect(_saved, sender=model, dispatch_uid="glossary.version")
        post_delete.connect(_deleted, sender=model, dispatch_uid="glossary.version")
