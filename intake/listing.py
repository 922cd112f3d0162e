"""What the intake's pages show: batches, their works, and what editors should know about files."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from intake.kinship import groups, joinable_edition, reasons, visible_edition
from intake.likeness import visible_likenesses
from intake.models import Batch, IncomingFile, Kinship, Likeness, Suggestion
from publications.messages import state_message
from publications.models import Edition, Reading, Work

State = IncomingFile.State


@dataclass(frozen=True)
class BatchSummary:
    """A batch in the list of recent ones."""

    batch: Batch
    files: int
    undecided: int
    created_at: datetime.datetime


def summaries(batches: Iterable[Batch]) -> list[BatchSummary]:
    """How far some batches are; those of which nothing is left are passed over."""
    chosen = list(batches)
    decided = Q(files__state__in=[State.DRAFTED, State.LEFT_OUT])
    here = Q(files__document__isnull=False)
    rows = Batch.objects.filter(pk__in=[batch.pk for batch in chosen]).annotate(
        here=Count("files", filter=here), undecided=Count("files", filter=here & ~decided)
    )
    counts = {row.pk: (row.here, row.undecided) for row in rows}
    return [
        BatchSummary(batch, *counts[batch.pk], batch.created_at)
        for batch in chosen
        if counts[batch.pk][0]
    ]


@dataclass(frozen=True)
class ListedWork:
    """The files of a batch that are, or become, editions of one work."""

    key: Any
    files: list[IncomingFile]
    title: str

    @property
    def is_ready(self) -> bool:
        """Whether there is something to look at."""
        return any(file.state == State.READY for file in self.files)

    @property
    def editions(self) -> list[Edition]:
        """The drafts that were made."""
        return [file.edition for file in self.files if file.edition is not None]


@dataclass(frozen=True)
class ShownWork:
    """A work on the page of a batch, with what is here already of its files."""

    work: ListedWork
    likenesses: list[tuple[Likeness, str]]


@dataclass(frozen=True)
class Proposal:
    """Files that look like one work, and why."""

    files: list[IncomingFile]
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class ListedBatch:
    """A batch as its page shows it."""

    works: list[ListedWork]
    proposals: list[Proposal]
    waiting: int
    ready: int
    drafted: int


def list_batch(files: Sequence[IncomingFile]) -> ListedBatch:
    """The works of a batch, those that wait for the editor first."""
    titles = dict(
        Suggestion.objects.filter(file__in=files, field="title").values_list("file_id", "value")
    )
    by_key: dict[Any, list[IncomingFile]] = defaultdict(list)
    for file in files:
        by_key[file.work_key].append(file)
    works = [
        ListedWork(key, group, str(titles.get(group[0].pk, ""))) for key, group in by_key.items()
    ]
    states = [file.state for file in files]
    return ListedBatch(
        works=sorted(works, key=lambda work: (not work.is_ready, work.files[0].pk)),
        proposals=_proposals(files),
        waiting=states.count(State.WAITING) + states.count(State.LOOKING),
        ready=states.count(State.READY),
        drafted=states.count(State.DRAFTED),
    )


def with_likenesses(works: Sequence[ListedWork], user: Any) -> list[ShownWork]:
    """Some works, those of one page, with what is here already of their files."""
    keys = [file.pk for work in works for file in work.files]
    known: dict[int, str] = {}
    liked = set(Likeness.objects.filter(file__in=keys).values_list("file_id", flat=True))
    return [
        ShownWork(
            work,
            [
                found
                for file in work.files
                if file.pk in liked
                for found in visible_likenesses(file, user, known)
            ],
        )
        for work in works
    ]


def _proposals(files: Sequence[IncomingFile]) -> list[Proposal]:
    ready = [file for file in files if file.state == State.READY]
    keys = {file.pk for file in ready}
    rows = Kinship.objects.filter(file__in=ready, other__isnull=False, refused=False)
    kinships = [row for row in rows if row.other_id in keys]
    return [Proposal(group, reasons(group, kinships)) for group in groups(ready, kinships)]


@dataclass(frozen=True)
class FileDetails:
    """What an editor should know about a file before its draft is made."""

    file: IncomingFile
    reading: Reading | None
    message: str
    likenesses: list[tuple[Likeness, str]]

    @property
    def was_read(self) -> bool:
        """Whether its text is known."""
        return self.reading is not None and self.reading.state == Reading.State.READ


def details(files: Iterable[IncomingFile], user: Any) -> list[FileDetails]:
    """The details of some files."""
    found = []
    for file in files:
        reading = getattr(file.document, "reading", None)
        message = state_message(reading) if reading else ""
        found.append(FileDetails(file, reading, message, visible_likenesses(file, user)))
    return found


@dataclass(frozen=True)
class Kin:
    """A proposal for the files of a review: what they look like an edition of, and why."""

    kinship: Kinship
    title: str
    url: str
    reason: str
    may_join: bool


def visible_kin(files: Sequence[IncomingFile], user: Any) -> list[Kin]:
    """The proposals about some files of one work that this editor may see, the likeliest first."""
    keys = [file.pk for file in files]
    rows = Kinship.objects.filter(Q(file__in=keys) | Q(other__in=keys), refused=False)
    rows = rows.select_related("file__batch", "other__batch", "work")
    work_key = files[0].work_key
    found = (_with_file(row, keys, work_key) or _with_work(row, work_key, user) for row in rows)
    kin: dict[str, Kin] = {}
    for one in filter(None, found):
        kin.setdefault(one.url, one)
    return list(kin.values())


def _with_file(row: Kinship, keys: Sequence[int], work_key: Any) -> Kin | None:
    """A proposal about another file that came in and nobody has decided about."""
    if row.other is None:
        return None
    other = row.other if row.file_id in keys else row.file
    if not other.is_open or other.work_key == work_key:
        return None
    url = reverse("intake_review", args=[other.batch_id, other.work_key])
    return Kin(row, other.name, url, _reason(row), True)


def _with_work(row: Kinship, work_key: Any, user: Any) -> Kin | None:
    """A proposal about a work, if the editor may see it; nothing is said of others."""
    if row.work is None or row.work.translation_key == work_key:
        return None
    edition = visible_edition(row.work.pk, user)
    if edition is None:
        return None
    joinable = joinable_edition(row.work.pk, user) is not None
    return Kin(row, edition.title, edition_url(edition, user), _reason(row), joinable)


def _reason(row: Kinship) -> str:
    text = str(row.get_reason_display())
    return f"{text} ({row.detail})" if row.detail else text


def edition_url(edition: Edition, user: Any) -> str:
    """Where an editor can look at an edition: in the admin if they may change it."""
    if edition.permissions_for_user(user).can_edit():
        return reverse("wagtailadmin_pages:edit", args=[edition.pk])
    return str(edition.specific.permanent_path())


def joined_work(file: IncomingFile, user: Any) -> tuple[str, str] | None:
    """Title and address of the work that a file becomes an edition of, if there is one."""
    work = Work.objects.filter(translation_key=file.work_key).first()
    edition = visible_edition(work.pk, user) if work else None
    return (edition.title, edition_url(edition, user)) if edition else None
