"""Text that a machine translated: shown as such until a person accepts it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from wagtail_localize.models import StringSegment, StringTranslation

from publications.models import Edition
from translations.keeping import differs_from_record
from translations.models import MachineDraft
from translations.texts import find_translation

MACHINE = StringTranslation.TRANSLATION_TYPE_MACHINE
MANUAL = StringTranslation.TRANSLATION_TYPE_MANUAL


def note_machine_text(instance: StringTranslation, **_kwargs: Any) -> None:
    """A segment of an edition was translated: by a machine, or by hand instead of a machine."""
    edition = _edition_of(instance)
    if edition is None:
        return
    if instance.translation_type == MACHINE:
        begin_draft(edition, instance.tool_name)
    elif instance.translation_type == MANUAL and not _holds_machine_text(edition):
        accept_draft(edition, instance.last_translated_by)


def _edition_of(row: StringTranslation) -> Edition | None:
    if row.context is None:
        return None
    editions = Edition.objects.real().filter(
        translation_key=row.context.object_id, locale_id=row.locale_id
    )
    return editions.first()


def _holds_machine_text(edition: Edition) -> bool:
    """Whether a segment of an edition still has the words of a machine."""
    segment = StringSegment.objects.filter(
        string_id=OuterRef("translation_of_id"), context_id=OuterRef("context_id")
    )
    rows = StringTranslation.objects.filter(
        context__object_id=edition.translation_key,
        locale_id=edition.locale_id,
        translation_type=MACHINE,
    )
    return rows.filter(Exists(segment)).exists()


def begin_draft(edition: Edition, translator: str) -> None:
    """Note that an edition holds new text of a machine; what was accepted before counts no more."""
    values: dict[str, Any] = {"translator": translator[:100]}
    values |= {"accepted_by": None, "accepted_at": None}
    draft, made = MachineDraft.objects.get_or_create(edition=edition, defaults=values)
    if not made and draft.accepted_at is not None:
        values["made_at"] = timezone.now()
        MachineDraft.objects.filter(pk=draft.pk).update(**values)


def open_draft(edition: Edition) -> MachineDraft | None:
    """The machine draft of an edition that nobody has accepted."""
    return MachineDraft.objects.filter(edition=edition, accepted_at__isnull=True).first()


def accept_draft(edition: Edition, user: Any) -> bool:
    """A person has read the text and stands for it; says whether there was something to accept.

    Its segments count as translated by hand. Readers go on seeing the label where the published
    text is another one than was accepted, until that is published.
    """
    draft = open_draft(edition)
    if draft is None:
        return False
    with transaction.atomic():
        draft.accepted_by, draft.accepted_at = user, timezone.now()
        translation = find_translation(edition)
        same = translation is None or not differs_from_record(edition, translation)
        draft.shown_unreviewed = draft.shown_unreviewed and not same
        draft.save()
        # No signal: it would accept the draft again.
        StringTranslation.objects.filter(
            context__object_id=edition.translation_key,
            locale_id=edition.locale_id,
            translation_type=MACHINE,
        ).update(translation_type=MANUAL)
    return True


def note_publication(edition: Edition) -> None:
    """An edition was published: readers see a machine's text if nobody has accepted it."""
    drafts = MachineDraft.objects.filter(edition=edition)
    drafts.filter(accepted_at__isnull=True).update(shown_unreviewed=True)
    drafts.filter(accepted_at__isnull=False).update(shown_unreviewed=False)


def unreviewed(works: Collection[int]) -> frozenset[tuple[int, str]]:
    """Of some works, the editions in which readers see unreviewed text: numbers and languages."""
    if not works:
        return frozenset()
    rows = MachineDraft.objects.filter(
        shown_unreviewed=True, edition__live=True, edition__work_id__in=works
    )
    return frozenset(rows.values_list("edition__work_id", "edition__locale__language_code"))
