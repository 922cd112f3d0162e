"""Reading files in the background: states, leases, replaced files, messages."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publications import reading
from publications.extraction import Extraction
from publications.messages import state_message
from publications.models import LibraryDocument, Reading, ReadSection
from publications.reading import due_readings, read_due_document
from tests.library import Library, docx_bytes, make_user, pdf_bytes

pytestmark = pytest.mark.django_db


def lease_runs_out(document: LibraryDocument) -> None:
    past = timezone.now() - datetime.timedelta(seconds=1)
    Reading.objects.filter(document=document).update(lease_until=past)


def test_an_uploaded_file_waits_and_is_read_page_by_page(library: Library) -> None:
    document = library.document(pdf_bytes("first quokka", "second numbat"), "a.pdf")
    assert document.reading.state == Reading.State.WAITING
    assert due_readings() == [document.pk]

    done = read_due_document(document.pk)

    assert done is not None
    assert done.state == Reading.State.READ
    assert done.page_count == 2
    pages = list(done.sections.values_list("number", "kind", "text"))
    assert [(number, kind) for number, kind, _text in pages] == [(1, "page"), (2, "page")]
    assert "second numbat" in pages[1][2]
    assert default_storage.exists(done.cover.name)
    assert due_readings() == []
    assert read_due_document(document.pk) is None


def test_a_replaced_file_is_read_again_and_nothing_of_the_old_one_stays(library: Library) -> None:
    document = library.document(pdf_bytes("first quokka"), "a.pdf")
    old = read_due_document(document.pk)
    assert old is not None

    document.file.save("b.docx", ContentFile(docx_bytes("numbat", "Heading")), save=False)
    document._set_document_file_metadata()
    document.save()

    waiting = Reading.objects.get(document=document)
    assert waiting.state == Reading.State.WAITING
    assert waiting.sections.count() == 0
    read_due_document(document.pk)
    texts = " ".join(waiting.sections.values_list("text", flat=True))
    assert "numbat" in texts
    assert "quokka" not in texts


def test_changing_a_title_reads_nothing_again(library: Library) -> None:
    document = library.document(pdf_bytes("quokka"), "a.pdf")
    read_due_document(document.pk)

    document.title = "Another title"
    document.save()

    assert Reading.objects.get(document=document).state == Reading.State.READ


def test_of_two_workers_one_reads(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    document = library.document(pdf_bytes("quokka"), "a.pdf")
    second: list[Any] = []
    run = reading.run_in_child

    def read_while_another_tries(*args: Any) -> Extraction:
        second.append(read_due_document(document.pk))
        return run(*args)

    monkeypatch.setattr(reading, "run_in_child", read_while_another_tries)

    assert read_due_document(document.pk) is not None
    assert second == [None]


def test_a_reading_left_by_a_dead_worker_is_taken_up_when_its_lease_runs_out(
    library: Library,
) -> None:
    document = library.document(pdf_bytes("quokka"), "a.pdf")
    reading._take(document.pk)
    assert due_readings() == []

    lease_runs_out(document)

    assert due_readings() == [document.pk]
    done = read_due_document(document.pk)
    assert done is not None
    assert done.state == Reading.State.READ


def test_a_worker_that_lost_its_lease_writes_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = library.document(pdf_bytes("quokka"), "a.pdf")
    run = reading.run_in_child

    def hang_until_another_took_over(*args: Any) -> Extraction:
        lease_runs_out(document)
        reading._take(document.pk)
        return run(*args)

    monkeypatch.setattr(reading, "run_in_child", hang_until_another_took_over)
    read_due_document(document.pk)

    stored = Reading.objects.get(document=document)
    assert stored.state == Reading.State.READING
    assert stored.sections.count() == 0


def test_a_file_replaced_while_it_is_read_keeps_nothing_of_the_old_one(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = library.document(pdf_bytes("quokka"), "a.pdf")
    run = reading.run_in_child

    def replace_meanwhile(*args: Any) -> Extraction:
        extraction = run(*args)
        document.file.save("b.pdf", ContentFile(pdf_bytes("numbat")), save=False)
        document._set_document_file_metadata()
        document.save()
        return extraction

    monkeypatch.setattr(reading, "run_in_child", replace_meanwhile)
    read_due_document(document.pk)

    stored = Reading.objects.get(document=document)
    assert stored.state == Reading.State.WAITING
    assert stored.sections.count() == 0


def test_a_file_that_kills_every_worker_is_given_up(library: Library) -> None:
    document = library.document(pdf_bytes("quokka"), "a.pdf")
    for _attempt in range(reading.MAX_ATTEMPTS):
        assert reading._take(document.pk) is not None
        lease_runs_out(document)

    assert read_due_document(document.pk) is None

    stored = Reading.objects.get(document=document)
    assert (stored.state, stored.detail) == (Reading.State.DAMAGED, "crashed")
    assert due_readings() == []


def test_a_fault_of_ours_is_tried_again_later(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = library.document(pdf_bytes("quokka"), "a.pdf")

    def fail(*args: Any) -> Extraction:
        raise OSError("no space left")

    monkeypatch.setattr(reading, "run_in_child", fail)
    with pytest.raises(OSError, match="no space left"):
        read_due_document(document.pk)

    stored = Reading.objects.get(document=document)
    assert stored.state == Reading.State.WAITING
    assert stored.next_try is not None
    assert stored.next_try > timezone.now()
    assert due_readings() == []


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("bomb.docx", "too_large"),
        ("entities.docx", "damaged"),
        ("zeros.pdf", "damaged"),
        ("encrypted.pdf", "locked"),
        ("scan.tr.pdf", "no_text"),
        ("latin5.tr.txt", "read"),
    ],
)
def test_hostile_files_stay_with_their_state_and_a_message(
    library: Library, test_data: Path, name: str, state: str
) -> None:
    document = library.document((test_data / "hostile" / name).read_bytes(), name)
    healthy = library.document(pdf_bytes("quokka"), "healthy.pdf")

    done = read_due_document(document.pk)

    assert done is not None
    assert done.state == state
    assert len(state_message(done)) > 20
    after = read_due_document(healthy.pk)
    assert after is not None
    assert after.state == Reading.State.READ


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("exe-renamed.docx", "not a type of file"),
        ("html-renamed.pdf", "disagree"),
        ("empty.pdf", "empty"),
    ],
)
def test_the_form_refuses_what_no_file_is_and_keeps_the_rest(
    library: Library, test_data: Path, client: Client, name: str, reason: str
) -> None:
    client.force_login(make_user("chief", superuser=True))
    with (test_data / "hostile" / name).open("rb") as file:
        response = client.post(
            reverse("wagtaildocs:add"), {"title": "My careful title", "file": file, "tags": "one"}
        )

    form = response.context["form"]
    assert reason in str(form.errors["file"])
    assert form["title"].value() == "My careful title"
    assert LibraryDocument.objects.count() == 0


def test_an_editor_sees_what_became_of_each_file(library: Library, client: Client) -> None:
    page = library.edition()
    document = library.document(b"%PDF-1.4\n" + bytes(4000), "zeros.pdf", title="Zeros")
    library.attach(page, document)
    read_due_document(document.pk)
    client.force_login(make_user("chief", superuser=True))

    form = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    report = client.get(reverse("reading_report")).content.decode()

    for html in (form, report):
        assert "Zeros" in html
        assert "damaged or incomplete" in html


@pytest.mark.django_db(transaction=True)
def test_images_of_a_replaced_or_deleted_file_leave_the_storage(
    transactional_db: None,
) -> None:
    from publications.page_images import page_image_path

    library = Library.build()
    document = library.document(pdf_bytes("quokka"), "a.pdf")
    read_due_document(document.pk)
    document = LibraryDocument.objects.get(pk=document.pk)
    names = [document.reading.cover.name, page_image_path(document, 1)]
    assert all(name and default_storage.exists(name) for name in names)

    document.file.save("b.pdf", ContentFile(pdf_bytes("numbat")), save=False)
    document._set_document_file_metadata()
    document.save()
    assert not any(name and default_storage.exists(name) for name in names)

    read_due_document(document.pk)
    cover = Reading.objects.get(document=document).cover.name
    document.delete()
    assert not default_storage.exists(cover)


def test_personal_data_in_a_file_is_pointed_out_in_the_form_of_its_edition(
    library: Library, client: Client
) -> None:
    edition = library.edition("A report")
    document = library.document(pdf_bytes("one"), "a.pdf")
    library.attach(edition, document)
    library.read_text(document, "Nothing here.", "Write to ayse.yilmaz@example.org today.")
    client.force_login(make_user("boss", superuser=True))
    url = reverse("wagtailadmin_pages:edit", args=[edition.pk])
    form = client.get(url).content.decode()
    assert "Personal data in this file" in form
    assert "<bdi>ay…@example.org</bdi> (page 2)" in form
    assert "ayse.yilmaz@example.org" not in form
    ReadSection.objects.filter(reading=document.reading).update(text="Nothing here.")
    assert "Personal data in this file" not in client.get(url).content.decode()
