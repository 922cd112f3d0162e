"""A translation made by hand is never overwritten.

Wagtail-localize translates a text segment by segment and forgets a segment's translation when its
original is worded anew: until somebody translates it again, publishing would put the original's
words into the translation. Here the older translation goes on standing there, marked as kept, until
a translator changes it or saves it as it is.

And what somebody rewrote as an ordinary page is no longer written by wagtail-localize.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from django.utils import translation as languages
from django.utils.translation import gettext as _
from wagtail.models import Revision
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationLog,
    TranslationSource,
)

from publications.models import Edition
from translations.texts import KEPT, find_translation, fingerprint

ALIKE = 0.5
"""Two wordings of which less is the same (0 to 1) are two texts, not one worded anew."""


def sync_sources(edition: Edition) -> None:
    """Give wagtail-localize the text that an original has just published.

    The translations stay as they are; the segments that changed wait for a translator.
    """
    source = TranslationSource.objects.filter(
        object_id=edition.translation_key,
        locale_id=edition.locale_id,
        translations__enabled=True,
    ).first()
    if source is not None:
        source.update_from_db()


def keep_translations(instance: StringSegment, **_kwargs: Any) -> None:
    """A segment is gone from an original: its translations stand for the one that took its place.

    Called after the new segments were made and the old one was deleted.
    """
    segments = StringSegment.objects.filter(
        source_id=instance.source_id, context_id=instance.context_id
    ).select_related("string")
    if any(segment.string_id == instance.string_id for segment in segments):
        return  # it only stands in another place
    old = StringTranslation.objects.filter(
        translation_of_id=instance.string_id, context_id=instance.context_id, has_error=False
    ).select_related("locale")
    for row in old:
        heir = _heir(instance, segments, row.locale_id)
        if heir is not None:
            _keep(row, heir)


def _heir(gone: StringSegment, segments: Iterable[StringSegment], locale: int) -> Any:
    """The segment without a translation that is most like the one that is gone."""
    translated = set(
        StringTranslation.objects.filter(context_id=gone.context_id, locale_id=locale).values_list(
            "translation_of_id", flat=True
        )
    )
    free = [segment for segment in segments if segment.string_id not in translated]
    alone = len(free) == 1 and len(list(segments)) == 1
    rated = [(_likeness(gone.string.data, segment.string.data), segment) for segment in free]
    best = max(rated, key=lambda pair: pair[0], default=(0.0, None))
    return best[1] if alone or best[0] >= ALIKE else None


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()


def _keep(row: StringTranslation, heir: StringSegment) -> None:
    with languages.override(row.locale.language_code):
        name = _("the earlier text of the original")
    StringTranslation.objects.create(
        translation_of_id=heir.string_id,
        context_id=heir.context_id,
        locale_id=row.locale_id,
        data=row.data,
        translation_type=KEPT,
        tool_name=name,
        last_translated_by_id=row.last_translated_by_id,
    )


def differs_from_record(edition: Edition, translation: Translation) -> bool:
    """Whether an edition says something else than wagtail-localize would write into it."""
    written = translation.source.get_ephemeral_translated_instance(
        translation.target_locale, fallback=True
    )
    return fingerprint(edition) != fingerprint(written)


def stop_if_rewritten(edition: Edition, revision: Revision | None) -> None:
    """End wagtail-localize's part in an edition that was published with a text not its own.

    An import or a script wrote it; the next synchronisation would overwrite that.
    """
    translation = find_translation(edition)
    if translation is None or _wrote(translation, revision):
        return
    if differs_from_record(edition, translation):
        translation.enabled = False
        translation.save(update_fields=["enabled"])


def _wrote(translation: Translation, revision: Revision | None) -> bool:
    """Whether wagtail-localize made a revision of a translation."""
    logs = TranslationLog.objects.filter(
        source=translation.source, locale=translation.target_locale
    )
    return revision is not None and logs.filter(revision=revision).exists()
