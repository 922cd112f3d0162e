"""Looking through files in the background: leases, repetition, readings that come again."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from intake import looking
from intake.library import sketch_library, unsketched
from intake.looking import due_files, look_at_due_file
from intake.models import IncomingFile, Sketch, Suggestion
from publications.models import Reading
from publications.reading import read_due_document
from tests.intake.unions import Union, client_of, upload
from tests.library import Library, pdf_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(union: Union) -> IncomingFile:
    editor: Client = client_of(union.editor("ayla"))
    upload(editor, union.sections["en"], ("plan.en.pdf", pdf_bytes("A plan for the town")))
    return IncomingFile.objects.get()


def read(file: IncomingFile) -> None:
    assert file.document_id is not None
    read_due_document(file.document_id)


def test_a_file_is_due_once_it_was_read(file: IncomingFile) -> None:
    assert due_files() == []
    assert look_at_due_file(file.pk) is None
    read(file)
    assert due_files() == [file.pk]
    assert look_at_due_file(file.pk) is not None
    assert due_files() == []
    assert look_at_due_file(file.pk) is None
    file.refresh_from_db()
    assert file.state == IncomingFile.State.READY


def test_a_worker_that_died_is_followed_by_another(file: IncomingFile) -> None:
    read(file)
    assert looking._take(file.pk) is not None
    assert due_files() == []
    past = timezone.now() - datetime.timedelta(seconds=1)
    IncomingFile.objects.update(lease_until=past)
    assert due_files() == [file.pk]
    assert look_at_due_file(file.pk) is not None


def test_a_late_worker_overwrites_nothing(file: IncomingFile) -> None:
    read(file)
    late = looking._take(file.pk)
    assert late is not None
    IncomingFile.objects.update(lease_holder="another")
    looking._look(late)
    assert not Suggestion.objects.exists()
    assert IncomingFile.objects.get().state == IncomingFile.State.LOOKING


def test_what_fails_again_and_again_leaves_the_editor_free_to_go_on(
    file: IncomingFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError("a fault of ours")

    read(file)
    monkeypatch.setattr(looking, "suggest", fail)
    for _attempt in range(looking.MAX_ATTEMPTS):
        with pytest.raises(RuntimeError):
            look_at_due_file(file.pk)
        IncomingFile.objects.update(next_try=None)
    file.refresh_from_db()
    assert (file.state, file.failed) == (IncomingFile.State.READY, True)


def test_a_file_that_is_read_again_is_looked_through_again_and_decisions_stay(
    file: IncomingFile,
) -> None:
    read(file)
    look_at_due_file(file.pk)
    title = file.suggestions.get(field="title")
    Suggestion.objects.filter(pk=title.pk).update(state=Suggestion.State.REFUSED)
    reading = Reading.objects.get(document=file.document)
    reading.found_authors, reading.read_at = ["Ada Berg"], timezone.now()
    reading.save()
    assert due_files() == [file.pk]
    look_at_due_file(file.pk)
    assert file.suggestions.get(field="title").state == Suggestion.State.REFUSED
    assert file.suggestions.get(field="authors").value == "Ada Berg"


def test_the_librarys_own_documents_are_sketched_once(library: Library) -> None:
    document = library.document(pdf_bytes("A text that was imported long ago"), "old.pdf")
    assert not unsketched().exists()
    read_due_document(document.pk)
    assert unsketched().exists()
    assert sketch_library(lambda: False) == 1
    assert Sketch.objects.get().document_id == document.pk
    assert not unsketched().exists()
    assert sketch_library(lambda: False) == 0
