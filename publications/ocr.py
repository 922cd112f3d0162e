"""Scans: text recognition in the background, asked for by an editor with one click.

A recognition is a reading like any other (``publications.reading``): it waits, is held under a
lease, and is tried again when it fails. It is done some pages at a time, each of which can be
searched at once, so that a long scan keeps no other file waiting. The file itself stays as it is.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.languages import BY_CODE, CODES
from publications.extraction import Detail, Extraction, State, recognise_in_child
from publications.extraction.recognition import missing_programs, recognised_languages
from publications.models import Reading, ReadSection
from publications.reading import (
    enqueue_reading,
    finish,
    read_again,
    reading_limits,
    try_again_later,
    write_sections,
)

logger = logging.getLogger(__name__)

AUTO = "auto"
"""The languages are to be recognised from the first pages."""

PAGES_AT_ONCE = 10

_IMAGES_ONLY = ("scan", "unreadable_characters", "nothing_recognised", "recognition_failed")


class CannotRecognise(Exception):
    """Text recognition cannot begin; the message says what to do."""


def may_be_recognised(reading: Reading) -> bool:
    """Whether a file's pages are images, or its text is that of an earlier recognition."""
    if reading.file_type != "pdf" or not reading.is_final:
        return False
    without_text = reading.state == Reading.State.NO_TEXT and reading.detail in _IMAGES_ONLY
    return without_text or bool(reading.recognition)


def what_is_missing(languages: Sequence[str] = ()) -> str:
    """What an administrator has to install for some languages, "" if nothing; in plain words."""
    lacking = [name for name in languages if name not in recognised_languages()]
    packages = ["ocrmypdf"] if missing_programs() else []
    packages += [f"tesseract-ocr-{BY_CODE[code].ocr}" for code in lacking or _all_if(packages)]
    if not packages:
        return ""
    return _(
        "Text recognition needs programs that are not installed on the server. Ask an "
        "administrator for: apt-get install %(packages)s"
    ) % {"packages": " ".join(packages)}


def _all_if(nothing_installed: list[str]) -> tuple[str, ...]:
    return CODES if nothing_installed or not recognised_languages() else ()


def ask_for_recognition(reading: Reading, languages: Sequence[str] = ()) -> None:
    """Have a scan's text recognised soon, in some languages or in those it seems to have.

    Raises ``CannotRecognise``.
    """
    if missing := what_is_missing(languages):
        raise CannotRecognise(missing)
    reading.refresh_from_db()
    if not may_be_recognised(reading):
        raise CannotRecognise(_("This file holds text of its own, or is being read just now."))
    with transaction.atomic():
        if not read_again(reading, recognition="+".join(languages) or AUTO):
            raise CannotRecognise(_("This file is being read just now."))
        ReadSection.objects.filter(reading=reading).delete()
        transaction.on_commit(lambda: enqueue_reading(reading.document_id))


def recognised_pages(reading: Reading) -> int:
    """How many pages are done."""
    return ReadSection.objects.filter(reading=reading).aggregate(last=Max("number"))["last"] or 0


def recognise_next_pages(reading: Reading) -> Reading:
    """Recognise the next pages of a reading that was taken; asks for the rest afterwards."""
    first = recognised_pages(reading) + 1
    try:
        found = recognise_in_child(
            Path(reading.document.file.path),
            [] if reading.recognition == AUTO else reading.recognition.split("+"),
            range(first, first + PAGES_AT_ONCE),
            reading_limits(),
        )
    except Exception as error:
        try_again_later(reading, error)
        raise
    if found.state is not State.READ:
        try_again_later(reading, RuntimeError(f"{found.state}: {found.detail}"))
    elif _keep_pages(reading, found) and not reading.is_final:
        enqueue_reading(reading.document_id)
    return reading


def _keep_pages(reading: Reading, found: Extraction) -> bool:
    """Write some pages in one transaction, unless the file was replaced meanwhile."""
    count = min(found.page_count or 0, reading_limits().pages)
    done = found.sections[-1].number if found.sections else count
    with transaction.atomic():
        kept = finish(
            reading,
            state=Reading.State.READ if done >= count else Reading.State.WAITING,
            recognition="+".join(found.recognised_in),
            page_count=found.page_count,
            attempts=0,
            next_try=None,
        )
        if not kept:
            logger.info("Document %s changed while it was read.", reading.document_id)
            return False
        write_sections(reading, found)
        reading.refresh_from_db()
        if reading.is_final:
            _conclude(reading, found.page_count or 0)
        # A full save, so that everything that follows readings hears of it.
        reading.save()
    return True


def _conclude(reading: Reading, pages: int) -> None:
    """Say in which language the whole is, or that there is no text in the images."""
    sections = list(ReadSection.objects.filter(reading=reading))
    if not any(section.text for section in sections):
        ReadSection.objects.filter(reading=reading).delete()
        reading.state, reading.detail = Reading.State.NO_TEXT, Detail.NOTHING_RECOGNISED
        return
    lengths: dict[str, int] = {}
    for section in sections:
        lengths[section.language] = lengths.get(section.language, 0) + len(section.text)
    reading.language = max(lengths, key=lambda code: (bool(code), lengths[code]))
    if pages > len(sections):
        reading.partial, reading.detail = True, Detail.PAGES
