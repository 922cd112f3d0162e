"""A change reaches the index: outbox, drain, engine."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.leases import LeaseLost, LeaseTaken, take
from cms.models import Lease
from publications.access import Reader
from search.engine import get_engine
from search.engines.base import EngineUnavailable, IndexLocked
from search.engines.embedded import EmbeddedEngine
from search.indexing import outbox, writing
from search.indexing.drain import WRITER, drain
from search.models import IndexedWork, OutboxEntry
from search.records import Record
from search.tasks import drain_outbox
from tests.library import (
    Library,
    make_user,
    pdf_bytes,
    private_collection,
    restrict_page,
)

pytestmark = pytest.mark.django_db


def test_a_published_work_is_found_by_the_words_of_its_file(library: Library, find) -> None:
    edition = library.edition("Housing report")
    document = library.document(pdf_bytes("x"), "report.pdf")
    library.attach(edition, document, language="en")
    library.read_text(document, "The first page.", "Tenants asked for heliotropes.")
    assert find("heliotropes") == []
    drain()
    assert find("heliotropes") == [edition.work_id]
    assert not OutboxEntry.objects.pending().exists()


def test_many_changes_of_a_work_are_one_record(library: Library, index, monkeypatch) -> None:
    edition = library.edition("Draft")
    for number in range(5):
        edition.title = f"Title {number}"
        edition.save_revision().publish()
    written: list[Record] = []
    write = EmbeddedEngine.write
    monkeypatch.setattr(
        EmbeddedEngine,
        "write",
        lambda self, records: write(self, (written.append(record) or record for record in records)),
    )
    assert OutboxEntry.objects.pending().count() >= 5
    drain()
    assert [record.editions[0].title for record in written] == ["Title 4"]


def test_versions_of_a_work_only_grow(library: Library, index) -> None:
    edition = library.edition()
    seen = []
    for _ in range(3):
        edition.save_revision().publish()
        drain()
        seen.append(dict(get_engine().versions())[edition.work_id])
    assert seen == sorted(set(seen))
    assert IndexedWork.objects.get(pk=edition.work_id).version == seen[-1]


def test_what_is_no_longer_published_leaves_the_index(library: Library, find) -> None:
    edition = library.edition("Lighthouses")
    drain()
    assert find("lighthouses")
    edition.unpublish()
    drain()
    assert find("lighthouses") == []
    assert not IndexedWork.objects.exists()


def test_a_deleted_work_leaves_the_index(library: Library, find) -> None:
    edition = library.edition("Lighthouses")
    drain()
    edition.delete()
    drain()
    assert find("lighthouses") == []


def test_a_work_that_cannot_be_written_does_not_hold_up_the_others(
    library: Library, find, monkeypatch
) -> None:
    poison = library.edition("Poison report").work_id
    good = library.edition("Good report").work_id
    write = EmbeddedEngine.write

    def refuse(self: EmbeddedEngine, records: Iterable[Record]) -> None:
        records = list(records)
        if any(record.work == poison for record in records):
            raise ValueError("this record makes no sense")
        write(self, records)

    monkeypatch.setattr(EmbeddedEngine, "write", refuse)
    drained = drain()
    assert (drained.written, drained.failed) == (1, 1)
    assert find("report") == [good]
    entries = OutboxEntry.objects.pending()
    assert {entry.work for entry in entries} == {poison}
    assert all(entry.attempts == 1 and "no sense" in entry.error for entry in entries)
    assert all(entry.next_try > timezone.now() for entry in entries)
    assert drain().failed == 0, "it is not due yet"
    assert drain(retries=True).failed == 1, "sync tries it at once, and only once"

    monkeypatch.setattr(EmbeddedEngine, "write", write)
    OutboxEntry.objects.pending().update(next_try=timezone.now())
    drain()
    assert set(find("report")) == {good, poison}


def test_a_work_that_an_engine_calls_unavailability_is_told_from_an_outage(
    library: Library, find, monkeypatch
) -> None:
    """The embedded engine says so of a text that its word index cannot take."""
    poison = library.edition("Poison report").work_id
    good = library.edition("Good report").work_id
    write = EmbeddedEngine.write

    def refuse(self: EmbeddedEngine, records: Iterable[Record]) -> None:
        records = list(records)
        if any(record.work == poison for record in records):
            raise EngineUnavailable("The word index failed while adding a work.")
        write(self, records)

    monkeypatch.setattr(EmbeddedEngine, "write", refuse)
    assert drain().failed == 1
    assert find("report") == [good]


def test_a_work_whose_record_cannot_be_built_does_not_hold_up_the_others(
    library: Library, find, monkeypatch
) -> None:
    poison = library.edition("Poison report").work_id
    good = library.edition("Good report").work_id
    build = writing.build_records

    def refuse(works: list[int], version: int, encoder: str) -> list[Record]:
        if poison in works:
            raise KeyError("no such thing")
        return build(works, version, encoder)

    monkeypatch.setattr(writing, "build_records", refuse)
    drained = drain()
    assert (drained.written, drained.failed) == (1, 1)
    assert find("report") == [good]


def test_each_failure_waits_longer_up_to_an_hour(library: Library) -> None:
    work = library.edition().work_id
    pauses = []
    for _ in range(12):
        outbox.mark_failed(outbox.pending_entries([work])[work], ValueError("x"))
        entry = OutboxEntry.objects.pending().latest("pk")
        pauses.append((entry.next_try - timezone.now()).total_seconds())
    assert entry.attempts == 12
    assert 4 < pauses[0] < 16
    assert pauses[6] + 1 > 4.9 * 60
    assert 1700 < pauses[-1] < 5401


def test_while_the_engine_is_down_everything_waits_and_nothing_is_held_against_it(
    library: Library, find, monkeypatch
) -> None:
    def down(*_args: object) -> None:
        raise EngineUnavailable("The engine does not answer.")

    monkeypatch.setattr(EmbeddedEngine, "write", down)
    monkeypatch.setattr(EmbeddedEngine, "status", down)
    monkeypatch.setattr(EmbeddedEngine, "new_index", down)
    work = library.edition("Lighthouses").work_id
    assert "down" in drain_outbox.func()
    entries = OutboxEntry.objects.pending()
    assert entries
    assert all(entry.attempts == 0 and entry.next_try is None for entry in entries)
    monkeypatch.undo()
    drain_outbox.func()
    assert find("lighthouses") == [work]


def test_an_index_that_another_process_writes_to_is_tried_later(
    library: Library, index, monkeypatch
) -> None:
    def locked(*_args: object) -> None:
        raise IndexLocked("Another process writes.")

    library.edition()
    monkeypatch.setattr(EmbeddedEngine, "write", locked)
    assert "down" in drain_outbox.func()
    assert all(entry.attempts == 0 for entry in OutboxEntry.objects.pending())


def test_an_editor_publishes_while_the_index_is_gone(
    library: Library, no_index, monkeypatch
) -> None:
    def down(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("an editor's request asked the engine")

    for method in ("write", "search", "status", "new_index"):
        monkeypatch.setattr(EmbeddedEngine, method, down)
    edition = library.edition("Lighthouses")
    edition.unpublish()
    edition.delete()
    assert OutboxEntry.objects.pending().exists()


def test_only_who_holds_the_lease_writes(library: Library, index) -> None:
    library.edition()
    take(WRITER, 60)
    with pytest.raises(LeaseTaken):
        drain()
    assert drain_outbox.func() == "another process writes"
    assert OutboxEntry.objects.pending().exists()


def test_a_writer_that_lost_its_lease_notes_nothing(library: Library, index, monkeypatch) -> None:
    library.edition()
    write = EmbeddedEngine.write

    def slow(self: EmbeddedEngine, records: Iterable[Record]) -> None:
        write(self, records)
        Lease.objects.filter(name=WRITER).update(holder="somebody:1:else")

    monkeypatch.setattr(EmbeddedEngine, "write", slow)
    with pytest.raises(LeaseLost):
        drain()
    assert OutboxEntry.objects.pending().exists()
    assert not IndexedWork.objects.exists()


def test_a_change_that_comes_while_its_work_is_written_is_written_too(
    library: Library, find, monkeypatch
) -> None:
    edition = library.edition("Before")
    write = EmbeddedEngine.write
    changed = False

    def change_then_write(self: EmbeddedEngine, records: Iterable[Record]) -> None:
        nonlocal changed
        if not changed:
            changed = True
            edition.title = "Lighthouses"
            edition.save_revision().publish()
        write(self, records)

    monkeypatch.setattr(EmbeddedEngine, "write", change_then_write)
    drain()
    assert find("lighthouses") == [edition.work_id]


def test_an_audience_is_known_before_it_stands_in_the_index(library: Library, find) -> None:
    user = make_user("reader")
    restrict_page(library.edition("Lighthouses"), "login")
    drain()
    assert find("lighthouses") == []
    assert len(find("lighthouses", Reader.of(user))) == 1


def test_a_file_is_found_by_who_may_see_its_page_and_its_collection(library: Library, find) -> None:
    edition = library.edition("A report")
    document = library.document(pdf_bytes("x"), "x.pdf", collection=private_collection())
    library.attach(edition, document)
    library.read_text(document, "Lighthouses.")
    drain()
    assert find("report") == [edition.work_id]
    assert find("lighthouses") == []
    assert find("lighthouses", Reader.of(make_user("reader"))) == [edition.work_id]


def test_writing_many_works_takes_few_queries(library: Library, index) -> None:
    def queries_for(count: int) -> int:
        works = [library.edition().work_id for _ in range(count)]
        OutboxEntry.objects.all().delete()
        outbox.record_changes(works, "test")
        with CaptureQueriesContext(connection) as captured:
            assert drain().written == count
        return len(captured)

    few = queries_for(2)
    assert queries_for(20) <= few + 3


def test_large_works_are_written_in_small_batches(library: Library, monkeypatch) -> None:
    monkeypatch.setattr(writing, "BATCH_SECTIONS", 5)
    works = []
    for pages in (1, 2, 9, 1, 1):
        edition = library.edition()
        document = library.document(pdf_bytes("x"), "x.pdf")
        library.attach(edition, document)
        library.read_text(document, *["text"] * pages)
        works.append(edition.work_id)
    first, second, large, *rest = works
    assert list(writing.batches(works)) == [[first, second], [large], rest]


def test_done_entries_are_kept_for_a_while(library: Library, index) -> None:
    library.edition()
    drain()
    count = OutboxEntry.objects.count()
    assert count
    assert outbox.prune() == 0
    OutboxEntry.objects.update(done_at=timezone.now() - datetime.timedelta(days=8))
    work = library.edition().work_id
    assert outbox.prune() == count
    assert {entry.work for entry in OutboxEntry.objects.all()} == {work}
