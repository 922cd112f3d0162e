"""Writing works to an index so that one that cannot be written never holds up the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count
from django.utils import timezone

from publications.models import Reading
from search.engines.base import EngineUnavailable, IndexBlocked, IndexLocked
from search.indexing.fingerprints import fingerprints
from search.indexing.versions import next_version
from search.models import Audience, IndexedWork
from search.records import Record
from search.texts import count_passages
from search.works import build_records

logger = logging.getLogger(__name__)

BATCH_WORKS = 100
BATCH_SECTIONS = 1000
"""Pages and sections of a batch: they are in memory at once, with vectors 10 to 30 kB each."""

Write = Callable[[Iterable[Record]], None]


@dataclass(slots=True)
class Written:
    """What became of a batch.

    ``fingerprints`` has the works that were written, with an empty one for those taken out of
    the index; ``failed`` has the others. ``passages`` says of each work how many passages were
    written, and how many of them without a vector.
    """

    version: int
    fingerprints: dict[int, str] = field(default_factory=dict)
    failed: dict[int, Exception] = field(default_factory=dict)
    passages: dict[int, tuple[int, int]] = field(default_factory=dict)

    @property
    def without_vector(self) -> int:
        """The passages of all works that were written without a vector."""
        return sum(without for _, without in self.passages.values())

    def keep(self) -> None:
        """Note what the serving index now holds."""
        now = timezone.now()
        rows = [
            IndexedWork(
                work=work,
                version=self.version,
                fingerprint=text,
                indexed_at=now,
                passages=self.passages[work][0],
                without_vector=self.passages[work][1],
            )
            for work, text in self.fingerprints.items()
            if text
        ]
        IndexedWork.objects.bulk_create(
            rows,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["work"],
            update_fields=[
                "version",
                "fingerprint",
                "indexed_at",
                "passages",
                "without_vector",
                "encode_after",
            ],
        )
        forget(work for work, text in self.fingerprints.items() if not text)


def forget(works: Iterable[int]) -> None:
    """Note that works are not in the serving index."""
    keys = list(works)
    for start in range(0, len(keys), 1000):
        IndexedWork.objects.filter(work__in=keys[start : start + 1000]).delete()


def batches(works: Sequence[int]) -> Iterator[list[int]]:
    """Works in batches that are neither many nor hold much text; a large work stands alone."""
    for start in range(0, len(works), BATCH_WORKS):
        batch: list[int] = []
        total = 0
        chunk = works[start : start + BATCH_WORKS]
        sizes = _sections_of(chunk)
        for work in chunk:
            size = sizes.get(work, 0)
            if batch and total + size > BATCH_SECTIONS:
                yield batch
                batch, total = [], 0
            batch.append(work)
            total += size
        yield batch


def _sections_of(works: Sequence[int]) -> Mapping[int, int]:
    """How many pages and sections the files of each work have."""
    column = "document__edition_files__edition__work_id"
    rows = Reading.objects.filter(**{f"{column}__in": works}).order_by()
    return dict(rows.values_list(column).annotate(count=Count("sections")))


def write_works(
    write: Write, works: Sequence[int], available: Callable[[], object], encoder: str
) -> Written:
    """Write some works as they are now, each on its own if they cannot be written together.

    ``available`` raises `EngineUnavailable` if the engine is down: then so does this, and
    nothing is held against the works. ``encoder`` names whose vectors the index holds, nothing
    for an index of words alone.
    """
    written = Written(next_version())
    now = fingerprints(works)
    records = _build(works, written, encoder)
    _remember_audiences(records)
    for record in _write(write, records, available, written):
        # Published in between: any text will do, for its own entry is still to come.
        text = now.get(record.work, "changing") if record.editions else ""
        written.fingerprints[record.work] = text
        written.passages[record.work] = count_passages(record)
    for work, error in written.failed.items():
        logger.error("Work %s cannot be indexed: %s", work, error)
    return written


def _build(works: Sequence[int], written: Written, encoder: str) -> list[Record]:
    try:
        return build_records(works, written.version, encoder)
    except Exception:
        logger.exception("Records of %d works: trying one by one.", len(works))
    records = []
    for work in works:
        try:
            records += build_records([work], written.version, encoder)
        except Exception as error:  # noqa: BLE001 - held against this work alone
            written.failed[work] = error
    return records


def _write(
    write: Write, records: list[Record], available: Callable[[], object], written: Written
) -> list[Record]:
    """The records that were written."""
    if not records:
        return []
    try:
        write(records)
    except Exception as error:  # noqa: BLE001 - which work is at fault is found below
        _raise_if_down(error, available)
        logger.warning("Writing %d works failed (%s): trying one by one.", len(records), error)
    else:
        return records
    done = []
    for record in records:
        try:
            write([record])
        except Exception as error:  # noqa: BLE001 - held against this work alone
            _raise_if_down(error, available)
            written.failed[record.work] = error
        else:
            done.append(record)
    return done


def _raise_if_down(error: Exception, available: Callable[[], object]) -> None:
    """Tell an engine that is down from a record that it cannot take."""
    if isinstance(error, (IndexLocked, IndexBlocked)):
        raise error
    if isinstance(error, EngineUnavailable):
        available()


def _remember_audiences(records: Iterable[Record]) -> None:
    """Know every audience before it stands in an index, or its readers would find nothing."""
    editions = [edition for record in records for edition in record.editions]
    keys = {edition.visibility.audience for edition in editions}
    keys |= {file.visibility.audience for edition in editions for file in edition.files}
    new = keys - set(Audience.objects.filter(key__in=keys).values_list("key", flat=True))
    Audience.objects.bulk_create([Audience(key=key) for key in new], ignore_conflicts=True)
