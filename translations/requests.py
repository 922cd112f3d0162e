"""What is asked for: a work in a language in which it is not there, or no longer right."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from cms.languages import INTERFACE_CODES
from publications.models import Edition, Work
from translations.models import TranslationRequest

MAX_REASON = 300
"""Characters of a reason that are kept."""


class UnknownLanguage(ValueError):
    """The library has no pages in the language that was asked for."""


def ask_for(
    work: Work | int, language: str, reason: str = "", user: Any = None
) -> TranslationRequest:
    """Ask for a work in a language; gives the open request, which may be an earlier one.

    ``work`` is a work or its number, ``language`` a code of a language with pages, ``reason`` a
    few words for whoever translates. Without a ``user`` it comes from a search without a result.
    Raises ``UnknownLanguage``.
    """
    if language not in INTERFACE_CODES:
        raise UnknownLanguage(language)
    origin = TranslationRequest.Origin.SEARCH if user is None else TranslationRequest.Origin.EDITOR
    request, _made = TranslationRequest.objects.get_or_create(
        work_id=work if isinstance(work, int) else work.pk,
        language=language,
        done_at=None,
        defaults={"origin": origin, "reason": reason[:MAX_REASON], "asked_by": user},
    )
    return request


def fulfil(edition: Edition) -> None:
    """An edition was published: what was asked for in its language is done."""
    TranslationRequest.objects.filter(
        work_id=edition.work_id, language=edition.language, done_at__isnull=True
    ).update(done_at=timezone.now())
