"""Reading files in the background: who is due, under which lease, and what is kept.

The state is in the ``Reading`` row, never in the task queue: a task that was lost, or run twice,
changes nothing. A reading is taken by one conditional update that sets a lease; a worker that
dies leaves a lease that runs out.
"""

from __future__ import annotations

import datetime
import logging
import secrets
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from publications.extraction import Extraction, Limits, run_in_child
from publications.models import LibraryDocument, Reading, ReadSection
from publications.page_images import forget_images

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
RETRY_AFTER = datetime.timedelta(minutes=1)
LEASE_MARGIN = datetime.timedelta(seconds=30)


def wait_for_reading(document: LibraryDocument) -> bool:
    """Make a document's reading wait if its file is new or was replaced; says whether it does."""
    reading, created = Reading.objects.get_or_create(document=document)
    file_hash = document.get_file_hash()
    if not created and reading.file_hash == file_hash:
        return False
    fresh = Reading(pk=reading.pk, document=document, file_hash=file_hash)
    with transaction.atomic():
        forget_images(reading)
        ReadSection.objects.filter(reading=reading).delete()
        fresh.save(force_update=True)
    document.reading = fresh
    return True


def enqueue_reading(document_id: int) -> None:
    """Ask the worker to read a document soon; the sweep finds it should this be lost."""
    from publications.tasks import read_document

    read_document.enqueue(document_id)


def due_readings() -> list[int]:
    """Documents whose reading waits, is due again, or was left by a worker that died."""
    now = timezone.now()
    waiting = Q(state=Reading.State.WAITING) & (Q(next_try=None) | Q(next_try__lte=now))
    abandoned = Q(state=Reading.State.READING, lease_until__lt=now)
    rows = Reading.objects.filter(waiting | abandoned).order_by("pk")
    return list(rows.values_list("document_id", flat=True))


def read_due_document(document_id: int) -> Reading | None:
    """Read one document if it is due, under a lease. ``None`` if there was nothing to do."""
    reading = _take(document_id)
    if reading is None:
        return None
    if reading.recognition:
        from publications.ocr import recognise_next_pages

        return recognise_next_pages(reading)
    with tempfile.TemporaryDirectory(prefix="reslog-reading-") as folder:
        cover = Path(folder) / "cover.webp"
        try:
            extraction = _read(reading, cover)
        except Exception as error:
            try_again_later(reading, error)
            raise
        _keep(reading, extraction, cover)
    return reading


def read_again(reading: Reading, **values: object) -> bool:
    """Let a reading that ended begin anew with other values; says whether it was at an end.

    What was read before goes only where ``ReadSection`` rows are removed by the caller.
    """
    ended = Reading.objects.filter(pk=reading.pk).exclude(
        state__in=(Reading.State.WAITING, Reading.State.READING)
    )
    fresh = {"detail": "", "partial": False, "attempts": 0, "next_try": None, "lease_until": None}
    return bool(ended.update(state=Reading.State.WAITING, **fresh, **values))


def reading_limits() -> Limits:
    return Limits(
        cpu_seconds=settings.READING_MAX_SECONDS,
        wall_seconds=settings.READING_MAX_SECONDS * 1.5,
        memory_bytes=settings.READING_MAX_MEMORY,
        pages=settings.READING_MAX_PAGES,
        unpacked_bytes=settings.READING_MAX_UNPACKED,
    )


def _take(document_id: int) -> Reading | None:
    """Set a lease by one conditional update, so that of two workers one reads."""
    now = timezone.now()
    holder = secrets.token_hex(16)
    lease = now + datetime.timedelta(seconds=reading_limits().wall_seconds) + LEASE_MARGIN
    free = Q(state=Reading.State.WAITING) & (Q(next_try=None) | Q(next_try__lte=now))
    free |= Q(state=Reading.State.READING, lease_until__lt=now)
    taken = Reading.objects.filter(free, document_id=document_id).update(
        state=Reading.State.READING,
        lease_until=lease,
        lease_holder=holder,
        attempts=F("attempts") + 1,
    )
    if not taken:
        return None
    reading = Reading.objects.select_related("document").get(document_id=document_id)
    if reading.attempts > MAX_ATTEMPTS:  # it killed every worker that read it
        finish(reading, **_given_up(reading, "crashed"))
        return None
    return reading


def _given_up(reading: Reading, detail: str) -> dict[str, object]:
    """The outcome of a reading that is not tried again; text that is there already stays."""
    if not reading.recognition:
        return {"state": Reading.State.DAMAGED, "detail": detail}
    some = reading.sections.exists()
    state = Reading.State.READ if some else Reading.State.NO_TEXT
    return {"state": state, "detail": "recognition_failed", "partial": some}


def _read(reading: Reading, cover: Path) -> Extraction:
    document = reading.document
    return run_in_child(Path(document.file.path), document.filename, reading_limits(), cover)


def finish(reading: Reading, **values: object) -> bool:
    """Write the outcome if this lease is still ours and the file still the one we read."""
    values |= {"lease_until": None, "lease_holder": "", "read_at": timezone.now()}
    mine = Reading.objects.filter(
        pk=reading.pk, lease_holder=reading.lease_holder, file_hash=reading.file_hash
    )
    return bool(mine.update(**values))


def _keep(reading: Reading, extraction: Extraction, cover: Path) -> None:
    """Write what was read in one transaction; a file replaced meanwhile is read again."""
    with transaction.atomic():
        kept = finish(
            reading,
            state=str(extraction.state),
            detail=str(extraction.detail),
            partial=extraction.partial,
            file_type=extraction.file_type.code if extraction.file_type else "",
            page_count=extraction.page_count,
            language=extraction.language,
            found_title=extraction.title[:500],
            found_authors=extraction.authors,
            found_date=extraction.date,
            next_try=None,
        )
        if not kept:
            logger.info("Document %s changed while it was read.", reading.document_id)
            return
        ReadSection.objects.filter(reading=reading).delete()
        write_sections(reading, extraction)
        reading.refresh_from_db()
        if extraction.has_cover and cover.exists():
            with cover.open("rb") as image:
                reading.cover.save(
                    f"{reading.document_id}-{reading.file_hash}.webp", File(image), save=False
                )
        # A full save, so that everything that follows readings hears of it.
        reading.save()


def write_sections(reading: Reading, extraction: Extraction) -> None:
    """Add the pages or sections that were read to those there are."""
    ReadSection.objects.bulk_create(
        [
            ReadSection(
                reading=reading,
                number=section.number,
                kind=section.kind,
                heading=section.heading[:500],
                text=section.text,
                language=section.language,
            )
            for section in extraction.sections
        ],
        batch_size=200,
    )


def try_again_later(reading: Reading, error: Exception) -> None:
    """Note a fault of ours (not the file's) and try again later."""
    logger.warning("Reading document %s failed: %s", reading.document_id, error)
    last = reading.attempts >= MAX_ATTEMPTS
    outcome: dict[str, object] = {"state": Reading.State.WAITING, "detail": ""}
    Reading.objects.filter(pk=reading.pk, lease_holder=reading.lease_holder).update(
        **(_given_up(reading, "reader_error") if last else outcome),
        next_try=timezone.now() + RETRY_AFTER * reading.attempts,
        lease_until=None,
        lease_holder="",
    )
