"""The same file again, and nearly the same text: what is here already."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from wagtail.permissions import policy_registry

from intake.models import IncomingFile, Likeness
from intake.sketches import Drawn, shared_text
from publications.access import Reader, find_file, may_read_document
from publications.models import Edition, EditionFile, LibraryDocument

NEAR = 0.5
"""Texts that share half of their word runs are nearly the same: one was made from the other."""

SHOWN = 5


def same_files(document: LibraryDocument) -> list[LibraryDocument]:
    """Other documents with the same content that somebody uses or still looks at."""
    rows = LibraryDocument.objects.filter(file_hash=document.get_file_hash())
    rows = rows.exclude(pk=document.pk).exclude(incoming__state=IncomingFile.State.LEFT_OUT)
    return list(rows.order_by("pk")[:SHOWN])


def note_same_files(incoming: IncomingFile) -> None:
    """Keep which documents have the very content of an incoming file."""
    assert incoming.document is not None
    for other in same_files(incoming.document):
        Likeness.objects.get_or_create(
            file=incoming, document=other, defaults={"same_file": True, "share": 1.0}
        )


def note_near_texts(incoming: IncomingFile, drawn: Drawn, others: Iterable[Drawn]) -> None:
    """Keep which documents have nearly the same text, in place of what was found before."""
    shares = {other.document: shared_text(drawn, other) for other in others}
    near = sorted((key for key in shares if shares[key] >= NEAR), key=lambda key: -shares[key])
    incoming.likenesses.filter(same_file=False).delete()
    left_out = IncomingFile.objects.filter(state=IncomingFile.State.LEFT_OUT)
    known = set(incoming.likenesses.values_list("document_id", flat=True))
    known |= set(left_out.filter(document__in=near).values_list("document_id", flat=True))
    Likeness.objects.bulk_create(
        [
            Likeness(file=incoming, document_id=key, share=shares[key])
            for key in [key for key in near if key not in known][:SHOWN]
        ],
        ignore_conflicts=True,
    )


def visible_likenesses(
    incoming: IncomingFile, user: Any, known: dict[int, str] | None = None
) -> list[tuple[Likeness, str]]:
    """What is here already and this editor may see, each with the address to look at it.

    Nothing is said of a document that they may not see: not that it is here, and not how like.
    ``known`` remembers the addresses of documents where several files are looked at.
    """
    known = {} if known is None else known
    rows = incoming.likenesses.select_related("document__collection")[:SHOWN]
    for row in rows:
        if row.document_id not in known:
            known[row.document_id] = document_address(row.document, user)
    return [(row, known[row.document_id]) for row in rows if known[row.document_id]]


def document_address(document: LibraryDocument, user: Any) -> str:
    """Where an editor can look at a document: in its edition, else by itself; empty if nowhere."""
    files = EditionFile.objects.filter(document=document, edition__alias_of__isnull=True)
    for file in files.select_related("edition"):
        if address := edition_address(file.edition, user):
            return address
        reader = Reader.of(user)
        if file.number and find_file(file.edition.work_id, file.number, reader):
            return str(file.edition.specific.permanent_path())
    policy = policy_registry.get_by_type(LibraryDocument)
    if policy.user_has_permission_for_instance(user, "change", document):
        return reverse("wagtaildocs:edit", args=[document.pk])
    if may_read_document(document, Reader.of(user)):
        return str(document.url)
    return ""


def edition_address(edition: Edition, user: Any) -> str:
    """Where an editor may work on an edition; empty if they may not."""
    if edition.permissions_for_user(user).can_edit():
        return reverse("wagtailadmin_pages:edit", args=[edition.pk])
    return ""
