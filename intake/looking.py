"""Looking through files that came in: who is due, under which lease, and what is kept.

The state is in the ``IncomingFile`` row, never in the task queue (as in `publications.reading`).
"""

from __future__ import annotations

import datetime
import logging
import secrets

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from intake import kinship, likeness, sketches
from intake.models import IncomingFile, Suggestion
from intake.suggesting import Found, file_text, suggest
from intake.suggesting.found import shortened
from publications.contacts import find_contacts
from publications.models import Reading

logger = logging.getLogger(__name__)

State = IncomingFile.State

MAX_ATTEMPTS = 3
RETRY_AFTER = datetime.timedelta(minutes=1)
LEASE = datetime.timedelta(minutes=10)
MAX_CONTACTS = 50


def reading_ended(reading: Reading) -> None:
    """A document was read (again): the file that brought it in waits to be looked through."""
    open_states = [State.WAITING, State.READY]
    files = IncomingFile.objects.filter(document=reading.document_id, state__in=open_states)
    # What was looked through after that reading is not looked through again.
    news = Q(looked_at=None) | Q(looked_at__lt=reading.read_at or timezone.now())
    for key in files.filter(news).values_list("pk", flat=True):
        IncomingFile.objects.filter(pk=key).update(state=State.WAITING, attempts=0, next_try=None)
        transaction.on_commit(lambda key=key: enqueue_look(key))  # type: ignore[misc]


def enqueue_look(key: int) -> None:
    """Ask the worker to look through a file soon; the sweep finds it should this be lost."""
    from intake.tasks import look_at_file

    look_at_file.enqueue(key)


def due_files() -> list[int]:
    """Files that were read and wait, are due again, or were left by a worker that died."""
    now = timezone.now()
    waiting = Q(state=State.WAITING) & (Q(next_try=None) | Q(next_try__lte=now))
    unread = [Reading.State.WAITING, Reading.State.READING]
    waiting &= Q(document__reading__isnull=False) & ~Q(document__reading__state__in=unread)
    abandoned = Q(state=State.LOOKING, lease_until__lt=now)
    rows = IncomingFile.objects.filter(waiting | abandoned, document__isnull=False)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def look_at_due_file(key: int) -> IncomingFile | None:
    """Look through one file if it is due, under a lease. ``None`` if there was nothing to do."""
    incoming = _take(key)
    if incoming is None:
        return None
    try:
        _look(incoming)
    except Exception as error:
        _fail(incoming, error)
        raise
    return incoming


def _take(key: int) -> IncomingFile | None:
    """Set a lease by one conditional update, so that of two workers one looks."""
    if key not in due_files():
        return None
    now, holder = timezone.now(), secrets.token_hex(16)
    free = Q(state=State.WAITING) | Q(state=State.LOOKING, lease_until__lt=now)
    taken = IncomingFile.objects.filter(free, pk=key).update(
        state=State.LOOKING,
        lease_until=now + LEASE,
        lease_holder=holder,
        attempts=F("attempts") + 1,
    )
    if not taken:
        return None
    incoming = IncomingFile.objects.select_related("document__reading", "batch__section").get(
        pk=key
    )
    if incoming.attempts > MAX_ATTEMPTS:  # it killed every worker that looked at it
        _finish(incoming, failed=True)
        return None
    return incoming


def _look(incoming: IncomingFile) -> None:
    """Read everything from the file, then keep it in one transaction."""
    document = incoming.document
    assert document is not None
    looked_at = timezone.now()
    text = file_text(incoming.name, document.reading)
    found = suggest(text, incoming.batch)
    contacts = [one.as_dict() for one in find_contacts(text.parts)[:MAX_CONTACTS]]
    drawn = sketches.draw(document, text) if text.parts else None
    if drawn:  # kept before others are read: of two that are looked at at once, one sees the other
        sketches.keep(drawn, document.get_file_hash())
    others = list(sketches.other_sketches(document.pk)) if drawn else []
    with transaction.atomic():
        if not _finish(incoming, personal=contacts, failed=False, looked_at=looked_at):
            logger.info("File %s was taken up by another worker.", incoming.pk)
            return
        _keep_suggestions(incoming, found)
        likeness.note_same_files(incoming)
        if drawn:
            likeness.note_near_texts(incoming, drawn, others)
        kinship.propose(incoming, drawn, others)


def _keep_suggestions(incoming: IncomingFile, found: list[Found]) -> None:
    """Write suggestions; what an editor decided already stays as it is."""
    incoming.suggestions.filter(state=Suggestion.State.OFFERED).delete()
    decided = [(row.field, row.value) for row in incoming.suggestions.all()]
    Suggestion.objects.bulk_create(
        Suggestion(
            file=incoming,
            field=one.field,
            value=one.value,
            source=one.source,
            place=one.place,
            number=one.number,
            quote=shortened(one.quote),
            order=order,
        )
        for order, one in enumerate(found)
        if (one.field, one.value) not in decided
    )


def _finish(incoming: IncomingFile, **values: object) -> bool:
    """Make the file ready if this lease is still ours."""
    values |= {"state": State.READY, "lease_until": None, "lease_holder": "", "next_try": None}
    mine = IncomingFile.objects.filter(pk=incoming.pk, lease_holder=incoming.lease_holder)
    return bool(mine.update(**values))


def _fail(incoming: IncomingFile, error: Exception) -> None:
    """Note a fault of ours and try again later; at last the editor goes on without suggestions."""
    logger.warning("Looking through file %s failed: %s", incoming.pk, error)
    if incoming.attempts >= MAX_ATTEMPTS:
        _finish(incoming, failed=True)
        return
    mine = IncomingFile.objects.filter(pk=incoming.pk, lease_holder=incoming.lease_holder)
    mine.update(
        state=State.WAITING,
        next_try=timezone.now() + RETRY_AFTER * incoming.attempts,
        lease_until=None,
        lease_holder="",
    )
