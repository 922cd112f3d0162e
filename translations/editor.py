"""What a translator is told, and can do, when an edition is opened for editing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.labels import language_label, list_label, number_label
from cms.languages import INTERFACE_CODES
from publications.models import Edition
from translations.board import Action
from translations.machine import open_draft
from translations.models import EditionText, TranslationRequest
from translations.requests import withdrawable
from translations.texts import find_translation, waiting_segments


def notices(edition: Edition) -> Iterator[str]:
    """The notices of an edition: a machine's text, and what changed in the original."""
    draft = open_draft(edition)
    if draft is not None:
        text = _(
            "A machine (%(translator)s) translated text of this edition. Readers are told so "
            "until somebody accepts it with “Accept the machine translation”."
        )
        yield text % {"translator": draft.translator}
    changed = _changed(edition)
    if changed:
        yield changed


def board_url(edition: Edition) -> str:
    """The address of a work's row on the board."""
    return f"{reverse('translation_board')}?{urlencode({'work': edition.work_id})}"


def actions_for(edition: Edition, user: Any) -> Iterator[Action]:
    """What can be done from an edition's header: accept its machine draft, ask for others.

    What was asked for can be withdrawn by who asked, and by who may change the edition.
    """
    if open_draft(edition) is not None:
        name = _("Accept the machine translation")
        yield Action(name, name, reverse("translation_accept", args=[edition.pk]))
    for code in _missing_languages(edition):
        name = _("Ask for a translation into %(language)s") % {"language": language_label(code)}
        yield Action(name, name, reverse("translation_ask", args=[edition.work_id, code]))
    for work, code in sorted(withdrawable([edition.work_id], user)):
        name = _("Withdraw the request for %(language)s") % {"language": language_label(code)}
        yield Action(name, name, reverse("translation_withdraw", args=[work, code]))


def _missing_languages(edition: Edition) -> list[str]:
    """The languages in which the work has no edition and nobody has asked for one."""
    there = Edition.objects.real().filter(work_id=edition.work_id)
    asked = TranslationRequest.objects.filter(work_id=edition.work_id, done_at__isnull=True)
    found = set(there.values_list("locale__language_code", flat=True))
    found.update(asked.values_list("language", flat=True))
    return [code for code in INTERFACE_CODES if code not in found]


def _changed(edition: Edition) -> str:
    """What of the original has changed since, as far as it can be told."""
    if not EditionText.objects.out_of_date().filter(edition=edition).exists():
        return ""
    translation = find_translation(edition)
    if translation is None:
        return _(
            "The original was changed since this translation was made. Compare them; where the "
            "translation is still right, say so on the board of translations."
        )
    waiting = waiting_segments(translation)
    if not waiting:
        return _("All that changed in the original is translated. Publish it.")
    return ngettext(
        "%(number)s part of the original waits for a translation: %(fields)s. An earlier "
        "translation stays in its place until you change it, or save it as it is.",
        "%(number)s parts of the original wait for a translation: %(fields)s. An earlier "
        "translation stays in its place until you change it, or save it as it is.",
        len(waiting),
    ) % {"number": number_label(len(waiting)), "fields": field_names(edition, waiting)}


def field_names(edition: Edition, segments: Iterable[Any]) -> str:
    """What editors call the fields that some segments stand in, each once."""
    names = dict.fromkeys(_field_name(edition, segment.context.path) for segment in segments)
    return list_label(names)


def _field_name(edition: Edition, place: str) -> str:
    """What editors call the field that a segment stands in."""
    field = edition.specific._meta.get_field(place.split(".")[0])
    return str(capfirst(field.verbose_name))
