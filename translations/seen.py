"""Whether a translation still says what somebody saw of it, but for what they changed themselves.

Wagtail-localize's editor stores each segment as it is written: who mends a word there and approves
has seen more than the page held when it was opened.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail_localize.models import StringTranslation, Translation

from translations.sending import said_by_segments
from translations.texts import fingerprint


def mark_of(translation: Translation) -> str:
    """What is seen now: the text's fingerprint, how many segments have a translation, the time."""
    count = _said(translation).count()
    return f"{_text_of(translation)}@{count}@{timezone.now().timestamp()}"


def was_seen(translation: Translation, mark: str, user: Any) -> bool:
    """Whether who was given a mark has seen the text of now: nobody else has changed it since."""
    text, _at, rest = mark.partition("@")
    if text == _text_of(translation):
        return True
    count, _at, seconds = rest.partition("@")
    try:
        seen = datetime.datetime.fromtimestamp(float(seconds), datetime.UTC)
        return _changed_by_one(translation, user, int(count), seen)
    except (ValueError, OverflowError, OSError):
        return False


def _changed_by_one(
    translation: Translation, user: Any, count: int, seen: datetime.datetime
) -> bool:
    """Whether all that changed since a time are translations that one user wrote.

    One that was taken away leaves no trace but the number of those that are there.
    """
    since = _said(translation).filter(updated_at__gt=seen)
    if translation.source.last_updated_at > seen or since.exclude(last_translated_by=user).exists():
        return False
    made = since.filter(created_at__gt=seen).count()
    return since.exists() and _said(translation).count() == count + made


def _said(translation: Translation) -> QuerySet[StringTranslation]:
    return StringTranslation.objects.filter(
        context__object_id=translation.source.object_id, locale_id=translation.target_locale_id
    )


def _text_of(translation: Translation) -> str:
    return fingerprint(said_by_segments(translation))
