"""From works to records."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Collection, Page

from glossary.models import Concept, Label
from network.models import Country, Organisation, Place
from publications.access import collection_audience, edition_audience
from publications.models import (
    Edition,
    EditionFile,
    ReadSection,
    Work,
    WorkIdentifier,
    WorkOrganisation,
)
from publications.restrictions import Restrictions
from search.records import EditionRecord, FileRecord, Record
from search.rich_text import plain_text
from search.works import build_records, facts_text
from tests.library import Library, docx_bytes, pdf_bytes, private_collection, restrict_page

pytestmark = pytest.mark.django_db


def record_of(edition: Edition) -> Record:
    """The record of an edition's work."""
    return build_records([edition.work_id], 7)[0]


def edition_of(edition: Edition) -> EditionRecord:
    """The record of the first edition of an edition's work."""
    return record_of(edition).editions[0]


def text_of(part: EditionRecord | FileRecord) -> str:
    """All text of the passages of a page or file."""
    passages = part.body if isinstance(part, EditionRecord) else part.passages
    return "\n".join(passage.text for passage in passages)


# Which editions.


def test_a_record_has_the_published_editions_in_the_order_of_the_site(library: Library) -> None:
    swedish = library.edition("Fyrar", language="sv")
    library.edition("Deniz fenerleri", language="tr", of=swedish)
    library.edition("Lighthouses", of=swedish, publish=False)
    record = record_of(swedish)
    assert (record.work, record.version, record.kind) == (swedish.work_id, 7, "publication")
    assert [(row.language, row.title) for row in record.editions] == [
        ("tr", "Deniz fenerleri"),
        ("sv", "Fyrar"),
    ]
    assert record.editions[1].slug == swedish.slug


@pytest.mark.parametrize("kind", ["publication", "good_practice", "guidance"])
def test_the_kind_is_that_of_the_page(kind: str, library: Library) -> None:
    assert record_of(library.edition(kind=kind)).kind == kind


def test_an_alias_is_no_edition(library: Library) -> None:
    edition = library.edition()
    edition.copy_for_translation(library.sections["tr"].locale, alias=True)
    assert Page.objects.filter(alias_of=edition, live=True).exists()
    assert [row.language for row in record_of(edition).editions] == ["en"]


def test_the_live_text_counts_not_the_draft(library: Library) -> None:
    edition = library.edition("Lighthouses")
    edition.title = "Draft"
    edition.save_revision()
    assert edition_of(edition).title == "Lighthouses"


def test_a_work_without_a_published_edition_has_an_empty_record(library: Library) -> None:
    work = library.edition(publish=False).work_id
    missing = work + 1000
    records = build_records([missing, work], 7)
    assert [(row.work, row.editions) for row in records] == [(missing, ()), (work, ())]


def test_an_edition_that_expires_is_visible_until_then(library: Library) -> None:
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    edition = library.edition(expire_at=tomorrow)
    assert edition_of(edition).visibility.visible_until == int(tomorrow.timestamp())
    Page.objects.filter(pk=edition.pk).update(expire_at=timezone.now())
    assert record_of(edition).editions == ()


# Facts.


@pytest.fixture
def facts(library: Library) -> Edition:
    """A work about which everything is known."""
    country = Country.objects.create(code="SE", names={"en": "Sweden", "sv": "Sverige"})
    place = Place.objects.create(slug="sala", names={"en": "Sala", "ar": "سالا"}, country=country)
    town = Place.objects.create(slug="vik", names={"en": "Vik"}, country=country)
    theme = Concept.objects.create(slug="housing", is_theme=True)
    for language, kind, text in (
        ("en", "preferred", "Housing"),
        ("sv", "preferred", "Boende"),
        ("sv", "alternative", "Bostäder"),
    ):
        Label.objects.create(concept=theme, language=language, kind=kind, text=text)
    union = Organisation.objects.create(
        slug="union", kind="union", names={"en": "The Union", "sv": "Unionen"}, acronyms="UMU"
    )
    municipality = Organisation.objects.create(
        slug="vik", kind="municipality", names={"en": "Vik Municipality"}, place=town
    )
    edition = library.edition(kind="good_practice")
    work = edition.work
    Work.objects.filter(pk=work.pk).update(
        date=datetime.date(2021, 5, 3), authors=["A. Öz"], municipality=municipality
    )
    work.themes.add(theme)
    work.countries.add(country)
    work.places.add(place)
    WorkOrganisation.objects.create(work=work, organisation=union, role="publisher")
    WorkOrganisation.objects.create(work=work, organisation=union, role="partner")
    WorkIdentifier.objects.create(work=work, scheme="isbn", value="978-1-4028-9462-6")
    return edition


def test_facets_are_stable_keys(facts: Edition) -> None:
    record = record_of(facts)
    assert record.year == 2021
    assert record.date == datetime.date(2021, 5, 3).toordinal()
    assert record.themes == ("housing",)
    assert record.countries == ("SE",)
    assert record.organisations == ("union", "vik")


def test_names_for_field_words_are_in_every_language(facts: Edition) -> None:
    record = record_of(facts)
    assert record.authors == ("A. Öz",)
    assert set(record.places) == {"Sala", "سالا", "Sweden", "Sverige", "Vik"}


def test_facts_are_text_in_the_language_of_the_edition(facts: Edition, library: Library) -> None:
    library.edition(language="sv", kind="good_practice", of=facts)
    english, swedish = record_of(facts).editions
    for text in (english.facts, swedish.facts):
        for fact in ("A. Öz", "2021", "UMU", "978-1-4028-9462-6", "9781402894626"):
            assert fact in text.splitlines()
    assert {"Housing", "The Union", "Sweden", "Vik Municipality"} <= set(english.facts.splitlines())
    assert {"Boende", "Unionen", "Sverige"} <= set(swedish.facts.splitlines())
    assert "Boende" not in english.facts
    assert "Bostäder" not in swedish.facts, "the page shows preferred labels"


def test_a_work_of_which_nothing_is_known_has_no_facts(library: Library) -> None:
    assert facts_text(library.edition().work, "en") == ""


# Texts.


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<h2>Head</h2><p>Body <b>bo</b>ld</p>", "Head\n\nBody bold"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\n\nTwo"),
        ("<p>Line<br/>break</p>", "Line break"),
        ("<p>caf&eacute; &amp; <a linktype='page' id='1'>link</a></p>", "café & link"),
        ("<p>a\n  b</p>", "a b"),
        ("", ""),
        ("<p></p>", ""),
        ("1 < 2", "1 < 2"),
    ],
)
def test_rich_text_becomes_plain_and_its_blocks_stay_apart(html: str, text: str) -> None:
    assert plain_text(html) == text


def test_title_and_summary_come_first_and_then_the_texts_of_a_kind(library: Library) -> None:
    edition = library.edition(
        "Housing for all",
        kind="good_practice",
        summary="How a town found rooms.",
        body="<p>Body text.</p>",
        challenge="<p>Too few rooms.</p>",
        costs="<p>Two posts.</p>",
    )
    body = edition_of(edition).body
    assert [(row.number, row.heading, row.text) for row in body] == [
        (0, "", "Housing for all\n\nHow a town found rooms."),
        (1, "", "Body text."),
        (2, "Challenge", "Too few rooms."),
        (3, "Costs and staffing", "Two posts."),
    ]
    assert all(row.language == "en" and row.locator is None for row in body)


def test_plain_fields_are_taken_as_they_are(library: Library) -> None:
    edition = library.edition(kind="guidance", audience="Towns with < 500 people")
    assert "Towns with < 500 people" in text_of(edition_of(edition))


def test_a_long_text_is_cut_into_passages(library: Library) -> None:
    sentences = " ".join(f"This is sentence number {number}." for number in range(200))
    body = edition_of(library.edition(body=f"<p>{sentences}</p>")).body
    assert len(body) > 3
    assert [row.number for row in body] == list(range(len(body)))
    title, *rest = body
    assert title.text == "A report"
    assert " ".join(row.text for row in rest).split() == sentences.split()


# Files.


@pytest.fixture
def with_file(library: Library) -> Edition:
    """An edition with a PDF of two pages, the second in another language."""
    edition = library.edition()
    document = library.document(pdf_bytes("x"), "report.pdf", title="The report")
    library.attach(edition, document)
    reading = library.read_text(document, "First page.", "Deuxième page.")
    ReadSection.objects.filter(reading=reading, number=2).update(language="fr")
    return edition


def file_of(edition: Edition) -> FileRecord:
    """The record of the first file."""
    return edition_of(edition).files[0]


def test_a_file_brings_its_pages_each_in_its_language(with_file: Edition) -> None:
    file = file_of(with_file)
    assert (file.number, file.label, file.format) == (1, "The report", "pdf")
    assert (file.language, file.locator_kind) == ("en", "page")
    assert [(row.number, row.locator, row.language, row.text) for row in file.passages] == [
        (0, 1, "en", "First page."),
        (1, 2, "fr", "Deuxième page."),
    ]


def test_a_passage_never_crosses_a_page(library: Library) -> None:
    edition = library.edition()
    document = library.document(pdf_bytes("x"), "report.pdf")
    library.attach(edition, document)
    library.read_text(document, *(f"Page {number} is short." for number in range(1, 6)))
    assert [row.locator for row in file_of(edition).passages] == [1, 2, 3, 4, 5]


def test_a_page_of_unknown_language_has_its_files(with_file: Edition) -> None:
    ReadSection.objects.update(language="")
    assert {row.language for row in file_of(with_file).passages} == {"en"}


def test_the_language_an_editor_stated_counts(library: Library) -> None:
    edition = library.edition()
    document = library.document(pdf_bytes("x"), "report.pdf")
    library.attach(edition, document, language="sv", label="Bilaga")
    library.read_text(document, "text", language="")
    file = file_of(edition)
    assert (file.language, file.label) == ("sv", "Bilaga")
    assert file.passages[0].language == "sv"


def test_a_file_without_text_is_in_the_record(library: Library) -> None:
    edition = library.edition(language="tr")
    library.attach(edition, library.document(docx_bytes("x"), "scan.docx"))
    file = file_of(edition)
    assert (file.label, file.language, file.format) == ("scan.docx", "tr", "docx")
    assert file.passages == ()


def test_a_files_audience_is_that_of_its_page_and_its_collection(
    library: Library, with_file: Edition
) -> None:
    group = Group.objects.create(name="Group")
    restrict_page(with_file, "groups", group)
    document = EditionFile.objects.get().document
    document.collection = private_collection("login")
    document.save()
    assert edition_of(with_file).visibility.audience == f"groups:{group.pk}"
    assert file_of(with_file).visibility.audience == f"groups:{group.pk}"
    document.collection = private_collection("password")
    document.save()
    assert edition_of(with_file).visibility.audience == f"groups:{group.pk}"
    assert file_of(with_file).visibility.audience == "nobody"


def test_a_file_under_embargo_is_visible_from_its_end(with_file: Edition) -> None:
    end = timezone.now() + datetime.timedelta(days=1)
    EditionFile.objects.update(embargo_until=end)
    assert file_of(with_file).visibility.visible_from == math.ceil(end.timestamp())
    assert edition_of(with_file).visibility.visible_from is None


def test_a_file_goes_with_its_expiring_page(with_file: Edition) -> None:
    end = timezone.now() + datetime.timedelta(days=1)
    Page.objects.filter(pk=with_file.pk).update(expire_at=end)
    assert file_of(with_file).visibility.visible_until == int(end.timestamp())


# Many at once.


def test_restrictions_agree_with_those_of_one_page_at_a_time(library: Library) -> None:
    groups = [Group.objects.create(name=f"Group {number}") for number in range(2)]
    section = library.sections["en"]
    plain = library.edition()
    arrangements: list[Callable[[], object]] = [
        lambda: None,
        lambda: restrict_page(library.edition(), "login"),
        lambda: restrict_page(section, "groups", *groups),
        lambda: restrict_page(section.get_parent(), "login"),
        lambda: restrict_page(library.edition(), "groups", groups[0]),
        lambda: private_collection("groups", groups[1]).add_child(name="Below"),
        lambda: restrict_page(library.edition(), "password"),
        lambda: restrict_page(plain, "groups"),
    ]
    for arrange in arrangements:
        arrange()
        bulk = Restrictions()
        for page in Edition.objects.all():
            assert bulk.page(page.pk, page.path) == edition_audience(page), page
        for collection in Collection.objects.all():
            assert bulk.collection(collection.pk) == collection_audience(collection)
    assert len({edition_audience(page) for page in Edition.objects.all()}) > 3


def test_below_an_alias_the_restrictions_of_what_it_shows_count(library: Library) -> None:
    section, edition = library.sections["en"], library.edition()
    alias = section.create_alias(update_slug="alias", recursive=False)
    alias_of_alias = alias.create_alias(update_slug="another", recursive=False)
    for parent in (alias, alias_of_alias):
        edition.move(Page.objects.get(pk=parent.pk), pos="last-child")
        edition = Edition.objects.get(pk=edition.pk)
        restriction = restrict_page(section, "login")
        assert edition_audience(edition) == "login"
        assert Restrictions().page(edition.pk, edition.path) == "login"
        restriction.delete()
        assert Restrictions().page(edition.pk, edition.path) == "public"


def test_many_records_take_as_many_queries_as_one(library: Library, facts: Edition) -> None:
    def queries(works: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            build_records(works, 1)
        return len(captured)

    works = [facts.work_id]
    document = library.document(pdf_bytes("x"), "x.pdf")
    library.attach(facts, document)
    library.read_text(document, "text")
    few = queries(works)
    for number in range(5):
        edition = library.edition(kind="good_practice")
        document = library.document(pdf_bytes("x"), f"{number}.pdf")
        library.attach(edition, document)
        library.read_text(document, "text")
        edition.work.themes.set(facts.work.themes.all())
        edition.work.places.set(facts.work.places.all())
        works.append(edition.work_id)
    assert queries(works) == few
    assert few < 25
