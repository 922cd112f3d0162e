"""Taking uploaded files in: each becomes a document in its section's collection, and waits."""

from __future__ import annotations

import uuid
from pathlib import PurePath
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms import ModelForm
from wagtail.documents.forms import get_document_form
from wagtail.models import ReferenceIndex

from intake.likeness import note_same_files
from intake.looking import enqueue_look
from intake.models import Batch, IncomingFile
from intake.places import OpenSection
from publications.documents import MAX_TITLE, discard_documents
from publications.models import LibraryDocument
from publications.tree import ensure_collection


def batch_for(user: Any, key: uuid.UUID, section: OpenSection, kind: str) -> Batch:
    """The batch with this key, made by its first file. That of another editor is refused."""
    pages = {page.pk for page in section.pages.values()}
    batch, _made = Batch.objects.get_or_create(
        pk=key, defaults={"section": section.first, "kind": kind, "owner": user}
    )
    if batch.owner_id != user.pk or batch.section_id not in pages:
        raise PermissionDenied
    return batch


def upload_form(user: Any, section: OpenSection, file: UploadedFile) -> ModelForm:
    """Wagtail's own form of a document, filled in for an uploaded file."""
    form_class = get_document_form(LibraryDocument)
    collection = ensure_collection(section.spec)
    name = PurePath(file.name or "").name
    data = {"title": name[:MAX_TITLE], "collection": collection.pk}
    return form_class(data, {"file": file}, user=user)


def take_in(form: ModelForm, batch: Batch, section: OpenSection, user: Any) -> IncomingFile:
    """Store the file of a valid form; it is read and looked through in the background.

    The content is copied before the transaction begins: nobody waits for it to save.
    """
    document: LibraryDocument = form.save(commit=False)
    document.collection = ensure_collection(section.spec)
    document.uploaded_by_user = user
    name = form.cleaned_data["title"]
    document.file.save(document.file.name, document.file.file, save=False)
    try:
        with transaction.atomic():
            document.save()
            incoming = IncomingFile.objects.create(
                batch=batch, document=document, name=name, work_key=uuid.uuid4()
            )
            note_same_files(incoming)
    except BaseException:
        discard_documents([document])
        raise
    # Where tasks run at once, or a worker is quick, it was read before it had this row.
    if LibraryDocument.objects.filter(pk=document.pk, reading__read_at__isnull=False).exists():
        enqueue_look(incoming.pk)
    return incoming


def leave_out(incoming: IncomingFile, user: Any) -> bool:
    """Decide against a file; its document goes if it was uploaded for this and nothing uses it."""
    open_states = [IncomingFile.State.READY, IncomingFile.State.WAITING]
    rows = IncomingFile.objects.filter(pk=incoming.pk, state__in=open_states)
    if not rows.update(state=IncomingFile.State.LEFT_OUT):
        return False
    document = incoming.document
    if document is not None and not document.edition_files.exists():
        used = ReferenceIndex.get_references_to(document).exists()
        if not used and (document.uploaded_by_user_id == user.pk or user.is_superuser):
            document.delete()
    return True
