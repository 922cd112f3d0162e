"""What the index holds is compared with the database, and repaired."""

from __future__ import annotations

import pytest
from wagtail.models import Page

from publications.models import Edition
from search.engine import get_engine
from search.indexing.check import compare, repair
from search.indexing.drain import drain
from search.indexing.versions import next_version
from search.models import IndexedWork, OutboxEntry, RecordClock
from search.records import EditionRecord, Record, Visibility
from tests.library import Library

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(library: Library, index) -> Edition:
    """An indexed work."""
    edition = library.edition("Lighthouses")
    drain()
    assert not compare().works
    return edition


def record(work: int, version: int, title: str = "") -> Record:
    """A record as somebody else may have written it; without a title, of nothing."""
    edition = EditionRecord("en", "x", title, "", Visibility())
    return Record(work, version, "publication", editions=(edition,) if title else ())


def test_a_work_that_the_index_lacks(find, edition: Edition) -> None:
    get_engine().write([record(edition.work_id, next_version())])
    assert find("lighthouses") == []
    assert compare().missing == {edition.work_id}
    found, drained = repair()
    assert found.missing == {edition.work_id}
    assert drained.written == 1
    assert find("lighthouses") == [edition.work_id]
    assert not compare().works


def test_a_work_that_another_wrote(find, edition: Edition) -> None:
    get_engine().write([record(edition.work_id, next_version(), "Forged")])
    assert compare().stale == {edition.work_id}
    repair()
    assert find("forged") == []
    assert find("lighthouses") == [edition.work_id]


def test_a_work_that_changed_without_a_signal(find, edition: Edition) -> None:
    Page.objects.filter(pk=edition.pk).update(title="Beacons")
    assert compare().stale == {edition.work_id}
    repair()
    assert find("beacons") == [edition.work_id]


def test_a_work_that_should_not_be_there(find, edition: Edition) -> None:
    get_engine().write([record(999, next_version(), "Ghosts")])
    assert compare().extra == {999}
    repair()
    assert find("ghosts") == []
    assert not compare().works


def test_a_work_whose_change_waits_is_not_wrong(find, edition: Edition) -> None:
    edition.title = "Beacons"
    edition.save_revision().publish()
    found = compare()
    assert not found.works
    assert found.waiting == 1
    repair()
    assert find("beacons") == [edition.work_id], "what waits is written too"


def test_comparing_changes_nothing(edition: Edition) -> None:
    IndexedWork.objects.all().delete()
    OutboxEntry.objects.all().delete()
    assert compare().stale
    assert not OutboxEntry.objects.exists()


def test_a_database_restored_from_a_backup_is_written_over_a_newer_index(
    find, edition: Edition
) -> None:
    """The index has versions that the restored database never gave."""
    RecordClock.objects.all().delete()
    OutboxEntry.objects.all().delete()
    IndexedWork.objects.all().delete()
    Page.objects.filter(pk=edition.pk).update(title="Beacons")
    repair()
    assert find("beacons") == [edition.work_id]
    assert not compare().works
