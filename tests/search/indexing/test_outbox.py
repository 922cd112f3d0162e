"""Every change that concerns a reader is noted with the works it concerns, and no other."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django_tasks_db.models import DBTaskResult
from wagtail.models import Collection

from cms.background import enqueue_missing, enqueue_on_commit
from glossary.exchange.run import import_concepts
from glossary.models import Concept, Label
from network.models import Country, Organisation, Place
from publications.models import Edition, EditionFile, Work, WorkIdentifier, WorkOrganisation
from publications.tasks import read_document
from search.indexing import outbox
from search.models import OutboxEntry
from search.tasks import drain_outbox
from tests.library import Library, pdf_bytes, private_collection, restrict_page

pytestmark = pytest.mark.django_db


def noted(change: Callable[[], object]) -> set[int]:
    """The works that a change writes to the outbox."""
    OutboxEntry.objects.all().delete()
    change()
    return {entry.work for entry in OutboxEntry.objects.all()}


@pytest.fixture
def edition(library: Library) -> Edition:
    return library.edition("A report")


@pytest.fixture
def other(library: Library) -> Edition:
    """Another work, which no change of the first concerns."""
    return library.edition("Another report")


@pytest.fixture
def file(library: Library, edition: Edition) -> EditionFile:
    return library.attach(edition, library.document(pdf_bytes("x"), "x.pdf"))


def organisation(slug: str = "sala", **fields: object) -> Organisation:
    return Organisation.objects.create(slug=slug, kind="municipality", names={"en": slug}, **fields)


# Pages.


def test_publishing(library: Library, edition: Edition, other: Edition) -> None:
    assert noted(lambda: edition.save_revision().publish()) == {edition.work_id}


def test_a_new_edition(library: Library, edition: Edition) -> None:
    assert noted(lambda: library.edition(language="tr", of=edition)) == {edition.work_id}


def test_a_draft_concerns_no_reader(edition: Edition) -> None:
    edition.title = "Not yet"
    assert noted(edition.save_revision) == set()


def test_unpublishing(edition: Edition, other: Edition) -> None:
    assert noted(edition.unpublish) == {edition.work_id}


def test_deleting_a_page(edition: Edition, other: Edition) -> None:
    work = edition.work_id
    assert noted(edition.delete) == {work}


def test_deleting_the_section_of_pages(library: Library, edition: Edition, other: Edition) -> None:
    works = {edition.work_id, other.work_id}
    assert noted(library.sections["en"].delete) == works


def test_moving_a_page(library: Library, edition: Edition, other: Edition) -> None:
    elsewhere = library.sections["en"].copy(update_attrs={"slug": "elsewhere"}, recursive=False)
    assert noted(lambda: edition.move(elsewhere, pos="last-child")) == {edition.work_id}


def test_another_slug(edition: Edition, other: Edition) -> None:
    edition.slug = "another-slug"
    assert noted(lambda: edition.save_revision().publish()) == {edition.work_id}


def test_an_alias_is_no_edition(library: Library, edition: Edition) -> None:
    locale = library.sections["tr"].locale
    assert noted(lambda: edition.copy_for_translation(locale, alias=True)) == set()


# Facts.


def test_a_works_own_columns(edition: Edition, other: Edition) -> None:
    edition.work.authors = ["A. Writer"]
    assert noted(edition.work.save) == {edition.work_id}


def test_facts_that_are_links(edition: Edition, other: Edition) -> None:
    theme = Concept.objects.create(slug="housing", is_theme=True)
    country = Country.objects.create(code="SE", names={"en": "Sweden"})
    place = Place.objects.create(slug="sala", names={"en": "Sala"}, country=country)
    work = edition.work
    assert noted(lambda: work.themes.add(theme)) == {work.pk}
    assert noted(lambda: work.countries.set([country])) == {work.pk}
    assert noted(lambda: place.works.add(work)) == {work.pk}
    assert noted(lambda: place.works.clear()) == {work.pk}
    assert noted(lambda: work.themes.clear()) == {work.pk}


def test_facts_that_are_rows(edition: Edition, other: Edition) -> None:
    sala = organisation()
    link = WorkOrganisation(work=edition.work, organisation=sala, role="publisher")
    isbn = WorkIdentifier(work=edition.work, scheme="isbn", value="9781402894626")
    for row in (link, isbn):
        assert noted(row.save) == {edition.work_id}
        assert noted(row.delete) == {edition.work_id}


def test_names_of_what_a_work_names(edition: Edition, other: Edition) -> None:
    country = Country.objects.create(code="SE", names={"en": "Sweden"})
    place = Place.objects.create(slug="sala", names={"en": "Sala"}, country=country)
    theme = Concept.objects.create(slug="housing", is_theme=True)
    publisher, municipality = organisation("union"), organisation("sala", place=place)
    work = edition.work
    work.countries.add(country)
    work.themes.add(theme)
    WorkOrganisation.objects.create(work=work, organisation=publisher, role="publisher")
    Work.objects.filter(pk=work.pk).update(municipality=municipality)
    for row in (country, place, publisher, municipality):
        row.names = row.names | {"sv": "Namn"}
        assert noted(row.save) == {work.pk}, row
        assert noted(row.save) == set(), "it was not renamed"
    publisher.acronyms = "UM"
    assert noted(publisher.save) == {work.pk}
    label = Label(concept=theme, language="en", text="Housing")
    assert noted(label.save) == {work.pk}
    assert noted(label.save) == set()
    assert noted(label.delete) == {work.pk}
    file = b"id,en\nhousing,Homes\nother,Other\n"
    assert noted(lambda: import_concepts("a.csv", file, dry_run=False)) == {work.pk}
    renamed = file.replace(b"Homes", b"Dwellings")
    assert noted(lambda: import_concepts("a.csv", renamed, dry_run=False)) == {work.pk}
    assert noted(lambda: import_concepts("a.csv", renamed, dry_run=False)) == set()


def test_what_a_work_named_is_deleted(edition: Edition, other: Edition) -> None:
    country = Country.objects.create(code="SE", names={"en": "Sweden"})
    place = Place.objects.create(slug="sala", names={"en": "Sala"}, country=country)
    municipality = organisation()
    Work.objects.filter(pk=edition.work_id).update(municipality=municipality)
    edition.work.places.add(place)
    assert noted(municipality.delete) == {edition.work_id}
    assert noted(place.delete) == {edition.work_id}


# Files.


def test_a_file_is_added_changed_and_removed(
    library: Library, edition: Edition, other: Edition
) -> None:
    document = library.document(pdf_bytes("x"), "x.pdf")
    assert noted(lambda: library.attach(edition, document)) == {edition.work_id}
    file = EditionFile.objects.get()
    file.label = "Annex"
    assert noted(file.save) == {edition.work_id}
    edition.files.clear()
    assert noted(lambda: edition.save_revision().publish()) == {edition.work_id}


def test_a_file_was_read(library: Library, file: EditionFile, other: Edition) -> None:
    changed = noted(lambda: library.read_text(file.document, "text"))
    assert changed == {file.edition.work_id}


def test_a_files_title_or_collection(file: EditionFile, other: Edition) -> None:
    document = file.document
    document.title = "Another title"
    assert noted(document.save) == {file.edition.work_id}
    document.collection = private_collection()
    assert noted(document.save) == {file.edition.work_id}


# Restrictions.


def test_a_restriction_of_a_page(edition: Edition, other: Edition) -> None:
    assert noted(lambda: restrict_page(edition)) == {edition.work_id}
    restriction = edition.view_restrictions.get()
    group = Group.objects.create(name="Group")
    assert noted(lambda: restriction.groups.add(group)) == {edition.work_id}
    assert noted(restriction.delete) == {edition.work_id}


def test_a_restriction_above_pages(library: Library, edition: Edition, other: Edition) -> None:
    foreign = library.edition(language="tr")
    changed = noted(lambda: restrict_page(library.sections["en"]))
    assert changed == {edition.work_id, other.work_id}
    assert foreign.work_id not in changed


def test_a_restriction_of_a_collection(library: Library, edition: Edition, other: Edition) -> None:
    above = Collection.get_first_root_node().add_child(name="Above")
    below = above.add_child(name="Below")
    library.attach(edition, library.document(pdf_bytes("x"), "x.pdf", collection=below))
    restriction = above.view_restrictions.create(restriction_type="groups")
    group = Group.objects.create(name="Group")
    assert noted(restriction.save) == {edition.work_id}
    assert noted(lambda: restriction.groups.add(group)) == {edition.work_id}
    assert noted(restriction.delete) == {edition.work_id}


# The entries and the queue.


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_leaves_no_entry() -> None:
    work = Work.objects.create()
    OutboxEntry.objects.all().delete()
    with suppress(ZeroDivisionError), transaction.atomic():
        work.save()
        assert OutboxEntry.objects.exists()
        raise ZeroDivisionError
    assert not OutboxEntry.objects.exists()


@pytest.fixture
def queue(settings) -> Callable[[], int]:
    """Tasks in the database, as the site has them; says how many wait to drain the outbox."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    waiting = DBTaskResult.objects.filter(task_path=drain_outbox.module_path)
    return lambda: waiting.ready().count()


@pytest.mark.django_db(transaction=True)
def test_the_worker_is_asked_once_after_the_commit(queue) -> None:
    with transaction.atomic():
        for _ in range(3):
            Work.objects.create()
        assert queue() == 0
    assert queue() == 1
    Work.objects.create()
    assert queue() == 1, "one waits already"
    DBTaskResult.objects.update(status="RUNNING")
    Work.objects.create()
    assert queue() == 1, "one that runs may have looked before this change"


@pytest.mark.django_db(transaction=True)
def test_a_queue_that_fails_does_not_fail_the_change(queue, monkeypatch) -> None:
    def refuse(*_args: object) -> None:
        raise RuntimeError("the queue is broken")

    monkeypatch.setattr(DBTaskResult.objects, "ready", refuse)
    with transaction.atomic():
        Work.objects.create()
    assert OutboxEntry.objects.exists()


def test_the_sweep_asks_again_for_what_was_lost(library: Library, edition: Edition, queue) -> None:
    DBTaskResult.objects.all().delete()
    assert outbox.sweep() == 1
    assert outbox.sweep() == 0, "one waits already"
    OutboxEntry.objects.all().delete()
    DBTaskResult.objects.all().delete()
    assert outbox.sweep() == 0, "nothing is due"


def test_calls_are_told_apart_by_their_arguments(queue) -> None:
    assert enqueue_missing(read_document, [(1,), (2,), (1,)]) == 2
    assert enqueue_missing(read_document, [(2,), (3,)]) == 1


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_rolled_back_does_not_swallow_the_asking(queue) -> None:
    with transaction.atomic():
        with suppress(ZeroDivisionError), transaction.atomic():
            enqueue_on_commit(drain_outbox)
            raise ZeroDivisionError
        enqueue_on_commit(drain_outbox)
    assert queue() == 1
