"""A new index is built beside the serving one, and swapped in when it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from cms.leases import LeaseTaken, take
from cms.models import JobRun
from publications.models import Edition
from search.engine import get_engine, index_is_usable
from search.engines.base import EngineUnavailable
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded.engine import EmbeddedNewIndex
from search.indexing import rebuild as rebuilding
from search.indexing import writing
from search.indexing.check import compare
from search.indexing.drain import WRITER, drain
from search.indexing.rebuild import REBUILD, RebuildFailed, rebuild, rebuild_if_broken
from search.indexing.reconcile import reconcile
from search.models import IndexedWork, OutboxEntry
from search.records import Record
from search.tasks import drain_outbox
from tests.library import Library

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(library: Library, index) -> Edition:
    """An indexed work."""
    edition = library.edition("Lighthouses")
    drain()
    return edition


def while_building(monkeypatch, act: Callable[[], object]) -> None:
    """Act once after the first batch was written to the new index."""
    write = EmbeddedNewIndex.write
    acted = False

    def write_then_act(self: EmbeddedNewIndex, records: Iterable[Record]) -> None:
        nonlocal acted
        write(self, records)
        if not acted:
            acted = True
            act()

    monkeypatch.setattr(EmbeddedNewIndex, "write", write_then_act)


def test_a_rebuilt_index_holds_every_published_work(library: Library, find, edition) -> None:
    unpublished = library.edition("Lighthouses too", publish=False)
    other = library.edition("Other lighthouses")
    name = get_engine().status().name
    rebuilt = rebuild()
    assert rebuilt.works == 2
    assert rebuilt.failed == {}
    assert get_engine().status().name != name
    assert set(find("lighthouses")) == {edition.work_id, other.work_id}
    assert unpublished.work_id not in find("lighthouses")
    assert {row.pk for row in IndexedWork.objects.all()} == {edition.work_id, other.work_id}
    assert not OutboxEntry.objects.pending().exists(), "what waited is in it"
    assert not compare().works
    assert reconcile() == 0


def test_progress_is_told_from_nothing_to_all(library: Library, edition, monkeypatch) -> None:
    monkeypatch.setattr(writing, "BATCH_WORKS", 2)
    for _ in range(4):
        library.edition()
    seen: list[tuple[int, int]] = []
    rebuild(lambda done, total: seen.append((done, total)))
    assert seen == [(0, 5), (2, 5), (4, 5), (5, 5)]


def test_changes_made_meanwhile_are_carried_over(
    library: Library, find, edition: Edition, monkeypatch
) -> None:
    gone = library.edition("Glasshouses")
    drain()

    def change() -> None:
        edition.title = "Beacons"
        edition.save_revision().publish()
        library.edition("Greenhouses")
        gone.unpublish()
        drain()
        assert find("beacons"), "the serving index goes on being written"
        edition.title = "Beacons and towers"
        edition.save_revision().publish()

    while_building(monkeypatch, change)
    rebuild()
    assert find("towers") == [edition.work_id]
    assert find("greenhouses")
    assert find("glasshouses") == []
    assert find("lighthouses") == []
    assert not compare().works
    assert reconcile() == 0


def test_a_change_between_the_last_look_and_the_swap_is_carried_over(
    find, edition: Edition, monkeypatch
) -> None:
    hold = rebuilding.hold

    def change_then_hold(name: str, *args: object, **kwargs: object) -> object:
        if name == WRITER:
            edition.title = "Beacons"
            edition.save_revision().publish()
        return hold(name, *args, **kwargs)

    monkeypatch.setattr(rebuilding, "hold", change_then_hold)
    rebuild()
    assert find("beacons") == [edition.work_id]
    assert not OutboxEntry.objects.pending().exists()


@pytest.mark.parametrize("method", ["write", "swap"])
def test_a_rebuild_that_fails_leaves_the_old_index_serving(
    method: str, library: Library, find, edition: Edition, index: Path, monkeypatch
) -> None:
    def fail(*_args: object) -> None:
        raise OSError("no space left on device")

    before = {path.name for path in index.iterdir() if path.is_dir()}
    monkeypatch.setattr(EmbeddedNewIndex, method, fail)
    with pytest.raises((RebuildFailed, OSError)):
        rebuild()
    assert find("lighthouses") == [edition.work_id]
    assert {path.name for path in index.iterdir() if path.is_dir()} == before
    assert "no space" in JobRun.objects.get(name="rebuild").error
    monkeypatch.undo()
    rebuild()
    assert find("lighthouses") == [edition.work_id]
    assert JobRun.objects.get(name="rebuild").error == ""


def test_a_work_that_cannot_be_written_is_left_out_and_tried_later(
    library: Library, find, edition: Edition, monkeypatch
) -> None:
    poison = library.edition("Poison")
    write = EmbeddedNewIndex.write

    def refuse(self: EmbeddedNewIndex, records: Iterable[Record]) -> None:
        records = list(records)
        if any(record.work == poison.work_id for record in records):
            raise ValueError("this record makes no sense")
        write(self, records)

    monkeypatch.setattr(EmbeddedNewIndex, "write", refuse)
    rebuilt = rebuild()
    assert rebuilt.works == 1
    assert "no sense" in rebuilt.failed[poison.work_id]
    assert find("lighthouses") == [edition.work_id]
    assert {entry.work for entry in OutboxEntry.objects.pending()} == {poison.work_id}
    drain()
    assert find("poison") == [poison.work_id]


def test_two_rebuilds_do_not_run_at_once(edition: Edition) -> None:
    take(REBUILD, 60)
    with pytest.raises(LeaseTaken):
        rebuild()
    assert not rebuild_if_broken()


# An index that cannot be used.


def damage(index: Path) -> None:
    (index / (index / "current").read_text().strip() / "columns.sqlite").write_bytes(b"nonsense")


@pytest.mark.parametrize("break_it", [shutil.rmtree, damage], ids=["missing", "damaged"])
def test_the_worker_makes_an_index_again(
    break_it: Callable[[Path], object], library: Library, find, edition, index, monkeypatch
) -> None:
    monkeypatch.setattr(rebuilding.time, "sleep", lambda _seconds: None)
    JobRun.objects.all().delete()
    break_it(index)
    assert not index_is_usable()
    other = library.edition("Other lighthouses")
    assert drain_outbox.func() == "rebuilt"
    assert set(find("lighthouses")) == {edition.work_id, other.work_id}


def test_a_usable_index_is_left_as_it_is(edition: Edition, monkeypatch) -> None:
    monkeypatch.setattr(EmbeddedEngine, "new_index", lambda self: pytest.fail("it was rebuilt"))
    assert not rebuild_if_broken()


def test_an_engine_that_is_down_is_not_rebuilt_but_waited_for(
    edition: Edition, monkeypatch
) -> None:
    def down(*_args: object) -> None:
        raise EngineUnavailable("The engine does not answer.")

    monkeypatch.setattr(rebuilding.time, "sleep", lambda _seconds: None)
    JobRun.objects.all().delete()
    monkeypatch.setattr(EmbeddedEngine, "status", down)
    monkeypatch.setattr(EmbeddedEngine, "new_index", down)
    assert not rebuild_if_broken()


def test_an_index_that_stays_broken_is_not_rebuilt_again_and_again(
    edition: Edition, index: Path, monkeypatch
) -> None:
    monkeypatch.setattr(rebuilding.time, "sleep", lambda _seconds: None)
    JobRun.objects.all().delete()
    damage(index)
    assert rebuild_if_broken()
    damage(index)
    assert not rebuild_if_broken()
