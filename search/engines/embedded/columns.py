"""What a reader's process holds of every work in memory: numpy columns, and masks over them.

A `Columns` never changes; a change makes a new one, so a search goes on with the one it began
with. Slots are positions in its arrays and mean nothing outside of it.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.plan import Plan
from search.records import FACETS, Visibility

Mask = NDArray[np.bool_]
Slots = NDArray[np.int64]
Table = NDArray[np.void]

_WORKS = np.dtype([("number", "i8"), ("date", "i8")])
_EDITIONS = np.dtype([("work", "i8"), ("id", "i8"), ("language", "i8"), ("visibility", "i8")])
_SLICES = np.dtype([("edition", "i8"), ("ordinal", "i8"), ("visibility", "i8")])
_LANGUAGES = np.dtype([("edition", "i8"), ("language", "i8"), ("visibility", "i8")])
_VALUES = np.dtype([("work", "i8"), ("value", "i8")])

UNDATED = -1
"""Stands for a missing date: smaller than any ordinal of the calendar."""

LISTED_FACETS = tuple(facet for facet in FACETS if facet != "language")
"""Facets whose values do not depend on the reader; languages depend on what they may see."""

_FIRST, _LAST = np.iinfo(np.int64).min, np.iinfo(np.int64).max


class Numbering:
    """Gives each new value the next number; numbers are never taken back."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self._numbers: dict[Hashable, int] = {}

    def __call__(self, value: Hashable) -> int:
        number = self._numbers.get(value)
        if number is None:
            number = self._numbers[value] = len(self.values)
            self.values.append(value)
        return number

    def find(self, value: Hashable) -> int:
        """The number of a value, -1 when it never came."""
        return self._numbers.get(value, -1)


class Numberings:
    """The numberings shared by all columns of a generation."""

    def __init__(self) -> None:
        self.visibility = Numbering()
        self.facets = {facet: Numbering() for facet in FACETS}

    @property
    def language(self) -> Numbering:
        return self.facets["language"]

    def admitted(self, audiences: frozenset[str], now: int) -> Mask:
        """For each known visibility, whether it admits a reader."""
        return np.array(
            [
                audience in audiences
                and (since is None or since <= now)
                and (until is None or now < until)
                for audience, since, until in self.visibility.values
            ],
            dtype=bool,
        )


@dataclass(frozen=True)
class Columns:
    """All works of a generation at one change."""

    change: int
    numberings: Numberings
    works: Table
    editions: Table
    slices: Table
    languages: Table
    values: Mapping[str, Table]

    @classmethod
    def empty(cls) -> Columns:
        return cls(
            change=-1,
            numberings=Numberings(),
            works=np.zeros(0, _WORKS),
            editions=np.zeros(0, _EDITIONS),
            slices=np.zeros(0, _SLICES),
            languages=np.zeros(0, _LANGUAGES),
            values={facet: np.zeros(0, _VALUES) for facet in LISTED_FACETS},
        )

    def changed(self, change: int, rows: Iterable[tuple[int, str | None]]) -> Columns:
        """The columns after a change.

        ``rows`` are the changed works, each with what `work_columns` made of it (``None`` for
        a removed one), in the order in which their ordinals were given.
        """
        rows = list(rows)
        kept = self._without([work for work, _ in rows])
        added = _Added(self.numberings, len(kept.works), len(kept.editions))
        for work, columns in rows:
            if columns is not None:
                added.add(work, json.loads(columns))
        return Columns(
            change=change,
            numberings=self.numberings,
            works=_joined(kept.works, added.works),
            editions=_joined(kept.editions, added.editions),
            slices=_joined(kept.slices, added.slices),
            languages=_joined(kept.languages, added.languages),
            values={
                facet: _joined(kept.values[facet], added.values[facet]) for facet in LISTED_FACETS
            },
        )

    def _without(self, numbers: list[int]) -> Columns:
        """The columns without some works."""
        works = ~np.isin(self.works["number"], numbers)
        if works.all():
            return self
        editions = works[self.editions["work"]]
        return Columns(
            change=self.change,
            numberings=self.numberings,
            works=self.works[works],
            editions=_renumbered(self.editions[editions], "work", works),
            slices=_children(self.slices, "edition", editions),
            languages=_children(self.languages, "edition", editions),
            values={facet: _children(table, "work", works) for facet, table in self.values.items()},
        )

    def slots_of_slices(self, ordinals: NDArray[np.int64]) -> Slots:
        """Slots of slices by their ordinals; -1 for an ordinal that is no longer (or not yet)."""
        known = self.slices["ordinal"]
        if not len(known):
            return np.full(len(ordinals), -1)
        slots = np.minimum(np.searchsorted(known, ordinals), len(known) - 1)
        return np.where(known[slots] == ordinals, slots, -1)

    def slots_of_works(self, numbers: Iterable[int]) -> dict[int, int]:
        """Slots of works by their numbers; unknown ones are left out."""
        wanted = list(numbers)
        found = np.flatnonzero(np.isin(self.works["number"], wanted))
        return {int(self.works["number"][slot]): int(slot) for slot in found}

    def values_of(self, facet: str, work: int) -> list[str]:
        """The values that a work has in a facet of `LISTED_FACETS`."""
        table, values = self.values[facet], self.numberings.facets[facet].values
        return [values[number] for number in table["value"][table["work"] == work]]


class View:
    """What one reader may see of the columns at one time."""

    def __init__(self, columns: Columns, plan: Plan) -> None:
        self.columns = columns
        admitted = columns.numberings.admitted(plan.audiences, plan.now)
        self._admitted = admitted
        self.editions: Mask = admitted[columns.editions["visibility"]]
        slices = columns.slices
        # A file is seen only where its edition is: without its page it has no place.
        self.slices: Mask = admitted[slices["visibility"]] & self.editions[slices["edition"]]
        self.works = self.works_of(self.editions)

    def works_of(self, editions: Mask) -> Mask:
        """The works of some editions."""
        works = np.zeros(len(self.columns.works), dtype=bool)
        works[self.columns.editions["work"][editions]] = True
        return works

    @cached_property
    def languages(self) -> Mask:
        """For each work and language number, whether the reader sees an edition or file in it."""
        columns = self.columns
        table = columns.languages
        seen = self._admitted[table["visibility"]] & self.editions[table["edition"]]
        works = columns.editions["work"]
        result = np.zeros((len(columns.works), len(columns.numberings.language.values)), bool)
        result[works[self.editions], columns.editions["language"][self.editions]] = True
        result[works[table["edition"][seen]], table["language"][seen]] = True
        return result

    def with_value(self, facet: str, chosen: frozenset[str]) -> Mask:
        """The works that have any of the chosen values."""
        numbering = self.columns.numberings.facets[facet]
        numbers = [numbering.find(value) for value in chosen]
        if facet == "language":
            known = [number for number in numbers if number >= 0]
            return np.asarray(self.languages[:, known].any(axis=1))
        table = self.columns.values[facet]
        works = np.zeros(len(self.columns.works), dtype=bool)
        works[table["work"][np.isin(table["value"], numbers)]] = True
        return works

    def counts(self, facet: str, works: Mask) -> tuple[tuple[str, int], ...]:
        """How many of some works have each value, most frequent first."""
        values = self.columns.numberings.facets[facet].values
        if facet == "language":
            counts = self.languages[works].sum(axis=0)
        else:
            table = self.columns.values[facet]
            counts = np.bincount(table["value"][works[table["work"]]], minlength=len(values))
        found = [(values[number], int(counts[number])) for number in np.flatnonzero(counts)]
        return tuple(sorted(found, key=lambda pair: (-pair[1], pair[0])))


class _Added:
    """Collects the rows of new works."""

    def __init__(self, numberings: Numberings, works: int, editions: int) -> None:
        self._numberings = numberings
        self._first_work, self._first_edition = works, editions
        self.works: list[tuple[int, ...]] = []
        self.editions: list[tuple[int, ...]] = []
        self.slices: list[tuple[int, ...]] = []
        self.languages: list[tuple[int, ...]] = []
        self.values: dict[str, list[tuple[int, ...]]] = {facet: [] for facet in LISTED_FACETS}

    def add(self, number: int, columns: dict[str, Any]) -> None:
        work = self._first_work + len(self.works)
        edition = self._first_edition + len(self.editions)
        language, visibility = self._numberings.language, self._numberings.visibility
        self.works.append((number, UNDATED if columns["date"] is None else columns["date"]))
        for own, code, *rule in columns["editions"]:
            self.editions.append((work, own, language(code), visibility(tuple(rule))))
        for index, ordinal, *rule in columns["slices"]:
            self.slices.append((edition + index, ordinal, visibility(tuple(rule))))
        for index, code, *rule in columns["files"]:
            self.languages.append((edition + index, language(code), visibility(tuple(rule))))
        for facet, found in self.values.items():
            numbering = self._numberings.facets[facet]
            found.extend((work, numbering(value)) for value in columns[facet])


def visibility_row(visibility: Visibility) -> tuple[str, int | None, int | None]:
    """A visibility as `Columns` reads it."""
    return (visibility.audience, visibility.visible_from, visibility.visible_until)


def _joined(table: Table, rows: list[tuple[int, ...]]) -> Table:
    return np.concatenate([table, np.array(rows, dtype=table.dtype)]) if rows else table


def _children(table: Table, parent: str, kept: Mask) -> Table:
    return _renumbered(table[kept[table[parent]]], parent, kept)


def _renumbered(table: Table, parent: str, kept: Mask) -> Table:
    """A table of kept rows whose parents' slots moved together."""
    table = table.copy()
    table[parent] = (np.cumsum(kept) - 1)[table[parent]]
    return table
