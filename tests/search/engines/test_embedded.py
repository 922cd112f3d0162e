"""The embedded engine: the contract, and what is its own (files, locks, processes, crashes)."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import tantivy

from search.engines.base import Engine, EngineUnavailable, IndexLocked, SchemaMismatch
from search.engines.embedded import EmbeddedEngine, engine, store
from search.engines.embedded.generations import FileLock
from search.records import Record
from tests.search.engines.child import records_of, whole_round
from tests.search.engines.contract import EngineContract
from tests.search.engines.making import (
    EVERYONE,
    NOW,
    make_edition,
    make_record,
    search,
    text_record,
    works,
)

ROOT = Path(__file__).parents[3]


def new_engine(folder: Path) -> EmbeddedEngine:
    """An engine with an empty index."""
    engine = EmbeddedEngine(folder)
    engine.new_index().swap()
    return engine


def generations(folder: Path) -> list[str]:
    """The names of the generations that lie in a folder."""
    return sorted(path.name for path in folder.iterdir() if path.is_dir())


class TestContract(EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def make_engine(cls, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Engine]:
        return lambda: new_engine(tmp_path_factory.mktemp("index"))

    @pytest.fixture
    def same_index(self) -> Callable[[Engine], Engine]:
        def second(engine: Engine) -> Engine:
            assert isinstance(engine, EmbeddedEngine)
            return EmbeddedEngine(engine.folder)

        return second


def failing_records() -> Iterator[Record]:
    yield text_record(1, "half", version=2)
    yield text_record(3, "half")
    raise RuntimeError("the records end here")


class TestWriting:
    def test_a_write_that_fails_changes_nothing(self, tmp_path: Path) -> None:
        index = new_engine(tmp_path)
        index.write([text_record(1, "whole"), text_record(2, "whole")])
        with pytest.raises(RuntimeError, match="end here"):
            index.write(failing_records())
        assert sorted(works(index, "whole")) == [1, 2]
        assert works(index, "half") == []
        assert list(index.versions()) == [(1, 1), (2, 1)]
        index.write([text_record(3, "after")])
        assert works(index, "after") == [3]
        assert works(index, "half") == []

    def test_what_is_replaced_leaves_the_word_indexes_with_the_next_write(
        self, tmp_path: Path
    ) -> None:
        index = new_engine(tmp_path)
        for version in range(1, 6):
            index.write([text_record(1, "never seen"), text_record(1, "water", version=version)])
        assert works(index, "water") == [1]
        session = index.begin_session()
        assert session.snapshot.slices.num_docs == 2  # the one that serves, the one before it
        assert session.snapshot.passages.num_docs == 2
        session.end()

    def test_while_another_writes_a_write_is_refused_and_searches_go_on(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index = new_engine(tmp_path)
        index.write([text_record(1, "water")])
        monkeypatch.setattr(engine, "_WRITE_WAIT_SECONDS", 0.05)
        lock = FileLock(tmp_path / "write.lock")
        with pytest.raises(IndexLocked):
            index.write([text_record(2, "water")])
        assert works(index, "water") == [1]
        lock.release()
        index.write([text_record(2, "water")])
        assert sorted(works(index, "water")) == [1, 2]

    def test_a_swap_that_is_refused_can_be_discarded(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index = new_engine(tmp_path)
        index.write([text_record(1, "old")])
        fresh = index.new_index()
        fresh.write([text_record(1, "fresh")])
        monkeypatch.setattr(engine, "_SWAP_WAIT_SECONDS", 0.05)
        lock = FileLock(tmp_path / "write.lock")
        with pytest.raises(IndexLocked):
            fresh.swap()
        lock.release()
        assert works(index, "old") == [1]
        fresh.discard()
        assert generations(tmp_path) == [index.status().name]

    def test_a_word_index_that_another_holds_is_locked_not_broken(self, tmp_path: Path) -> None:
        index = new_engine(tmp_path)
        slices = tantivy.Index.open(str(tmp_path / index.status().name / "slices"))
        writer = slices.writer(15_000_000, 1)
        with pytest.raises(IndexLocked):
            index.write([text_record(1, "water")])
        del writer
        index.write([text_record(1, "water")])
        assert works(index, "water") == [1]

    def test_a_changed_title_moves_in_the_order_of_titles(self, tmp_path: Path) -> None:
        index = new_engine(tmp_path)
        index.write([make_record(n, make_edition("en", title)) for n, title in enumerate("bdf")])
        assert works(index, "", sort="title") == [0, 1, 2]
        index.write([make_record(2, make_edition("en", "a"), version=2)])
        assert works(index, "", sort="title") == [2, 0, 1]

    def test_one_generation_remains_after_each_swap(self, tmp_path: Path) -> None:
        index = new_engine(tmp_path)
        for _ in range(3):
            index.new_index().swap()
        assert generations(tmp_path) == [index.status().name]

    def test_an_index_that_is_being_built_is_not_taken_for_abandoned(self, tmp_path: Path) -> None:
        index = new_engine(tmp_path)
        first = index.new_index()
        first.write([text_record(1, "first")])
        second = index.new_index()
        second.write([text_record(1, "second")])
        second.swap()
        assert works(index, "second") == [1]
        first.swap()
        assert works(index, "first") == [1]
        assert generations(tmp_path) == [index.status().name]

    def test_a_rebuild_larger_than_its_buffer_is_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "_COMMIT_AT_CHARACTERS", 50)
        index = new_engine(tmp_path)
        fresh = index.new_index()
        fresh.write(text_record(n, f"water of work number{n}") for n in range(30))
        fresh.write([text_record(7, "water changed", version=2)])
        fresh.swap()
        assert search(index, "water").total == 30
        assert works(index, "changed") == [7]


def every_reading(index: EmbeddedEngine) -> list[Callable[[], object]]:
    return [
        lambda: search(index, "water"),
        lambda: index.suggest("wa", language="en", audiences=EVERYONE, now=NOW),
        lambda: index.spell(["watr"]),
        lambda: list(index.versions()),
        lambda: index.status(),
    ]


class TestBrokenIndexes:
    def assert_unavailable(
        self, folder: Path, error: type[Exception] = EngineUnavailable, words: str = "."
    ) -> None:
        index = EmbeddedEngine(folder)
        for reading in every_reading(index):
            with pytest.raises(error, match=words):
                reading()
        with pytest.raises(error, match=words):
            index.write([text_record(2, "water")])

    def assert_mended_by_a_rebuild(self, folder: Path) -> None:
        index = EmbeddedEngine(folder)
        fresh = index.new_index()
        fresh.write([text_record(1, "water")])
        fresh.swap()
        assert works(index, "water") == [1]
        assert generations(folder) == [index.status().name]

    def test_no_index_says_how_to_make_one(self, tmp_path: Path) -> None:
        self.assert_unavailable(tmp_path / "absent", words="search_index rebuild")
        self.assert_unavailable(tmp_path, words="search_index rebuild")
        self.assert_mended_by_a_rebuild(tmp_path / "absent")

    @pytest.mark.parametrize("content", ["", "absent-generation", "../x", "\x00"])
    def test_a_damaged_name_of_the_generation(self, tmp_path: Path, content: str) -> None:
        new_engine(tmp_path)
        (tmp_path / "current").write_text(content)
        self.assert_unavailable(tmp_path)
        self.assert_mended_by_a_rebuild(tmp_path)

    def test_another_schema_asks_for_a_rebuild(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        new_engine(tmp_path).write([text_record(1, "water")])
        monkeypatch.setattr(store, "SCHEMA_VERSION", store.SCHEMA_VERSION + 1)
        self.assert_unavailable(tmp_path, SchemaMismatch, "rebuild")
        self.assert_mended_by_a_rebuild(tmp_path)

    @pytest.mark.parametrize("damage", ["absent", "empty", "half", "noise"])
    @pytest.mark.parametrize("name", ["columns.sqlite", "slices/meta.json", "passages/meta.json"])
    def test_a_damaged_file_is_recognised(self, tmp_path: Path, name: str, damage: str) -> None:
        index = new_engine(tmp_path)
        index.write([text_record(1, "water")])
        self.harm(tmp_path / index.status().name / name, damage)
        self.assert_unavailable(tmp_path)
        self.assert_mended_by_a_rebuild(tmp_path)

    @pytest.mark.parametrize("damage", ["absent", "empty", "half"])
    def test_a_damaged_file_of_words_is_recognised_or_not_needed(
        self, tmp_path: Path, damage: str
    ) -> None:
        index = new_engine(tmp_path / "whole")
        index.write([text_record(1, "water")])
        files = [
            path.relative_to(tmp_path / "whole")
            for path in (tmp_path / "whole").glob("*/*/*")
            if not path.name.startswith(".") and path.suffix != ".json"
        ]
        assert len(files) > 8
        refused = 0
        for number, name in enumerate(files):
            folder = tmp_path / str(number)
            subprocess.run(["cp", "-r", tmp_path / "whole", folder], check=True)
            self.harm(folder / name, damage)
            try:
                assert works(EmbeddedEngine(folder), "water") == [1]
            except EngineUnavailable:
                refused += 1
        assert refused >= len(files) // 2

    def harm(self, path: Path, damage: str) -> None:
        content = path.read_bytes()
        for companion in path.parent.glob(f"{path.name}-*"):
            companion.unlink()
        if damage == "absent":
            path.unlink()
        else:
            path.write_bytes(
                {"empty": b"", "half": content[: len(content) // 2], "noise": b"\x07" * 4096}[
                    damage
                ]
            )


def child(command: str, folder: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.search.engines.child", command, str(folder), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def read_line(process: subprocess.Popen[str]) -> int:
    assert process.stdout
    return int(process.stdout.readline())


class TestProcesses:
    @pytest.fixture
    def index(self, tmp_path: Path) -> EmbeddedEngine:
        index = new_engine(tmp_path)
        index.write(records_of(1))
        return index

    def test_readers_see_whole_changes_while_others_write_and_rebuild(
        self, index: EmbeddedEngine
    ) -> None:
        readers = [child("read", index.folder, "400") for _ in range(2)]
        writer = child("write", index.folder)
        try:
            while any(reader.poll() is None for reader in readers):
                fresh = index.new_index()
                fresh.write(records_of(whole_round(index) + 1))
                fresh.swap()
                time.sleep(0.2)
            assert [reader.returncode for reader in readers] == [0, 0]
            assert writer.poll() is None
            assert all(read_line(reader) > 1 for reader in readers)
        finally:
            for process in (*readers, writer):
                process.kill()
                process.communicate()
        assert whole_round(index) > 3

    @pytest.mark.parametrize("command", ["write", "rebuild"])
    def test_a_process_killed_at_any_moment_leaves_a_whole_index(
        self, index: EmbeddedEngine, command: str
    ) -> None:
        for attempt in range(8):
            process = child(command, index.folder)
            try:
                read_line(process)
                acknowledged = read_line(process)
                time.sleep(attempt * 0.013)
            finally:
                process.send_signal(signal.SIGKILL)
                rest, _ = process.communicate()
            acknowledged = max([acknowledged, *map(int, rest.split())])
            number = whole_round(EmbeddedEngine(index.folder))
            assert number in (acknowledged, acknowledged + 1)
            assert whole_round(index) == number
            index.write(records_of(number + 1))
            assert whole_round(index) == number + 1
        index.new_index().discard()
        assert generations(index.folder) == [index.status().name]

    def test_a_forked_process_searches_with_connections_of_its_own(
        self, index: EmbeddedEngine
    ) -> None:
        whole_round(index)
        context = multiprocessing.get_context("fork")
        queue = context.SimpleQueue()
        forked = context.Process(target=lambda: queue.put((os.getpid(), whole_round(index))))
        forked.start()
        forked.join()
        assert forked.exitcode == 0
        assert queue.get() == (forked.pid, 1)
        index.write(records_of(2))
        assert whole_round(index) == 2
