"""The texts that editions publish: whether a translation still says what its original says.

A text is compared by the fingerprint of its translated fields, so that a new cover, a file or a
fact of the work makes no translation out of date, and a change that is taken back does not count.
"""

from __future__ import annotations

import hashlib
from typing import Any

from wagtail_localize.models import StringSegment, StringTranslation, Translation
from wagtail_localize.segments import StringSegmentValue, TemplateSegmentValue
from wagtail_localize.segments.extract import extract_segments

from publications.models import Edition
from translations.models import EditionText

NOT_TEXT = ("slug",)
"""Translated fields that are an address and no text."""

KEPT = "kept"
"""The ``translation_type`` of a translation of an older wording (``translations.keeping``)."""


def fingerprint(edition: Edition) -> str:
    """The fingerprint of an edition's translated fields, of all their words and their structure."""
    digest = hashlib.sha256()
    for segment in extract_segments(edition.specific):
        if segment.path in NOT_TEXT:
            continue
        if isinstance(segment, StringSegmentValue):
            digest.update(f"{segment.path}\0{segment.string.data}\0".encode())
        elif isinstance(segment, TemplateSegmentValue):
            digest.update(f"{segment.path}\0{segment.template}\0".encode())
    return digest.hexdigest()


def find_translation(edition: Edition) -> Translation | None:
    """Wagtail-localize's record of an edition as a translation; none where it is made by hand."""
    rows = Translation.objects.filter(
        source__object_id=edition.translation_key,
        target_locale_id=edition.locale_id,
        enabled=True,
    )
    return rows.select_related("source", "target_locale").first()


def find_original(edition: Edition) -> Edition | None:
    """The edition that an edition was translated from; none for the original itself.

    What wagtail-localize says, else the first edition of the work that there was.
    """
    translation = find_translation(edition)
    editions = Edition.objects.real().filter(work_id=edition.work_id).order_by("pk")
    if translation is not None:
        return editions.filter(locale_id=translation.source.locale_id).first()
    sources = Translation.objects.filter(source__object_id=edition.translation_key, enabled=True)
    locales = sources.order_by("pk").values_list("source__locale_id", flat=True)
    original = editions.filter(locale_id__in=list(locales)).first() or editions.first()
    return None if original is None or original.pk == edition.pk else original


def waiting_segments(translation: Translation) -> Any:
    """The segments of the original that have no translation yet, or one of an older wording."""
    done = StringTranslation.objects.filter(
        locale_id=translation.target_locale_id,
        context__object_id=translation.source.object_id,
        has_error=False,
    ).exclude(translation_type=KEPT)
    pairs = set(done.values_list("translation_of_id", "context_id"))
    segments = StringSegment.objects.filter(source_id=translation.source_id)
    rows = segments.exclude(context__path__in=NOT_TEXT).select_related("context", "string")
    return [row for row in rows.order_by("order") if (row.string_id, row.context_id) not in pairs]


def remember_text(edition: Edition) -> None:
    """Note what an edition has just published, and what it was translated from.

    The same text published again changes nothing: a new file does not say that a translator looked
    at what changed in the original. Where the record of the translation is complete, it does.
    """
    now = fingerprint(edition)
    row, made = EditionText.objects.get_or_create(edition=edition, defaults={"fingerprint": now})
    original, translation = find_original(edition), find_translation(edition)
    changed = made or row.fingerprint != now or translation is not None
    row.fingerprint = now
    if original is not None and (changed or row.original_id != original.pk):
        row.original = original
        row.original_fingerprint = _made_from(original, translation, row)
    elif original is None:
        row.original, row.original_fingerprint = None, ""
    row.save()


def _made_from(original: Edition, translation: Translation | None, row: EditionText) -> str:
    """The fingerprint of the text that a translation, published now, says."""
    if translation is None:
        text = EditionText.objects.filter(edition=original).first()
        return text.fingerprint if text else fingerprint(original)
    if waiting_segments(translation):
        return row.original_fingerprint
    return fingerprint(translation.source.as_instance())


def confirm_text(edition: Edition) -> None:
    """A person says that a translation still says what its original says."""
    original = find_original(edition)
    if original is not None:
        text = EditionText.objects.filter(edition=original).first()
        EditionText.objects.filter(edition=edition).update(
            original=original,
            original_fingerprint=text.fingerprint if text else fingerprint(original),
        )


def remember_missing_texts(limit: int = 500) -> int:
    """Note the texts of editions published before they were noted; gives how many.

    Originals come first, as the first edition of a work is the oldest.
    """
    rows = Edition.objects.live().real().filter(text__isnull=True).order_by("pk")
    editions = list(rows[:limit])
    for edition in editions:
        remember_text(edition)
    return len(editions)
