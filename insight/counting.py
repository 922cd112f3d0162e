"""Counting searches as they happen: how often, what they found, whether a result was opened.

Counted is a question that a reader puts to the whole library, once a day: its filters, further
pages and other ways of searching belong to the same visit. A question that may hold something
personal counts among all searches and leaves nothing else behind.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import DatabaseError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from cms.addresses import client_address
from insight.keys import query_mark, visit_mark, week_of
from insight.models import QueryCount, Visit, WeekCount
from insight.personal import may_be_personal, plain
from insight.visits import is_on, is_readers
from search.address import Address
from search.asking import Asking
from search.engines.base import Hit

logger = logging.getLogger(__name__)

TEXT_AFTER = 3
"""A question's text is written down when it was asked in so many visits of one week."""

MAX_VISITS = 200_000
"""Visits that are told apart in a day; what comes after is not counted, whoever sends it."""

MAX_QUERIES = 50_000
"""Questions without a text that are told apart in a week."""

_signer = Signer(salt="insight.opened", sep=".")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a search found. ``by_meaning`` says that no word of it was found on the first page."""

    nothing: bool = False
    by_meaning: bool = False

    @classmethod
    def of(cls, hits: Sequence[Hit], total: int) -> Outcome:
        """The outcome of a search with these hits on its first page."""
        only_meaning = bool(hits) and all(hit.reasons == ("meaning",) for hit in hits)
        return cls(nothing=not total, by_meaning=only_meaning)

    def added(self) -> dict[str, Any]:
        """What it adds to counters."""
        return {
            "visits": F("visits") + 1,
            "nothing": F("nothing") + int(self.nothing),
            "by_meaning": F("by_meaning") + int(self.by_meaning),
        }


def note_search(
    request: HttpRequest,
    query: Asking,
    hits: Sequence[Hit],
    total: int,
    language: str,
    **_kwargs: Any,
) -> None:
    """Count a search told by ``search.signals.searched`` and keep its token for the links.

    A search that had to go on without its meaning and found nothing is left for its next time.
    """
    address = Address.read(request.GET)
    if not _is_whole(address) or (query.is_late and not total):
        return
    if not is_on() or not is_readers(request):
        return
    outcome = Outcome.of(hits, total)
    token = count(
        address.q, language, outcome, client_address(request), request.headers["User-Agent"]
    )
    request.opened_token = token  # type: ignore[attr-defined]


def count(text: str, language: str, outcome: Outcome, address: str, browser: str) -> str:
    """Count a search, unless this visitor asked the same today; gives the token of its links."""
    today, text = timezone.localdate(), plain(text)
    personal = may_be_personal(text)
    with transaction.atomic():
        visit, is_new = _visit(today, address, browser, text)
        if visit is None:
            return ""
        if is_new:
            _add(WeekCount, outcome, week=week_of(today), language=language)
        query = None if personal else _query(today, text, language, is_new)
        if is_new and query is not None:
            _add_to(query, outcome, text)
    return _signer.sign(f"{visit.pk}-{query.pk if query else 0}-{language}")


def count_opened(token: str) -> bool:
    """Raise the counters of a search of today by whose link a result was opened, once.

    A token that was not made here, or on another day, raises nothing; says whether one did.
    """
    try:
        visit, query, language = _signer.unsign(token).split("-")
    except (BadSignature, ValueError):
        return False
    today = timezone.localdate()
    with transaction.atomic():
        unopened = Visit.objects.filter(pk=int(visit), day=today, opened=False)
        if not unopened.update(opened=True):
            return False
        more = {"opened": F("opened") + 1}
        WeekCount.objects.filter(week=week_of(today), language=language).update(**more)
        QueryCount.objects.filter(pk=int(query), week=week_of(today)).update(**more)
    return True


def count_opened_safely(token: str) -> None:
    """The same, where the page that is opened matters more than its counter."""
    try:
        count_opened(token)
    except DatabaseError:
        logger.exception("An opened result was not counted.")


def _is_whole(address: Address) -> bool:
    """Whether a question is put to the whole library, in the ordinary way."""
    narrowed = address.filters or address.own_language or address.exact or not address.related
    return bool(address.q) and address.page == 1 and not narrowed


def _visit(
    today: datetime.date, address: str, browser: str, text: str
) -> tuple[Visit | None, bool]:
    """The visit, and whether it is a new one; none when there were too many today."""
    mark = visit_mark(today, address, browser, text)
    visit = Visit.objects.filter(mark=mark).first()
    if visit is None and Visit.objects.filter(day=today).count() >= MAX_VISITS:
        return None, False
    return Visit.objects.get_or_create(mark=mark, defaults={"day": today})


def _query(today: datetime.date, text: str, language: str, is_new: bool) -> QueryCount | None:
    """The counters of a question; they are made where a visit is new, if there are not too many."""
    week = week_of(today)
    row: dict[str, Any] = {
        "week": week,
        "language": language,
        "mark": query_mark(today, text),
    }
    found = QueryCount.objects.filter(**row).first()
    if found is None and is_new:
        if QueryCount.objects.filter(week=week, text="").count() >= MAX_QUERIES:
            return None
        found, _ = QueryCount.objects.get_or_create(**row)
    return found


def _add(model: type[WeekCount], outcome: Outcome, **row: Any) -> None:
    model.objects.get_or_create(**row)
    model.objects.filter(**row).update(**outcome.added())


def _add_to(query: QueryCount, outcome: Outcome, text: str) -> None:
    """Count a visit of a question, and write its text down when that makes three."""
    rows = QueryCount.objects.filter(pk=query.pk)
    rows.update(**outcome.added())
    rows.filter(text="", visits__gte=TEXT_AFTER).update(text=text[:400])
