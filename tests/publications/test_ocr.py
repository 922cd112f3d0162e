"""Scans: text recognition asked for by an editor, done by the worker page by page."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFont
from wagtail.models import Collection, GroupCollectionPermission

from publications import ocr
from publications.extraction.recognition import recognised_languages
from publications.messages import state_message
from publications.models import LibraryDocument, Reading
from publications.reading import due_readings, read_due_document
from tests.conftest import missing
from tests.library import Library, make_user, pdf_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def programs() -> None:
    """Skip where the programs or one of the languages are not installed."""
    if lacking := ocr.what_is_missing(["tr", "ar", "sv", "en", "fr"]):
        missing(lacking)


def drawn(*pages: str) -> bytes:
    """A scan: a PDF of images with a line of text on each page."""
    images = []
    for text in pages:
        image = Image.new("L", (1240, 500), 255)
        font = ImageFont.load_default(size=40)
        ImageDraw.Draw(image).multiline_text((80, 80), text, fill=0, font=font, spacing=24)
        images.append(image)
    buffer = io.BytesIO()
    images[0].save(buffer, "PDF", resolution=150, save_all=True, append_images=images[1:])
    return buffer.getvalue()


def read_to_the_end(document: LibraryDocument) -> Reading:
    while due_readings():
        read_due_document(document.pk)
    return Reading.objects.get(document=document)


def scan(library: Library, content: bytes, name: str = "scan.pdf") -> LibraryDocument:
    document = library.document(content, name)
    assert read_to_the_end(document).state == Reading.State.NO_TEXT
    return document


@pytest.mark.parametrize(
    ("name", "language", "words"),
    [("scan.tr.pdf", "tr", "saray dışından"), ("scan.ar.pdf", "ar", "الولايات المتحدة")],
)
@pytest.mark.parametrize("chosen", [True, False], ids=["chosen", "recognised"])
def test_a_scan_is_read_in_its_language(
    library: Library,
    programs: None,
    test_data: Path,
    name: str,
    language: str,
    words: str,
    chosen: bool,
) -> None:
    document = scan(library, (test_data / "hostile" / name).read_bytes(), name)
    before = document.file.read()

    ocr.ask_for_recognition(document.reading, [language] if chosen else [])
    done = read_to_the_end(document)

    assert done.state == Reading.State.READ
    assert done.language == language
    assert done.recognition.split("+")[0] == language
    assert "OCR" in state_message(done)
    text = "\n".join(done.sections.values_list("text", flat=True))
    assert words in text.casefold()
    assert done.sections.count() == done.page_count
    assert LibraryDocument.objects.get(pk=document.pk).file.read() == before


def test_a_long_scan_is_read_some_pages_at_a_time(
    library: Library, programs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "PAGES_AT_ONCE", 2)
    lines = [f"The municipality of page {number} shares\nwhat it has learnt" for number in "567"]
    document = scan(library, drawn(*lines))
    ocr.ask_for_recognition(document.reading, ["en"])

    first = read_due_document(document.pk)
    assert first is not None
    assert (first.state, ocr.recognised_pages(first)) == (Reading.State.WAITING, 2)
    assert "page 6" in first.sections.get(number=2).text

    done = read_to_the_end(document)
    assert (done.state, ocr.recognised_pages(done)) == (Reading.State.READ, 3)


def test_empty_pages_end_in_a_state(library: Library, programs: None) -> None:
    document = scan(library, drawn(" "))
    ocr.ask_for_recognition(document.reading, ["en"])
    done = read_to_the_end(document)
    assert (done.state, done.detail) == (Reading.State.NO_TEXT, "nothing_recognised")
    assert ocr.may_be_recognised(done)


def test_readers_are_told_that_a_text_was_recognised(client: Client, library: Library) -> None:
    edition = library.edition()
    file = library.attach(edition, library.document(pdf_bytes("a"), "a.pdf"))
    reading = library.read_text(file.document, "The text of the page")
    url = reverse("file_section", args=[edition.work_id, file.number, 1])
    assert "OCR" not in client.get(url).content.decode()
    Reading.objects.filter(pk=reading.pk).update(recognition="en")
    assert "OCR" in client.get(url).content.decode()


def test_a_file_with_text_of_its_own_is_not_recognised(library: Library, programs: None) -> None:
    document = library.document(pdf_bytes("quokka"), "a.pdf")
    reading = read_due_document(document.pk)
    assert reading is not None
    with pytest.raises(ocr.CannotRecognise):
        ocr.ask_for_recognition(reading)
    assert Reading.objects.get(document=document).sections.count() == 1


def test_a_recognition_that_fails_is_given_up_and_may_be_asked_for_again(
    library: Library, programs: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = scan(library, drawn("The municipality"))
    ocr.ask_for_recognition(document.reading, ["en"])
    Path(document.file.path).write_bytes(b"%PDF-1.7 and nothing more")
    for _ in range(3):
        Reading.objects.update(next_try=None)
        read_due_document(document.pk)
    done = Reading.objects.get(document=document)
    assert (done.state, done.detail) == (Reading.State.NO_TEXT, "recognition_failed")
    assert ocr.may_be_recognised(done)


def test_a_replaced_file_begins_without_recognition(library: Library, programs: None) -> None:
    document = scan(library, drawn("The municipality"))
    ocr.ask_for_recognition(document.reading, ["en"])
    document.file.save("b.pdf", io.BytesIO(pdf_bytes("numbat")), save=False)
    document._set_document_file_metadata()
    document.save()
    done = read_to_the_end(document)
    assert (done.state, done.recognition) == (Reading.State.READ, "")


class TestAdmin:
    """The button, for those who may change the file."""

    @pytest.fixture
    def document(self, library: Library) -> LibraryDocument:
        document = library.document(drawn("The municipality"), "scan.pdf")
        library.attach(library.edition(), document)
        read_due_document(document.pk)
        return document

    @staticmethod
    def editor(*permissions: str) -> Any:
        group = Group.objects.create(name="editors")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        for name in permissions:
            GroupCollectionPermission.objects.create(
                group=group,
                collection=Collection.get_first_root_node(),
                permission=Permission.objects.get(
                    codename=name, content_type__app_label="wagtaildocs"
                ),
            )
        return make_user("editor", group)

    def test_one_click_asks_for_it(
        self, client: Client, document: LibraryDocument, programs: None
    ) -> None:
        client.force_login(self.editor("change_document"))
        url = reverse("recognise_document", args=[document.pk])
        assert url in client.get(reverse("reading_report")).content.decode()
        back = reverse("reading_report")
        assert client.post(url, {"next": back}).headers["Location"] == back
        reading = Reading.objects.get(document=document)
        assert (reading.state, reading.recognition) == (Reading.State.WAITING, ocr.AUTO)
        assert url not in client.get(back).content.decode()

    def test_the_languages_can_be_chosen(
        self, client: Client, document: LibraryDocument, programs: None
    ) -> None:
        client.force_login(self.editor("change_document"))
        url = reverse("recognise_document", args=[document.pk])
        assert client.get(url).status_code == 200
        client.post(url, {"languages": ["tr", "en"], "next": "https://elsewhere.test/"})
        assert Reading.objects.get(document=document).recognition == "tr+en"

    def test_who_may_not_change_the_file_may_not_ask(
        self, client: Client, document: LibraryDocument
    ) -> None:
        client.force_login(self.editor())
        response = client.post(reverse("recognise_document", args=[document.pk]))
        assert response.status_code == 302
        assert Reading.objects.get(document=document).recognition == ""

    def test_without_the_programs_the_editor_is_told_what_to_install(
        self, client: Client, document: LibraryDocument, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "/nowhere")
        recognised_languages.cache_clear()
        try:
            client.force_login(make_user("chief", superuser=True))
            url = reverse("recognise_document", args=[document.pk])
            assert "apt-get install ocrmypdf tesseract-ocr-eng" in client.get(url).content.decode()
            response = client.post(url, follow=True)
            assert "apt-get install ocrmypdf" in response.content.decode()
            assert Reading.objects.get(document=document).state == Reading.State.NO_TEXT
        finally:
            recognised_languages.cache_clear()

    def test_the_form_of_the_edition_has_the_button(
        self, client: Client, document: LibraryDocument
    ) -> None:
        client.force_login(make_user("chief", superuser=True))
        page = document.edition_files.get().edition
        form = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
        assert reverse("recognise_document", args=[document.pk]) in form
