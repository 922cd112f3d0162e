"""What the library holds for a reader: works, counted and listed by what they share.

Everything is asked of the database, with a number of queries that does not depend on how many
works there are, and nothing of a work that the reader may not see is counted or named.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.utils import timezone

from cms.languages import BY_CODE, INTERFACE_CODES
from publications.access import Reader
from publications.models import Edition, EditionFile, Work, WorkOrganisation
from publications.restrictions import Restrictions
from search.catalogue import demonstration_works


@dataclass(frozen=True, slots=True)
class Card:
    """A work in a list: the edition to show, and whether it is demonstration."""

    edition: Edition
    demonstration: bool


class _Row(NamedTuple):
    """An edition that the reader may see."""

    key: int
    language: str
    kind: str


class Holdings:
    """The works that a reader may see now."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._restrictions = Restrictions()
        self._editions = self._visible_editions()

    @property
    def works(self) -> Collection[int]:
        """The numbers of all works."""
        return self._editions.keys()

    def edition_keys(self, works: Iterable[int]) -> list[int]:
        """The keys of the editions of some works."""
        return [row.key for work in works for row in self._editions.get(work, ())]

    def _visible_editions(self) -> dict[int, list[_Row]]:
        kinds = {
            key: model.kind
            for model in Edition.__subclasses__()
            for key in [ContentType.objects.get_for_model(model).pk]
        }
        current = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
        rows = Edition.objects.live().real().filter(current)
        admitted = cache(self._reader.admitted_by)
        found: dict[int, list[_Row]] = defaultdict(list)
        for key, path, work, language, kind in rows.values_list(
            "pk", "path", "work_id", "locale__language_code", "content_type_id"
        ):
            if admitted(self._restrictions.page(key, path)):
                found[work].append(_Row(key, language, kinds.get(kind, "")))
        return dict(found)

    # Counted by what works share: values of search's facets, so that a count is what a click gives.

    def kinds(self) -> Counter[str]:
        """Works of each kind."""
        return Counter(rows[0].kind for rows in self._editions.values())

    def languages(self) -> Counter[str]:
        """Works that have an edition or a file in each language."""
        spoken: dict[int, set[str]] = {
            work: {row.language for row in rows} for work, rows in self._editions.items()
        }
        for work, language in self._file_languages():
            spoken[work].add(language)
        return Counter(chain.from_iterable(spoken.values()))

    def _file_languages(self) -> Iterable[tuple[int, str]]:
        editions = {row.key: (work, row) for work, rows in self._editions.items() for row in rows}
        files = EditionFile.objects.filter(
            Q(embargo_until=None) | Q(embargo_until__lte=timezone.now()), number__isnull=False
        )
        for edition, stated, read, collection in files.values_list(
            "edition_id", "language", "document__reading__language", "document__collection_id"
        ):
            if edition not in editions:
                continue
            if self._reader.admitted_by(self._restrictions.collection(collection)):
                work, row = editions[edition]
                yield work, stated or (read if read in BY_CODE else "") or row.language

    def years(self) -> Counter[int]:
        """Works of each year."""
        rows = Work.objects.exclude(date=None).values_list("pk", "date__year")
        return Counter(year for work, year in rows if work in self._editions)

    def themes(self) -> Counter[str]:
        """Works filed under each theme, by its slug."""
        return self._shared(Work.themes.through, "concept__slug")

    def countries(self) -> Counter[str]:
        """Works about each country, by its code."""
        return self._shared(Work.countries.through, "country_id")

    def places(self) -> Counter[str]:
        """Works about each place, by its slug."""
        return self._shared(Work.places.through, "place__slug")

    def activities(self) -> Counter[str]:
        """Works of each activity, by its slug."""
        return self._shared(Work.activities.through, "activity__slug")

    def levels(self) -> Counter[str]:
        """Works of activities at each level."""
        return self._shared(Work.activities.through, "activity__level")

    def organisations(self) -> Counter[str]:
        """Works in which each organisation has a part, by its slug."""
        return Counter(slug for _work, slug in self._organisation_pairs)

    def _shared(self, through: type[Model], value: str) -> Counter[str]:
        pairs = set(through._default_manager.values_list("work_id", value))
        return Counter(shared for work, shared in pairs if work in self._editions)

    @cached_property
    def _organisation_pairs(self) -> set[tuple[int, str]]:
        parts = WorkOrganisation.objects.values_list("work_id", "organisation__slug")
        places = Work.objects.exclude(municipality=None).values_list("pk", "municipality__slug")
        return {pair for pair in chain(parts, places) if pair[0] in self._editions}

    # Listed.

    def cards(self, works: Iterable[int], language: str, limit: int | None = None) -> list[Card]:
        """Some works, the newest first, each by its edition nearest to a language."""
        order = self.newest_first(works)[:limit]
        shown = [self._nearest(self._editions[work], language) for work in order]
        rows: Mapping[int, Any] = Edition.objects.select_related("work", "locale").in_bulk(shown)
        demonstration = demonstration_works(order)
        editions = [rows[key] for key in shown if key in rows]
        return [Card(edition, edition.work_id in demonstration) for edition in editions]

    def newest_first(self, works: Iterable[int]) -> list[int]:
        """Those of some works that the reader may see, by their dates."""
        wanted = [work for work in works if work in self._editions]
        dated = Work.objects.filter(pk__in=wanted).values_list("pk", "date")
        ordered = sorted(dated, key=lambda row: (row[1] is None, -_day(row[1]), row[0]))
        return [work for work, _date in ordered]

    @staticmethod
    def _nearest(rows: Iterable[_Row], language: str) -> int:
        def distance(row: _Row) -> tuple[bool, int]:
            return row.language != language, INTERFACE_CODES.index(row.language)

        return min(rows, key=distance).key


def _day(date: Any) -> int:
    return date.toordinal() if date else 0
