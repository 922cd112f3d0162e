"""What changes without a signal is found by comparing fingerprints."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    Page,
    PageViewRestriction,
)

from glossary.models import Concept, Label
from network.models import Country, Organisation, Place
from publications.models import (
    Edition,
    EditionFile,
    Guidance,
    LibraryDocument,
    Publication,
    Reading,
    Work,
    WorkIdentifier,
    WorkOrganisation,
)
from search.indexing.drain import drain
from search.indexing.fingerprints import fingerprints
from search.indexing.reconcile import reconcile
from search.models import IndexedWork, OutboxEntry
from tests.library import Library, pdf_bytes, private_collection, restrict_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(library: Library, index) -> Edition:
    """A work with a file and every kind of fact, indexed."""
    country = Country.objects.create(code="SE", names={"en": "Sweden"})
    place = Place.objects.create(slug="sala", names={"en": "Sala"}, country=country)
    theme = Concept.objects.create(slug="housing", is_theme=True)
    Label.objects.create(concept=theme, language="en", text="Housing")
    sala = Organisation.objects.create(
        slug="sala", kind="municipality", names={"en": "Sala"}, place=place
    )
    edition = library.edition("Lighthouses", kind="guidance", steps="<p>One.</p>")
    work = edition.work
    Work.objects.filter(pk=work.pk).update(municipality=sala)
    work.themes.add(theme)
    work.countries.add(country)
    work.places.add(place)
    WorkOrganisation.objects.create(work=work, organisation=sala, role="publisher")
    WorkIdentifier.objects.create(work=work, scheme="other", value="A-1")
    document = library.document(pdf_bytes("x"), "x.pdf")
    library.attach(edition, document)
    library.read_text(document, "Glasshouses.")
    library.edition("Another work")
    drain()
    assert reconcile() == 0
    return edition


def found_by_reconciling(change: Callable[[], object]) -> set[int]:
    """The works that reconciling finds after a change whose signals are lost."""
    change()
    OutboxEntry.objects.all().delete()
    reconcile()
    return {entry.work for entry in OutboxEntry.objects.all()}


def test_when_nothing_changed_nothing_is_found(edition: Edition) -> None:
    assert found_by_reconciling(lambda: None) == set()


CHANGES: dict[str, Callable[[], object]] = {
    "title": lambda: Page.objects.filter(title="Lighthouses").update(title="Beacons"),
    "slug": lambda: Page.objects.filter(title="Lighthouses").update(slug="beacons"),
    "summary": lambda: Edition.objects.filter(title="Lighthouses").update(summary="New."),
    "body": lambda: Guidance.objects.update(body="<p>New.</p>"),
    "a text of its kind": lambda: Guidance.objects.update(steps="<p>Two.</p>"),
    "unpublished": lambda: Page.objects.filter(title="Lighthouses").update(live=False),
    "deleted": lambda: Guidance.objects.all().delete(),
    "expires": lambda: Page.objects.filter(title="Lighthouses").update(
        expire_at=timezone.now() + datetime.timedelta(days=1)
    ),
    "expired": lambda: Page.objects.filter(title="Lighthouses").update(
        expire_at=timezone.now() - datetime.timedelta(seconds=1)
    ),
    "date": lambda: Work.objects.filter(themes__slug="housing").update(date="2020-01-01"),
    "authors": lambda: Work.objects.filter(themes__slug="housing").update(authors=["A"]),
    "theme": lambda: Work.themes.through.objects.all().delete(),
    "country": lambda: Work.countries.through.objects.all().delete(),
    "place": lambda: Work.places.through.objects.all().delete(),
    "organisation": lambda: WorkOrganisation.objects.all().delete(),
    "municipality": lambda: Work.objects.update(municipality=None),
    "identifier": lambda: WorkIdentifier.objects.update(value="A-2"),
    "name of a country": lambda: Country.objects.update(names={"en": "Sverige"}),
    "name of a place": lambda: Place.objects.update(names={"en": "Ort"}),
    "name of an organisation": lambda: Organisation.objects.update(names={"en": "Kommun"}),
    "acronym": lambda: Organisation.objects.update(acronyms="SK"),
    "place of an organisation": lambda: Organisation.objects.update(place=None),
    "label of a theme": lambda: Label.objects.update(text="Homes"),
    "label of a file": lambda: EditionFile.objects.update(label="Annex"),
    "language of a file": lambda: EditionFile.objects.update(language="fr"),
    "embargo": lambda: EditionFile.objects.update(
        embargo_until=timezone.now() + datetime.timedelta(days=1)
    ),
    "another file": lambda: Reading.objects.update(file_hash="other"),
    "read again": lambda: Reading.objects.update(read_at=timezone.now()),
    "title of a file": lambda: LibraryDocument.objects.update(title="Other"),
    "moved to a private collection in bulk": lambda: LibraryDocument.objects.update(
        collection=private_collection()
    ),
    "its collection became private": lambda: CollectionViewRestriction.objects.create(
        collection=Collection.get_first_root_node(), restriction_type="login"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of(change: Callable[[], object], edition: Edition) -> None:
    assert found_by_reconciling(change) == {edition.work_id}


def test_a_restriction_on_a_parent_and_its_groups(library: Library, edition: Edition) -> None:
    works = set(Work.objects.values_list("pk", flat=True))
    group = Group.objects.create(name="Group")
    home = library.sections["en"].get_parent().get_parent()
    assert found_by_reconciling(lambda: restrict_page(home, "groups", group)) == works
    drain()
    assert found_by_reconciling(group.delete) == works
    drain()
    assert found_by_reconciling(PageViewRestriction.objects.all().delete) == works


def test_a_page_moved_below_a_restriction(library: Library, edition: Edition) -> None:
    section = library.sections["en"].copy(update_attrs={"slug": "elsewhere"}, recursive=False)
    restrict_page(section)
    drain()
    changed = found_by_reconciling(lambda: edition.move(section, pos="last-child"))
    assert changed == {edition.work_id}


def test_a_move_that_changes_nothing_for_readers(library: Library, edition: Edition) -> None:
    section = library.sections["en"].copy(update_attrs={"slug": "elsewhere"}, recursive=False)
    drain()
    assert found_by_reconciling(lambda: edition.move(section, pos="last-child")) == set()


def test_what_reconciling_finds_reaches_the_index(library: Library, edition, find) -> None:
    LibraryDocument.objects.update(collection=private_collection())
    assert find("glasshouses") == [edition.work_id]
    reconcile()
    drain()
    assert find("glasshouses") == []
    assert reconcile() == 0


def test_works_whose_change_waits_are_left_alone(edition: Edition) -> None:
    Publication.objects.update(summary="New.")
    assert reconcile() == 1
    assert reconcile() == 0


def test_a_work_of_which_the_index_knows_nothing(edition: Edition) -> None:
    assert found_by_reconciling(IndexedWork.objects.filter(pk=edition.work_id).delete) == {
        edition.work_id
    }


def test_a_work_that_is_gone(edition: Edition) -> None:
    IndexedWork.objects.create(work=999, version=1, fingerprint="x", indexed_at=timezone.now())
    assert found_by_reconciling(lambda: None) == {999}


def test_the_whole_library_takes_as_many_queries_as_one_work(
    library: Library, edition: Edition
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            fingerprints()
        return len(captured)

    few = queries()
    for _ in range(10):
        library.edition()
    assert queries() == few


def test_some_works_have_the_same_fingerprints_as_in_the_whole(edition: Edition) -> None:
    whole = fingerprints()
    assert fingerprints([edition.work_id]) == {edition.work_id: whole[edition.work_id]}
