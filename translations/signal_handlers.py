"""What happens by itself when editions are published, segments change, and readers search."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.signals import page_published
from wagtail_localize.models import StringSegment, StringTranslation

from publications.models import Edition
from search.signals import searched
from translations.elsewhere import note_answer
from translations.keeping import keep_translations, stop_if_rewritten, sync_sources
from translations.machine import note_machine_text, note_publication
from translations.requests import fulfil
from translations.texts import remember_text


def edition_published(instance: Any, revision: Any = None, **_kwargs: Any) -> None:
    """Note what an edition says now, and what that means for its translations and its label."""
    if not isinstance(instance, Edition) or instance.alias_of_id:
        return
    with transaction.atomic():
        stop_if_rewritten(instance, revision)
        sync_sources(instance)
        remember_text(instance)
        note_publication(instance)
        fulfil(instance)


def register_signal_handlers() -> None:
    """Connect the handlers; called once when the app is ready."""
    page_published.connect(edition_published, dispatch_uid="translations.published")
    post_delete.connect(
        keep_translations, sender=StringSegment, dispatch_uid="translations.segment"
    )
    post_save.connect(
        note_machine_text, sender=StringTranslation, dispatch_uid="translations.string"
    )
    searched.connect(note_answer, dispatch_uid="translations.searched")
