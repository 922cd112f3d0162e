"""A replaced file keeps its address, and what it was before can be had back."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from publications.models import FileVersion, LibraryDocument
from tests.library import Library, make_user, pdf_bytes

pytestmark = pytest.mark.django_db


def replace(client: Client, document: LibraryDocument, content: bytes) -> None:
    data = {
        "title": document.title,
        "file": SimpleUploadedFile("second.pdf", content),
        "collection": document.collection_id,
        "tags": "",
    }
    url = reverse("wagtaildocs:edit", args=[document.pk])
    assert client.post(url, data).status_code == 302


def test_a_replaced_file_keeps_its_address_and_its_history(
    client: Client, library: Library
) -> None:
    first, second = pdf_bytes("first"), pdf_bytes("second")
    edition = library.edition()
    file = library.attach(edition, library.document(first, "first.pdf"))
    client.force_login(make_user("chief", superuser=True))
    replace(client, file.document, second)

    address = reverse("file_download", args=[edition.work_id, file.number])
    assert b"".join(client.get(address)) == second
    [version] = FileVersion.objects.all()
    listed = client.get(reverse("file_versions", args=[file.document_id])).content.decode()
    assert reverse("file_version", args=[version.pk]) in listed
    response = client.get(reverse("file_version", args=[version.pk]))
    assert b"".join(response) == first
    assert "attachment" in response.headers["Content-Disposition"]
    form = client.get(reverse("wagtailadmin_pages:edit", args=[edition.pk])).content.decode()
    assert reverse("file_versions", args=[file.document_id]) in form


def test_a_new_title_makes_no_version(library: Library) -> None:
    document = library.document(pdf_bytes("a"), "a.pdf")
    document.title = "Another"
    document.save()
    assert not FileVersion.objects.exists()


def test_versions_are_for_those_who_may_change_the_file(client: Client, library: Library) -> None:
    document = library.document(pdf_bytes("a"), "a.pdf")
    document.file.save("b.pdf", SimpleUploadedFile("b.pdf", pdf_bytes("b")))
    [version] = FileVersion.objects.all()
    group = Group.objects.create(name="guests")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for user in (None, make_user("guest", group)):
        if user:
            client.force_login(user)
        for name, key in (("file_versions", document.pk), ("file_version", version.pk)):
            assert client.get(reverse(name, args=[key])).status_code == 302


def test_a_deleted_document_takes_its_versions_along(
    library: Library, django_capture_on_commit_callbacks: object
) -> None:
    document = library.document(pdf_bytes("a"), "a.pdf")
    document.file.save("b.pdf", SimpleUploadedFile("b.pdf", pdf_bytes("b")))
    name = str(FileVersion.objects.get().file.name)
    assert default_storage.exists(name)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        document.delete()
    assert not default_storage.exists(name)
