"""Files and covers go along when an edition is moved to another union's section."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.images import ImageFile
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, Page

from publications.models import EditionFile, Publication, SectionPage
from publications.moving import union_collection
from tests.contributions.union import Union
from tests.library import pdf_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def south(union: Union) -> SectionPage:
    return SectionPage.objects.get(slug="south")


def image(collection: Collection) -> Any:
    file: ImageFile = get_test_image_file()
    return get_image_model().objects.create(title="Cover", file=file, collection=collection)


def edition(union: Union, *documents: Any, cover: Any = None) -> Publication:
    page: Publication = union.library.edition("A report", cover=cover)
    for document in documents:
        union.library.attach(page, document)
    return Publication.objects.get(pk=page.pk)


def move(page: Page, section: SectionPage) -> None:
    Page.objects.get(pk=page.pk).move(Page.objects.get(pk=section.pk), pos="last-child")


def collections(*things: Any) -> list[str]:
    return [type(thing).objects.get(pk=thing.pk).collection.name for thing in things]


def test_files_and_cover_go_along_and_those_of_a_draft_too(
    union: Union, south: SectionPage
) -> None:
    own = union_collection(union.organisation)
    make = union.library.document
    document, later = (
        make(pdf_bytes("a"), "a.pdf", collection=own),
        make(pdf_bytes("b"), "b.pdf", collection=own),
    )
    cover = image(own)
    page = edition(union, document, cover=cover)
    page.files.add(EditionFile(document=later))
    page.save_revision()
    move(page, south)
    assert collections(document, later, cover) == ["South"] * 3


def test_what_another_work_of_the_first_union_uses_stays(union: Union, south: SectionPage) -> None:
    own = union_collection(union.organisation)
    document, cover = union.library.document(pdf_bytes("a"), "a.pdf", collection=own), image(own)
    page, other = edition(union, document, cover=cover), edition(union, document, cover=cover)
    move(page, south)
    assert collections(document, cover) == [own.name] * 2
    move(other, south)
    assert collections(document, cover) == ["South"] * 2


def test_what_lies_in_a_collection_of_its_own_stays(union: Union, south: SectionPage) -> None:
    special = Collection.get_first_root_node().add_child(name="For members")
    document = union.library.document(pdf_bytes("a"), "a.pdf", collection=special)
    move(edition(union, document), south)
    assert collections(document) == ["For members"]


def test_a_move_within_the_union_changes_nothing(union: Union) -> None:
    own = union_collection(union.organisation)
    document = union.library.document(pdf_bytes("a"), "a.pdf", collection=own)
    section = union.library.sections["en"]
    second = section.get_parent().add_child(
        instance=SectionPage(
            title="More", slug="more", organisation=union.organisation, locale=section.locale
        )
    )
    move(edition(union, document), second)
    assert collections(document) == [own.name]
