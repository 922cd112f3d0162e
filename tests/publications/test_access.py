"""Who may see editions, files, covers and images: every address is asked, in every way."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image as PillowImage
from wagtail.images.models import Image
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from publications.access import NOBODY, PUBLIC, Reader, audience_of, join_audiences
from publications.models import EditionFile, LibraryDocument, Publication
from publications.reading import read_due_document
from tests.library import (
    Library,
    docx_bytes,
    make_user,
    pdf_bytes,
    private_collection,
    restrict_page,
)

pytestmark = pytest.mark.django_db


def addresses(file: EditionFile) -> Iterator[str]:
    """Every address at which something of a file could show."""
    base = f"/en/works/{file.edition.work_id}/files/{file.number}"
    yield from (base, f"{base}/1", f"{base}/1/image", f"{base}/download", f"{base}/cover")
    yield file.document.url
    for name in (file.document.file.name, file.document.reading.cover.name):
        yield f"/media/{name}"


def open_addresses(file: EditionFile, client: Client | None = None) -> list[str]:
    """Those of a file's addresses that answer with something."""
    client = client or Client()
    found = []
    for address in addresses(file):
        response = client.get(address, follow=True)
        redirected_to_login = response.request["PATH_INFO"].endswith("/account/login")
        if response.status_code == 200 and not redirected_to_login:
            found.append(address)
    return found


@pytest.fixture
def file(library: Library) -> EditionFile:
    """A PDF that was read, attached to a published edition."""
    page = library.edition("A report")
    document = library.document(pdf_bytes("quokka"), "report.pdf")
    attached = library.attach(page, document, label="Report")
    read_due_document(document.pk)
    return EditionFile.objects.get(pk=attached.pk)


def test_a_public_file_opens_at_our_addresses_and_its_stored_paths_do_not(
    file: EditionFile,
) -> None:
    found = open_addresses(file)

    assert len(found) == 6
    assert not [address for address in found if address.startswith("/media/")]


@pytest.mark.parametrize(
    "change",
    ["unpublished", "expired", "embargoed", "page", "parent", "collection", "bulk", "detached"],
)
def test_nothing_of_a_file_opens_once_readers_may_not_see_it(
    library: Library, file: EditionFile, change: str
) -> None:
    page = Publication.objects.get(pk=file.edition_id)
    now = timezone.now()
    if change == "unpublished":
        page.unpublish()
    elif change == "expired":
        Publication.objects.filter(pk=page.pk).update(expire_at=now - datetime.timedelta(hours=1))
    elif change == "embargoed":
        EditionFile.objects.filter(pk=file.pk).update(
            embargo_until=now + datetime.timedelta(days=1)
        )
    elif change == "page":
        restrict_page(page, "login")
    elif change == "parent":
        restrict_page(library.sections["en"], "password")
    elif change == "collection":
        LibraryDocument.objects.filter(pk=file.document_id).update(collection=private_collection())
    elif change == "bulk":
        _move_in_bulk(file.document, private_collection())
    elif change == "detached":
        page.files.clear()
        page.save_revision().publish()
    remaining = EditionFile.objects.filter(pk=file.pk).first() or file
    remaining.document.refresh_from_db()

    assert open_addresses(remaining) == []


def _move_in_bulk(document: LibraryDocument, collection: Collection) -> None:
    """Through the admin's own bulk action, which sends no signal."""
    chief = Client()
    chief.force_login(make_user("chief", superuser=True))
    url = reverse(
        "wagtail_bulk_action", args=["publications", "librarydocument", "add_to_collection"]
    )
    response = chief.post(f"{url}?id={document.pk}", {"collection": collection.pk})
    assert response.status_code == 302
    document.refresh_from_db()
    assert document.collection == collection


def test_who_belongs_to_the_group_sees_the_file(library: Library, file: EditionFile) -> None:
    group = Group.objects.create(name="Union")
    LibraryDocument.objects.filter(pk=file.document_id).update(
        collection=private_collection("groups", group)
    )
    inside, outside = Client(), Client()
    inside.force_login(make_user("inside", group))
    outside.force_login(make_user("outside"))

    assert open_addresses(file, outside) == []
    assert f"/en/works/{file.edition.work_id}/files/{file.number}/1" in open_addresses(file, inside)


def test_one_private_file_leaves_the_public_one_open(library: Library, file: EditionFile) -> None:
    page = Publication.objects.get(pk=file.edition_id)
    document = library.document(pdf_bytes("secret"), "b.pdf", collection=private_collection())
    private = library.attach(page, document, label="Confidential annex")
    read_due_document(document.pk)
    private = EditionFile.objects.get(pk=private.pk)

    assert open_addresses(private) == []
    assert len(open_addresses(file)) == 6
    shown = Client().get(page.url).content.decode()
    assert "Confidential annex" not in shown


def test_an_embargoed_file_is_announced_by_label_and_date_alone(
    library: Library, file: EditionFile
) -> None:
    until = timezone.now() + datetime.timedelta(days=3)
    EditionFile.objects.filter(pk=file.pk).update(embargo_until=until)

    response = Client().get(file.edition.url)

    [shown] = response.context["files_shown"]
    assert shown.embargoed
    assert "/files/1/download" not in response.content.decode()
    assert "/files/1/cover" not in response.content.decode()


def test_the_cover_of_a_work_never_comes_from_a_file_the_reader_may_not_see(
    library: Library, file: EditionFile
) -> None:
    cover = f"/en/works/{file.edition.work_id}/files/cover"
    assert Client().get(cover).status_code == 200

    LibraryDocument.objects.filter(pk=file.document_id).update(collection=private_collection())

    assert Client().get(cover).status_code == 404


@pytest.fixture
def chosen_cover(tmp_path: object) -> Image:
    path = f"{tmp_path}/cover.png"
    PillowImage.new("RGB", (40, 60), "teal").save(path)
    with open(path, "rb") as image:
        return Image.objects.create(title="Cover", file=ImageFile(image, name="cover.png"))


def test_a_chosen_cover_follows_its_edition(library: Library, chosen_cover: Image) -> None:
    page = library.edition("A report", cover=chosen_cover)
    rendition = chosen_cover.get_rendition("max-640x900|format-webp")
    paths = [
        f"/en/works/{page.work_id}/files/cover",
        f"/media/{chosen_cover.file.name}",
        f"/media/{rendition.file.name}",
    ]
    assert [Client().get(path).status_code for path in paths] == [200, 200, 200]

    page.unpublish()

    assert [Client().get(path).status_code for path in paths] == [404, 404, 404]


def test_nothing_of_the_storage_has_an_address_but_images(library: Library) -> None:
    name = default_storage.save("stray.txt", ContentFile(b"not for readers"))

    assert Client().get(f"/media/{name}").status_code == 404
    assert Client().get("/media/../library.sqlite3").status_code == 404


def test_files_are_sent_as_what_they_are_and_cannot_run(library: Library) -> None:
    page = library.edition()
    pdf = library.document(pdf_bytes("text"), "a.pdf")
    docx = library.document(docx_bytes("text"), "b.docx")
    html = library.document(b"<html><body><script>1</script><p>Hello</p></body></html>", "c.html")
    for document in (pdf, docx, html):
        library.attach(page, document)
        read_due_document(document.pk)

    answers = {}
    for file in EditionFile.objects.all():
        url = f"/en/works/{page.work_id}/files/{file.number}/download"
        answers[file.document.file_extension] = Client().get(url)

    assert answers["pdf"].headers["Content-Type"] == "application/pdf"
    assert answers["pdf"].headers["Content-Disposition"].startswith("inline")
    assert answers["html"].headers["Content-Type"] == "text/html"
    for kind in ("docx", "html"):
        assert answers[kind].headers["Content-Disposition"].startswith("attachment")
        assert answers[kind].headers["Content-Security-Policy"].startswith("sandbox")
    for answer in answers.values():
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_is_handed_to_the_web_server_where_it_can_send_it(
    file: EditionFile, settings: pytest.MonkeyPatch
) -> None:
    settings.X_ACCEL_PREFIX = "/protected"

    response = Client().get(f"/en/works/{file.edition.work_id}/files/1/download")

    assert response.headers["X-Accel-Redirect"] == f"/protected/{file.document.file.name}"
    assert response.content == b""


def test_audiences_say_what_restrictions_demand(library: Library) -> None:
    one, two = Group.objects.create(name="one"), Group.objects.create(name="two")
    page = library.edition()
    groups = restrict_page(page, "groups", one, two)
    above = restrict_page(library.sections["en"], "groups", two)
    login = PageViewRestriction(restriction_type="login")
    password = CollectionViewRestriction(restriction_type="password")
    both = audience_of([groups, above, login])

    assert both == f"groups:{one.pk},{two.pk}&groups:{two.pk}"
    assert audience_of([]) == PUBLIC
    assert audience_of([password, groups]) == NOBODY
    assert join_audiences([PUBLIC, "login"]) == "login"
    assert Reader(True, frozenset({two.pk})).admitted_by(both)
    assert not Reader(True, frozenset({one.pk})).admitted_by(both)
    assert not Reader(True).admitted_by(both)
    assert Reader(True, superuser=True).admitted_by(both)
    assert not Reader(True, superuser=True).admitted_by(NOBODY)
    assert not Reader().admitted_by("login")
