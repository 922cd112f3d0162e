"""Adding files: who may, what is refused, what is said of files that are here already."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from intake.models import Batch, IncomingFile
from intake.places import open_sections
from publications.models import LibraryDocument
from tests.intake.unions import Union, client_of, upload, work_off
from tests.library import Library, make_user, pdf_bytes

pytestmark = pytest.mark.django_db

TEXT = "The municipality collects waste in the settlements every day of the week. " * 20


@pytest.fixture
def editor(union: Union) -> Client:
    return client_of(union.editor("ayla"))


def test_the_page_offers_the_sections_of_the_editor_alone(
    union: Union, other_union: Union, editor: Client
) -> None:
    page = editor.get(reverse("intake_add"))
    choices = page.context["target"].fields["section"].choices
    assert [title for _key, title in choices] == [union.sections["en"].title]
    assert reverse("intake_add") in editor.get(reverse("wagtailadmin_home")).content.decode()


def test_the_menu_costs_no_more_with_more_sections(
    union: Union, django_assert_max_num_queries: Any
) -> None:
    user = union.editor("ayla")
    for name in ("bekaa", "skane", "mersin", "adana", "hatay"):
        Union.build(name)
    with django_assert_max_num_queries(8):
        assert [section.title for section in open_sections(user)] == ["Union of Marmara"]


def test_a_file_goes_into_the_unions_collection_and_waits(union: Union, editor: Client) -> None:
    answer = upload(editor, union.sections["en"], ("plan.pdf", pdf_bytes("A plan")))
    assert answer.json()["success"]
    file = IncomingFile.objects.get()
    assert file.document is not None
    assert file.document.collection == union.collection
    assert file.document.uploaded_by_user is not None
    assert (file.state, file.name) == (IncomingFile.State.WAITING, "plan.pdf")


def test_without_a_script_all_files_come_at_once_and_the_batch_follows(
    union: Union, editor: Client
) -> None:
    files = [(f"{number}.pdf", pdf_bytes(str(number))) for number in range(3)]
    answer = upload(
        editor, union.sections["en"], *files, ("bad.pdf", b"<html></html>"), script=False
    )
    batch = Batch.objects.get()
    assert answer.url == reverse("intake_batch", args=[batch.pk])
    assert batch.files.count() == 3
    assert "bad.pdf" in editor.get(answer.url).content.decode()


def test_a_refused_file_is_explained_and_nothing_is_kept(union: Union, editor: Client) -> None:
    answer = upload(editor, union.sections["en"], ("page.pdf", b"<html><b>x</b></html>"))
    assert not answer.json()["success"]
    assert answer.json()["error_message"]
    assert not IncomingFile.objects.exists()
    assert not LibraryDocument.objects.exists()


def test_another_unions_section_is_refused(other_union: Union, editor: Client) -> None:
    answer = upload(editor, other_union.sections["en"], ("plan.pdf", pdf_bytes("A plan")))
    assert answer.status_code == 400
    assert not LibraryDocument.objects.exists()


def test_another_editors_batch_takes_no_files(
    union: Union, other_union: Union, editor: Client
) -> None:
    key = uuid.uuid4()
    upload(editor, union.sections["en"], ("plan.pdf", pdf_bytes("A plan")), batch=key)
    stranger = client_of(other_union.editor("samir"))
    file = ("more.pdf", pdf_bytes("More"))
    assert upload(stranger, other_union.sections["en"], file, batch=key).status_code in (302, 403)
    assert IncomingFile.objects.count() == 1


def test_who_may_add_nothing_does_not_come_in(union: Union) -> None:
    reader = client_of(make_user("reader"))
    assert reader.get(reverse("intake_add")).status_code in (302, 403)
    assert upload(reader, union.sections["en"], ("a.pdf", pdf_bytes("A"))).status_code in (302, 403)


def test_pages_of_another_unions_batch_are_not_found(
    union: Union, other_union: Union, editor: Client
) -> None:
    upload(editor, union.sections["en"], ("plan.pdf", pdf_bytes(TEXT)))
    (file,) = work_off(Batch.objects.get().pk)
    stranger = client_of(other_union.editor("samir"))
    for name, arguments in {
        "intake_batch": [file.batch_id],
        "intake_review": [file.batch_id, file.work_key],
        "intake_cover": [file.batch_id, file.pk],
    }.items():
        url = reverse(name, args=arguments)
        assert editor.get(url).status_code == 200, name
        assert stranger.get(url, follow=True).status_code == 404, name
    url = reverse("intake_review", args=[file.batch_id, file.work_key])
    for action in ("leave", "leave_out"):
        assert stranger.post(url, {"action": action}, follow=True).status_code == 404
    assert IncomingFile.objects.get().state == IncomingFile.State.READY


def test_the_same_file_again_is_said_with_a_link(union: Union, editor: Client) -> None:
    content = pdf_bytes(TEXT)
    upload(editor, union.sections["en"], ("plan.pdf", content))
    first = LibraryDocument.objects.get()
    answer = upload(editor, union.sections["en"], ("copy.pdf", content))
    assert reverse("wagtaildocs:edit", args=[first.pk]) in answer.json()["form"]


def test_a_file_that_the_editor_may_not_see_is_not_mentioned(
    union: Union, other_union: Union, editor: Client, library: Library
) -> None:
    content = pdf_bytes(TEXT)
    library.document(content, "secret.pdf", collection=other_union.collection)
    answer = upload(editor, union.sections["en"], ("copy.pdf", content))
    assert answer.json()["success"]
    assert "secret" not in answer.json()["form"]
    (file,) = work_off(Batch.objects.get().pk)
    review = editor.get(reverse("intake_review", args=[file.batch_id, file.work_key]))
    assert "secret" not in review.content.decode()


def test_nearly_the_same_text_is_said_before_a_draft_is_made(union: Union, editor: Client) -> None:
    pages = [" ".join(f"word{number * page}" for number in range(200)) for page in (1, 3, 7)]
    upload(editor, union.sections["en"], ("plan.pdf", pdf_bytes(*pages)))
    work_off(Batch.objects.get().pk)
    first = LibraryDocument.objects.get()
    key = uuid.uuid4()
    changed = [*pages[:2], pages[2].replace("word14 ", "other ")]
    upload(editor, union.sections["en"], ("plan2.pdf", pdf_bytes(*changed)), batch=key)
    upload(editor, union.sections["en"], ("new.pdf", pdf_bytes(TEXT)), batch=key)
    near, new = work_off(key)
    assert [row.document for row in near.likenesses.all()] == [first]
    assert not new.likenesses.exists()
    review = editor.get(reverse("intake_review", args=[key, near.work_key])).content.decode()
    assert reverse("wagtaildocs:edit", args=[first.pk]) in review
