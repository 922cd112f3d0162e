"""Sketches of the library's own documents: those that were imported, or uploaded with a page."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import F, Q, QuerySet

from intake import sketches
from intake.models import IncomingFile, Sketch
from intake.suggesting import file_text
from publications.models import Reading
from search.indexing.encoding import encoding_state


def unsketched() -> QuerySet[Reading]:
    """Readings whose text has no sketch, or one of an older file or of another encoder."""
    stale = Q(document__sketch__isnull=True) | ~Q(document__sketch__file_hash=F("file_hash"))
    state = encoding_state()
    if state.encoder and not state.problem:
        other = Sketch.objects.exclude(encoder=state.encoder).exclude(words=0)
        stale |= Q(document__in=other.values("document"))
    coming = [IncomingFile.State.WAITING, IncomingFile.State.LOOKING]  # they are sketched soon
    rows = Reading.objects.filter(stale, state=Reading.State.READ)
    return rows.exclude(document__incoming__state__in=coming).order_by("-pk")


def sketch_library(stop: Callable[[], bool]) -> int:
    """Sketch what has none until nothing is left or ``stop`` says so; says how many."""
    count = 0
    for key in unsketched().values_list("pk", flat=True)[:1000]:
        if stop():
            break
        reading = Reading.objects.select_related("document").filter(pk=key).first()
        if reading is not None:
            text = file_text(reading.document.filename, reading)
            sketches.keep(sketches.draw(reading.document, text), reading.file_hash)
            count += 1
    return count
