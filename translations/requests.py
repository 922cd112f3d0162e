"""What is asked for: a work in a language in which it is not there, or no longer right."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cms.languages import INTERFACE_CODES
from publications.editable import editable_works
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


def withdrawable(works: Collection[int], user: Any) -> frozenset[tuple[int, str]]:
    """The open requests of some works that a user may withdraw: numbers and languages.

    Those are their own, and all of a work of which they may change an edition.
    """
    rows = TranslationRequest.objects.filter(done_at__isnull=True, work_id__in=works)
    theirs = editable_works(user).order_by().values("pk")
    rows = rows.filter(Q(asked_by=user) | Q(work_id__in=theirs))
    return frozenset(rows.order_by().values_list("work_id", "language"))


def withdraw(work: int, language: str) -> bool:
    """Take an open request back; says whether there was one."""
    rows = TranslationRequest.objects.filter(work_id=work, language=language, done_at=None)
    return bool(rows.delete()[0])


def fulfil(edition: Edition) -> None:
    """An edition was published: what was asked for in its language is done."""
    TranslationRequest.objects.filter(
        work_id=edition.work_id, language=edition.language, done_at__isnull=True
    ).update(done_at=timezone.now())
