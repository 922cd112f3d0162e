"""Where the works of a list stand in each language, found in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from wagtail_localize.models import Translation

from cms.languages import INTERFACE_CODES
from publications.models import Edition, Work
from translations.models import EditionText, MachineDraft, TranslationRequest


class State(TextChoices):
    """Where a work stands in a language."""

    ORIGINAL = "original", _("Original")
    TRANSLATED = "translated", _("Translated")
    OUT_OF_DATE = "out_of_date", _("Out of date")
    MACHINE = "machine", _("Machine draft")
    BEGUN = "begun", _("Begun, not published")
    ASKED = "asked", _("Asked for")
    MISSING = "missing", _("Missing")


@dataclass(frozen=True, slots=True)
class Standing:
    """An edition as the board needs it."""

    key: int
    work: int
    group: UUID
    locale: int
    language: str
    title: str
    live: bool
    path: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A work in a language. ``edition`` is ``None`` where there is none, and never otherwise."""

    language: str
    state: State
    edition: Standing | None = None
    asked: bool = False


@dataclass(frozen=True, slots=True)
class WorkRow:
    """A work on the board: its original edition, and a cell for each language of the pages."""

    work: int
    original: Standing | None
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is known of editions beside themselves, by their keys; and what is asked for."""

    out_of_date: frozenset[int]
    machine: frozenset[int]
    asked: frozenset[tuple[int, str]]
    sources: Mapping[UUID, frozenset[int]]


def find_rows(works: Collection[int]) -> dict[int, WorkRow]:
    """The rows of some works by their numbers, whoever asks."""
    editions = _editions(works)
    marks = _marks(works)
    return {work: _row(work, editions.get(work, []), marks) for work in works}


def _editions(works: Collection[int]) -> dict[int, list[Standing]]:
    """The editions of each work, the oldest first."""
    rows = Edition.objects.real().filter(work_id__in=works).order_by("pk")
    columns = ("pk", "work_id", "translation_key", "locale_id", "locale__language_code")
    found: dict[int, list[Standing]] = defaultdict(list)
    for row in rows.values_list(*columns, "title", "live", "path"):
        standing = Standing(*row)
        found[standing.work].append(standing)
    return found


def _marks(works: Collection[int]) -> _Marks:
    old = EditionText.objects.out_of_date().filter(edition__work_id__in=works)
    machine = MachineDraft.objects.filter(accepted_at__isnull=True, edition__work_id__in=works)
    asked = TranslationRequest.objects.filter(done_at__isnull=True, work_id__in=works)
    return _Marks(
        out_of_date=frozenset(old.values_list("edition_id", flat=True)),
        machine=frozenset(machine.values_list("edition_id", flat=True)),
        asked=frozenset(asked.order_by().values_list("work_id", "language")),
        sources=_sources(works),
    )


def _sources(works: Collection[int]) -> dict[UUID, frozenset[int]]:
    """The locales that each work is translated from, where wagtail-localize does it."""
    groups = Work.objects.filter(pk__in=works).order_by().values("translation_key")
    rows = Translation.objects.filter(enabled=True, source__object_id__in=groups)
    found: dict[UUID, set[int]] = defaultdict(set)
    for group, locale in rows.values_list("source__object_id", "source__locale_id"):
        found[group].add(locale)
    return {group: frozenset(locales) for group, locales in found.items()}


def _row(work: int, editions: list[Standing], marks: _Marks) -> WorkRow:
    original = _original(editions, marks)
    by_language = {edition.language: edition for edition in reversed(editions)}
    cells = {}
    for code in INTERFACE_CODES:
        edition = by_language.get(code)
        asked = (work, code) in marks.asked
        state = _state(edition, edition is not None and edition == original, asked, marks)
        cells[code] = Cell(code, state, edition, asked)
    return WorkRow(work, original, cells)


def _original(editions: Iterable[Standing], marks: _Marks) -> Standing | None:
    """The edition that others are translated from, else the oldest."""
    rows = list(editions)
    sources = [row for row in rows if row.locale in marks.sources.get(row.group, ())]
    return next(iter([*sources, *rows]), None)


def _state(edition: Standing | None, is_original: bool, asked: bool, marks: _Marks) -> State:
    if edition is None:
        return State.ASKED if asked else State.MISSING
    if is_original:
        return State.ORIGINAL
    if edition.key in marks.machine:
        return State.MACHINE
    if not edition.live:
        return State.BEGUN
    return State.OUT_OF_DATE if edition.key in marks.out_of_date else State.TRANSLATED
