"""Works and editions: one number, one address, aliases that are no editions."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Locale

from publications.models import Edition, EditionFile, Publication, Work
from tests.library import Library, make_user, pdf_bytes, restrict_page

pytestmark = pytest.mark.django_db


def test_editions_in_two_languages_share_one_work(library: Library) -> None:
    english = library.edition("A report")
    turkish = library.edition("Bir rapor", language="tr", of=english)

    assert turkish.work_id == english.work_id
    assert Work.objects.count() == 1


def test_translating_makes_an_edition_of_the_same_work_without_its_files(library: Library) -> None:
    english = library.edition("A report")
    library.attach(english, library.document(pdf_bytes("text"), "a.pdf"))

    swedish = english.copy_for_translation(Locale.objects.get(language_code="sv"))

    assert swedish.work_id == english.work_id
    assert swedish.files.count() == 0


def test_copying_a_page_begins_a_work_of_its_own_with_its_own_file_numbers(
    library: Library,
) -> None:
    page = library.edition("A report")
    first = library.attach(page, library.document(pdf_bytes("1"), "a.pdf"))
    library.attach(page, library.document(pdf_bytes("2"), "b.pdf"))
    page = Publication.objects.get(pk=page.pk)
    page.files.remove(first)
    page.save_revision().publish()

    copy = page.copy(update_attrs={"slug": "copy", "title": "Copy"}, copy_revisions=True)

    assert copy.work_id != page.work_id
    assert [file.number for file in copy.files.all()] == [1]


def test_the_address_outlives_a_change_of_title_and_place(library: Library) -> None:
    page = library.edition("A report", slug="a-report")
    number = page.work_id
    assert page.url == f"/en/works/{number}/a-report"

    page.slug = "another-title"
    page.save_revision().publish()
    page.move(library.sections["en"], pos="last-child")

    response = Client().get(f"/en/works/{number}/a-report")
    assert response.status_code == 302
    assert response.url == f"/en/works/{number}/another-title"
    assert Client().get(response.url).status_code == 200


@pytest.mark.parametrize(
    ("language", "title"),
    [("sv", "Språkvänner i Göteborg"), ("tr", "Yağmur suyu"), ("ar", "دليل الاستقبال")],
)
def test_a_slug_made_from_a_title_in_any_script_is_an_address(
    library: Library, language: str, title: str
) -> None:
    page = library.edition(title, language=language, slug="")

    response = Client().get(f"/{language}/works/{page.work_id}", follow=True)

    assert page.slug
    assert response.status_code == 200
    assert title in response.content.decode()


def test_the_place_in_the_tree_leads_to_the_permanent_address(library: Library) -> None:
    page = library.edition("A report", slug="a-report")

    response = Client().get("/en/library/section/a-report/")

    assert response.status_code == 301
    assert response.url == page.url


def test_an_alias_is_navigation_and_no_edition(library: Library) -> None:
    english = library.edition("A report")
    alias = english.copy_for_translation(Locale.objects.get(language_code="sv"), alias=True)

    assert alias.alias_of_id == english.pk
    assert list(Edition.objects.real().values_list("pk", flat=True)) == [english.pk]
    response = Client().get(f"/sv/works/{english.work_id}/{english.slug}")
    assert response.status_code == 200
    assert response.context["page"].pk == english.pk


def test_a_work_in_another_language_only_is_shown_under_the_readers_address(
    library: Library,
) -> None:
    swedish = library.edition("En rapport", language="sv")

    response = Client().get(f"/tr/works/{swedish.work_id}", follow=True)

    assert response.status_code == 200
    assert response.context["page"].pk == swedish.pk
    assert response.request["PATH_INFO"] == f"/tr/works/{swedish.work_id}/{swedish.slug}"


def test_a_restricted_editions_slug_is_not_told_to_who_may_not_see_it(library: Library) -> None:
    page = library.edition("Secret plan", slug="secret-plan")
    restrict_page(page, "login")

    response = Client().get(f"/en/works/{page.work_id}/x")

    assert response.status_code == 302
    assert "secret-plan" not in response.url


def test_a_visible_edition_is_shown_where_this_languages_one_is_restricted(
    library: Library,
) -> None:
    turkish = library.edition("Açık", language="tr")
    arabic = library.edition("مغلق", language="ar", of=turkish)
    restrict_page(arabic, "login")

    response = Client().get(f"/ar/works/{turkish.work_id}", follow=True)

    assert response.status_code == 200
    assert "مغلق" not in response.content.decode()


def test_the_word_of_file_addresses_cannot_be_a_slug(library: Library) -> None:
    page = library.edition("A report")
    page.slug = "files"

    with pytest.raises(ValidationError, match="addresses of files"):
        page.full_clean()


def test_a_files_number_is_kept_when_the_file_is_replaced(library: Library) -> None:
    page = library.edition()
    document = library.document(pdf_bytes("old"), "old.pdf")
    file = library.attach(page, document)
    other = library.attach(page, library.document(pdf_bytes("b"), "b.pdf"))
    assert (file.number, other.number) == (1, 2)

    page = Publication.objects.get(pk=page.pk)
    row = page.files.get(number=1)
    row.document = library.document(pdf_bytes("new"), "new.pdf")
    page.files.add(row)
    page.save_revision().publish()

    stored = EditionFile.objects.get(edition=page, number=1)
    assert stored.document.filename.startswith("new")
    assert page.work.next_file_number() == 3


def test_the_number_of_a_deleted_work_is_not_given_again(library: Library) -> None:
    first = library.edition()
    number = first.work_id
    first.delete()

    assert library.edition().work_id > number


def test_the_three_kinds_can_be_made_in_a_section_and_the_base_cannot(
    library: Library, client: Client
) -> None:
    client.force_login(make_user("chief", superuser=True))

    response = client.get(f"/admin/pages/{library.sections['en'].pk}/add_subpage/")

    names = {row[2] for row in response.context["page_types"]}
    assert names == {"publication", "goodpractice", "guidance"}
    assert Publication.is_creatable
    assert not Edition.is_creatable
