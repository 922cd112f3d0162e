"""Trying the links that are due: a few at a time, each server seldom, with what came of it."""

from __future__ import annotations

import datetime
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from insight.links import FAILED_DAYS
from insight.links.trying import Outcome, try_address
from insight.models import LinkCheck

BATCH = 40
"""Links that are tried in one go."""

PER_HOST = 4
"""Of these, links to one server."""

PAUSE_SECONDS = 1.0
"""Between two requests to the same server."""

BATCH_SECONDS = 120.0
"""After so long the rest is left for the next time: files wait to be read, too."""

WHEN_FINE = datetime.timedelta(days=7)
WHEN_FAILED = datetime.timedelta(days=1)

State = LinkCheck.State


def due_links() -> QuerySet[LinkCheck]:
    """Links to be tried, those first that have waited longest."""
    due = Q(next_check=None) | Q(next_check__lte=timezone.now())
    return LinkCheck.objects.filter(due).order_by(F("next_check").asc(nulls_first=True), "pk")


def broken_links() -> QuerySet[LinkCheck]:
    """Links that editors are told of."""
    return LinkCheck.objects.filter(state=State.FAILED, failed_days__gte=FAILED_DAYS)


def check_due_links(pause_seconds: float = PAUSE_SECONDS) -> int:
    """Try a batch of links that are due; says how many. It needs no transaction.

    Where no server at all could be reached, our own network is down, and nobody failed.
    """
    if not settings.LINK_CHECKS:
        return 0
    tried = list(_try_batch(_chosen(), pause_seconds))
    hosts = {_host(link) for link, _outcome in tried}
    if len(hosts) > 1 and all(outcome.is_unreached for _link, outcome in tried):
        keys = [link.pk for link, _outcome in tried]
        LinkCheck.objects.filter(pk__in=keys).update(next_check=timezone.now() + WHEN_FAILED / 24)
        return 0
    for link, outcome in tried:
        note(link, outcome)
    return len(tried)


def note(link: LinkCheck, outcome: Outcome) -> None:
    """Store what became of trying a link; a failure counts once a day."""
    now = timezone.now()
    link.state, link.problem, link.last_checked = outcome.state, outcome.problem, now
    link.next_check = now + (WHEN_FINE if outcome.state == State.FINE else WHEN_FAILED)
    if outcome.state == State.FAILED:
        if link.last_failed is None or link.last_failed.date() != now.date():
            link.failed_days = min(link.failed_days + 1, 1000)
        link.first_failed, link.last_failed = link.first_failed or now, now
    elif outcome.state == State.FINE:
        link.failed_days, link.first_failed, link.last_failed = 0, None, None
    link.save()


def _chosen() -> list[LinkCheck]:
    """The links of a batch: no more of one server than are polite."""
    count: Counter[str] = Counter()
    chosen: list[LinkCheck] = []
    for link in due_links()[: BATCH * 10]:
        count[_host(link)] += 1
        if count[_host(link)] <= PER_HOST and len(chosen) < BATCH:
            chosen.append(link)
    return chosen


def _try_batch(links: list[LinkCheck], pause: float) -> Iterator[tuple[LinkCheck, Outcome]]:
    began, last = time.monotonic(), ""
    for link in _taking_turns(links):
        if time.monotonic() - began > BATCH_SECONDS:
            return
        if _host(link) == last:
            time.sleep(pause)
        last = _host(link)
        yield link, try_address(link.url)


def _taking_turns(links: list[LinkCheck]) -> list[LinkCheck]:
    """The links ordered so that servers take turns."""
    turn: Counter[str] = Counter()
    order: list[tuple[int, int, LinkCheck]] = []
    for number, link in enumerate(links):
        order.append((turn[_host(link)], number, link))
        turn[_host(link)] += 1
    return [link for _turn, _number, link in sorted(order, key=lambda row: row[:2])]


def _host(link: LinkCheck) -> str:
    return urlsplit(link.url).netloc.lower()
