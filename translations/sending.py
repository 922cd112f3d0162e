"""Sending a translation to moderation from wagtail-localize's editor, which has no button for it.

What stands in its segments becomes a draft of the page; what readers see stays until a moderator
approves it.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from wagtail.models import WorkflowState
from wagtail_localize.models import Translation, TranslationLog

from publications.models import Edition
from translations.texts import find_translation


def may_send(edition: Edition, user: Any) -> bool:
    """Whether a user may send a translation, and has no way to publish it at once."""
    rights = edition.permissions_for_user(user)
    if not rights.can_edit() or rights.can_publish() or not rights.can_submit_for_moderation():
        return False
    return find_translation(edition) is not None


@transaction.atomic
def send_to_moderation(edition: Edition, user: Any) -> bool:
    """Make a draft of a translation's segments and submit it; says whether it could be."""
    translation, workflow = find_translation(edition), edition.get_workflow()
    if translation is None or workflow is None or not may_send(edition, user):
        return False
    page = draft_of_segments(translation, user)
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(user)
    else:
        workflow.start(page, user)
    return True


def said_by_segments(translation: Translation) -> Edition:
    """The page with what the segments say, not saved; the original's words where they are not."""
    page: Edition = translation.source.get_ephemeral_translated_instance(
        translation.target_locale, fallback=True
    )
    return page


def draft_of_segments(translation: Translation, user: Any) -> Edition:
    """The page with what the segments say, as a draft that wagtail-localize knows as its own.

    Raises ``ValidationError`` where the segments make no valid page.
    """
    page = said_by_segments(translation)
    page.slug = type(page).objects.get(pk=page.pk).slug  # an address, which is no translator's
    if not page.live:
        page.save()
    revision = page.save_revision(user=user, log_action=True)
    TranslationLog.objects.create(
        source=translation.source, locale=translation.target_locale, revision=revision
    )
    return type(page).objects.get(pk=page.pk)
