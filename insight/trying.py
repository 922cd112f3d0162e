"""What searches would find with other labels of a concept, before they are saved.

The searches of the last weeks that were written down are asked twice, once with the glossary as it
is and once with a concept's labels as they stand in a form: both with everything else the same,
as a reader without an account would ask. Nothing is stored.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from insight.keys import week_of
from insight.models import QueryCount
from publications.access import Reader
from search.address import Address
from search.asking import Asking, ask
from search.concepts import labels_by_concept
from search.engine import get_engine
from search.engines.base import Engine, Hit, Results
from search.expansions import AddedLabel
from search.query import parse
from search.query.concepts import Labels, Matcher

WEEKS = 5
"""Searches of so many weeks are looked at: the last month, and the week that runs."""

MAX_EXAMINED = 2000
"""Searches whose words are compared with the labels, the most frequent ones."""

MAX_TRIED = 50
"""Of those whose concepts change, so many are asked twice."""

MAX_SECONDS = 20.0
"""When trying took so long, the rest is left out, and the page says so."""

FIRST = 5
"""Results that are compared: what a reader sees without scrolling far."""


@dataclass(frozen=True, slots=True)
class Side:
    """What a search finds, before or after: its first works, and the labels it adds."""

    total: int
    at_least: bool
    hits: tuple[Hit, ...]
    labels: tuple[AddedLabel, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A search that would change. ``visits`` is how often it was asked."""

    text: str
    language: str
    visits: int
    before: Side
    after: Side

    @property
    def coming(self) -> frozenset[int]:
        """Works that come among the first."""
        return _works(self.after) - _works(self.before)

    @property
    def going(self) -> frozenset[int]:
        """Works that are no longer among the first."""
        return _works(self.before) - _works(self.after)

    @property
    def is_seen(self) -> bool:
        """Whether a reader would see other works, in another order, or another number of them."""
        before, after = self.before, self.after
        same = [hit.work for hit in before.hits] == [hit.work for hit in after.hits]
        return not same or before.total != after.total


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of trying: of ``affected`` searches, those ``tried``."""

    examined: int
    affected: int
    tried: tuple[Difference, ...]


def try_labels(slug: str, labels: Labels | None, old_slug: str = "") -> Trial:
    """Compare the searches of the last month with other labels of one concept.

    ``labels`` are its labels per language, the preferred one first. ``old_slug`` is the concept
    that is changed, if it is stored under another identifier. Raises ``EngineUnavailable``.
    """
    stored = labels_by_concept()
    changed = {key: value for key, value in stored.items() if key not in (slug, old_slug)}
    if labels:
        changed[slug] = labels
    before, after = Matcher(stored), Matcher(changed)
    examined = list(frequent_searches())
    affected = [row for row in examined if _concepts_differ(row[0], before, after)]
    engine = get_engine()
    return Trial(len(examined), len(affected), tuple(_try(affected, before, after, engine)))


def frequent_searches() -> Iterator[tuple[str, str, int]]:
    """The searches of the last month: text, language and visits, the most frequent first."""
    first = week_of(timezone.localdate()) - datetime.timedelta(weeks=WEEKS - 1)
    rows = QueryCount.objects.filter(week__gte=first).exclude(text="").order_by()
    sums = rows.values_list("text", "language").annotate(sum=Sum("visits"))
    yield from sums.order_by("-sum", "text", "language")[:MAX_EXAMINED]


def _try(
    searches: list[tuple[str, str, int]], before: Matcher, after: Matcher, engine: Engine
) -> Iterator[Difference]:
    deadline = time.monotonic() + MAX_SECONDS
    for text, language, visits in searches[:MAX_TRIED]:
        if time.monotonic() > deadline:
            return
        sides = [_side(_asking(text, language, matcher), engine) for matcher in (before, after)]
        yield Difference(text, language, visits, *sides)


def _concepts_differ(text: str, before: Matcher, after: Matcher) -> bool:
    parsed = parse(text)
    return before.find(parsed) != after.find(parsed)


def _asking(text: str, language: str, matcher: Matcher) -> Asking:
    return ask(Address(text), language, Reader(), find=matcher.find)


def _side(asking: Asking, engine: Engine) -> Side:
    found: Results = engine.search(asking.plan)
    return Side(found.total, found.at_least, found.hits[:FIRST], tuple(asking.related))


def _works(side: Side) -> frozenset[int]:
    return frozenset(hit.work for hit in side.hits)


def ordered_labels(rows: Mapping[tuple[str, bool], list[str]]) -> Labels:
    """Labels by language and whether they are preferred, as a matcher wants them."""
    languages = {language for language, _preferred in rows}
    return {
        language: (*rows.get((language, True), ()), *rows.get((language, False), ()))
        for language in sorted(languages)
    }
