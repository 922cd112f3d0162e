"""The engine on a real Elasticsearch: the contract, and what is its own."""

from __future__ import annotations

import itertools
import multiprocessing
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import HTTPServer, SimpleHTTPRequestHandler

import pytest
from elasticsearch import Elasticsearch

from cms.collation import title_key
from search.engines.base import Engine, EngineUnavailable, SchemaMismatch
from search.engines.elasticsearch import (
    Connection,
    ElasticsearchEngine,
    RecordRefused,
    indexes,
    mapping,
    writing,
)
from search.engines.elasticsearch import client as client_module
from search.engines.elasticsearch import engine as engine_module
from search.engines.embedded import EmbeddedEngine
from search.query import build_plan, parse
from search.records import Record
from tests.search.engines.child import WORKS, records_of
from tests.search.engines.contract import EngineContract
from tests.search.engines.making import (
    EVERYONE,
    LIBRARY_QUERIES,
    NOW,
    STAFF_TOO,
    make_edition,
    make_file,
    make_record,
    search,
    seeded_library,
    text_record,
    works,
)

QUERIES = (
    *LIBRARY_QUERIES,
    *("läger plan", "-läger", '"hizmet plan"', "-plan -atık", "déchets", "مخيم مدرسة", "planlar"),
)

PATIENT_SECONDS = 30.0
"""Where no deadline is tested a search may take its time: the machine has other things to do."""

NewEngine = Callable[[], ElasticsearchEngine]


def connect(url: str, prefix: str, **waiting: float) -> ElasticsearchEngine:
    """An engine on the indexes of a prefix."""
    waiting.setdefault("search_seconds", PATIENT_SECONDS)
    return ElasticsearchEngine(Connection((url,), **waiting), index_prefix=prefix)


@pytest.fixture(scope="class")
def prefix_of_class() -> str:
    """Begins the names of all indexes of one test class."""
    return f"test-{secrets.token_hex(4)}"


@pytest.fixture(scope="class")
def new_engine(elasticsearch_url: str, prefix_of_class: str) -> Iterator[NewEngine]:
    """Makes engines, each with an empty index of its own; they are removed at the end."""
    made: list[ElasticsearchEngine] = []

    def make() -> ElasticsearchEngine:
        prefix = f"{prefix_of_class}-{len(made)}"
        engine = connect(elasticsearch_url, prefix)
        engine.new_index().swap()
        made.append(engine)
        return engine

    yield make
    indices = Elasticsearch(elasticsearch_url).indices
    for name in indices.get(index=f"{prefix_of_class}-*"):  # all names are too long for one line
        indices.delete(index=name)


@pytest.fixture
def client(elasticsearch_url: str) -> Elasticsearch:
    """The node, past the engine."""
    return Elasticsearch(elasticsearch_url)


class TestContract(EngineContract):
    @pytest.fixture(scope="class")
    @classmethod
    def make_engine(cls, new_engine: NewEngine) -> Callable[[], Engine]:
        return new_engine

    @pytest.fixture
    def same_index(self, elasticsearch_url: str) -> Callable[[Engine], Engine]:
        def second(engine: Engine) -> Engine:
            assert isinstance(engine, ElasticsearchEngine)
            return connect(elasticsearch_url, engine.index_prefix)

        return second


class TestAgreement:
    """Both engines give the same results."""

    @pytest.fixture(scope="class")
    @classmethod
    def both(
        cls, new_engine: NewEngine, tmp_path_factory: pytest.TempPathFactory
    ) -> tuple[Engine, Engine]:
        engines = new_engine(), EmbeddedEngine(tmp_path_factory.mktemp("index"))
        for engine in engines:
            fresh = engine.new_index()
            fresh.write(seeded_library(100))
            fresh.swap()
        return engines

    @pytest.mark.parametrize("audiences", [EVERYONE, STAFF_TOO], ids=["everyone", "staff"])
    @pytest.mark.parametrize("language", ["tr", "sv"])
    @pytest.mark.parametrize("query", QUERIES)
    def test_on_works_and_facets(
        self, both: tuple[Engine, Engine], query: str, language: str, audiences: frozenset[str]
    ) -> None:
        for filters in (
            {},
            {"language": frozenset({"ar"}), "theme": frozenset({"waste", "water"})},
        ):
            choices = {"language": language, "audiences": audiences, "filters": filters}
            first, second = (search(engine, query, size=100, **choices) for engine in both)
            assert first.total == second.total
            assert first.facets == second.facets
            # Which edition is the best match may differ: each engine counts words in its own way.
            assert {hit.work: hit.languages for hit in first.hits} == {
                hit.work: hit.languages for hit in second.hits
            }

    @pytest.mark.parametrize("query", QUERIES)
    def test_on_the_passages_that_hold_all_words(
        self, both: tuple[Engine, Engine], query: str
    ) -> None:
        plan = build_plan(parse(query), language="en", now=NOW, passages_per_hit=100)
        first, second = (engine.passages_of(range(1, 101), plan) for engine in both)
        assert {work: {p.text for p in found} for work, found in first.items() if found} == {
            work: {p.text for p in found} for work, found in second.items() if found
        }

    @pytest.mark.parametrize("sort", ["date", "title"])
    @pytest.mark.parametrize("language", ["tr", "ar"])
    def test_on_the_order(self, both: tuple[Engine, Engine], sort: str, language: str) -> None:
        first, second = (
            search(engine, "", sort=sort, language=language, size=100).hits for engine in both
        )
        if sort == "title":
            first, second = (
                [hit for hit in hits if hit.language == language] for hits in (first, second)
            )
        assert [hit.work for hit in first] == [hit.work for hit in second]

    @pytest.mark.parametrize("typed", ["s", "pl", "atık p", "ska", "مي", "budget", "x"])
    def test_on_suggestions(self, both: tuple[Engine, Engine], typed: str) -> None:
        for language in ("tr", "sv", "ar"):
            first, second = (
                engine.suggest(typed, language=language, audiences=EVERYONE, now=NOW, limit=20)
                for engine in both
            )
            assert first == second

    def test_on_spellings(self, both: tuple[Engine, Engine]) -> None:
        words = ["waster", "buget", "skol", "hizmt", "eğitm", "kadin", "مدرس", "vaten", "wter"]
        first, second = (engine.spell(words) for engine in both)
        assert first == second
        assert len(first) > 5


class TestOrderOfTitles:
    def test_each_work_stands_where_its_shown_title_belongs(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.write(seeded_library())
        for query in ("", "plan", "atık su"):
            whole = search(engine, query, sort="title", language="sv", size=100).hits
            titles = [hit.title for hit in whole]
            assert titles == sorted(titles, key=lambda title: title_key(title, "sv"))
            assert {"sv", "tr"} <= {hit.language for hit in whole}
            paged = [
                hit.work
                for offset in range(0, len(whole), 4)
                for hit in search(
                    engine, query, sort="title", language="sv", offset=offset, size=4
                ).hits
            ]
            assert paged == [hit.work for hit in whole]


class TestPages:
    def test_a_page_of_no_hits_or_past_the_end_still_has_total_and_facets(
        self, new_engine: NewEngine
    ) -> None:
        engine = new_engine()
        engine.write(seeded_library(20))
        for sort in ("relevance", "date", "title"):
            whole = search(engine, "plan", sort=sort, size=100)
            for offset, size in ((0, 0), (100, 10), (mapping.LARGEST_WINDOW, 10)):
                page = search(engine, "plan", sort=sort, offset=offset, size=size)
                assert page.hits == ()
                assert (page.total, page.facets) == (whole.total, whole.facets)
            assert whole.total > 0


class TestWriting:
    def test_a_write_of_many_bulks_is_seen_whole(
        self, new_engine: NewEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(writing, "BULK_BYTES", 1)
        engine = new_engine()
        engine.write(text_record(n, f"water number{n}") for n in range(50))
        assert search(engine, "water").total == 50
        monkeypatch.setattr(writing, "PORTION_CHARACTERS", 100)
        fresh = engine.new_index()
        fresh.write(text_record(n, f"water number{n}") for n in range(60))
        fresh.swap()
        assert search(engine, "water").total == 60

    def test_a_new_index_is_settled_into_few_segments(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = new_engine()
        fresh = engine.new_index()
        for number in range(1, 9):
            fresh.write([text_record(number, f"water number{number}")])
            client.indices.refresh(index=f"{engine.index_prefix}-*")
        fresh.settle()
        fresh.write([text_record(9, "water number9")])
        fresh.swap()
        (index,) = client.indices.segments(index=engine.status().name)["indices"].values()
        assert len(index["shards"]["0"][0]["segments"]) <= 4 + 1
        assert search(engine, "water").total == 9

    def test_an_index_that_cannot_be_settled_serves_as_it_is(
        self, new_engine: NewEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = new_engine()
        fresh = engine.new_index()
        fresh.write([text_record(1, "water")])
        with monkeypatch.context() as patched:
            patched.setattr(client_module, "_MERGE_SECONDS", 0.0)
            fresh.settle()
        fresh.swap()
        assert search(engine, "water").total == 1

    def test_half_of_a_character_does_not_hold_up_a_work(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.write([text_record(1, "water \ud800 pipes")])
        assert works(engine, "pipes") == [1]

    def test_records_that_cannot_be_read_change_nothing(self, new_engine: NewEngine) -> None:
        def failing() -> Iterator[Record]:
            yield text_record(1, "half")
            raise RuntimeError("the records end here")

        engine = new_engine()
        with pytest.raises(RuntimeError, match="end here"):
            engine.write(failing())
        assert works(engine, "") == []

    def test_a_refused_record_is_named_and_holds_up_no_other(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = new_engine()
        name = engine.status().name
        client.indices.put_settings(index=name, settings={"index.mapping.nested_objects.limit": 10})
        with pytest.raises(RecordRefused, match="work 7"):
            engine.write([make_record(7, make_edition(body=["water"] * 20))])
        engine.write([text_record(8, "water")])
        assert works(engine, "") == [8]

    def test_a_work_of_more_passages_than_the_stock_limit_is_taken(
        self, new_engine: NewEngine
    ) -> None:
        pages = [f"water page{n}" for n in range(11_000)]
        engine = new_engine()
        engine.write([make_record(1, make_edition(files=[make_file(1, pages)]))])
        (hit,) = search(engine, "page10999").hits
        assert hit.passages[0].locator == 11_000

    def test_while_the_index_is_read_only_writes_wait_and_searches_go_on(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = new_engine()
        engine.write([text_record(1, "water")])
        name = engine.status().name
        for block in ("index.blocks.read_only_allow_delete", "index.blocks.write"):
            client.indices.put_settings(index=name, settings={block: True})
            with pytest.raises(EngineUnavailable, match="blocked"):
                engine.write([text_record(2, "water")])
            assert works(engine, "water") == [1]
            client.indices.put_settings(index=name, settings={block: None})
        engine.write([text_record(2, "water")])
        assert works(engine, "water") == [2, 1]

    def test_of_several_writers_the_newest_version_remains(self, new_engine: NewEngine) -> None:
        engine = new_engine()

        def write(start: int) -> None:
            for version in range(start, 60, 4):
                engine.write([text_record(n, f"round{version}", version=version) for n in range(5)])

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, range(4)))
        assert sorted(works(engine, "round59")) == [0, 1, 2, 3, 4]
        assert set(engine.versions()) == {(n, 59) for n in range(5)}

    def test_readers_never_see_parts_of_two_versions_of_a_work(
        self, new_engine: NewEngine, elasticsearch_url: str
    ) -> None:
        engine = new_engine()
        engine.write(records_of(1))
        done = threading.Event()

        def read() -> set[str]:
            reader = connect(elasticsearch_url, engine.index_prefix)
            seen: set[str] = set()
            while not done.is_set():
                hits = search(reader, "common", size=100).hits
                assert len(hits) == WORKS
                for hit in hits:
                    of_round = hit.title.lower().replace(" ", "")
                    assert len(hit.passages) == 3
                    assert all(of_round in passage.text.split() for passage in hit.passages)
                    seen.add(hit.title)
            return seen

        with ThreadPoolExecutor(2) as pool:
            readers = [pool.submit(read) for _ in range(2)]
            for number in range(2, 30):
                target = engine.new_index() if number % 10 == 0 else engine
                target.write(records_of(number))
                if target is not engine:
                    target.swap()
            done.set()
            assert all(len(reader.result()) > 3 for reader in readers)

    def test_versions_are_listed_over_several_pages(
        self, new_engine: NewEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine_module, "_VERSIONS_AT_ONCE", 7)
        engine = new_engine()
        engine.write([text_record(n, "water", version=n + 1) for n in range(21)])
        engine.write([make_record(3, version=50)])
        expected = [(n, n + 1) for n in range(21) if n != 3]
        assert list(engine.versions()) == expected


def every_reading(engine: ElasticsearchEngine) -> list[Callable[[], object]]:
    plan = build_plan(parse("water"), language="en", now=NOW)
    return [
        lambda: engine.search(plan),
        lambda: search(engine, "", sort="title"),
        lambda: engine.passages_of([1], plan),
        lambda: engine.suggest("wa", language="en", audiences=EVERYONE, now=NOW),
        lambda: engine.spell(["watr"]),
        lambda: list(engine.versions()),
        lambda: engine.status(),
    ]


def connections_to(server: socket.socket) -> int:
    """How many connections wait to be taken; takes them."""
    server.setblocking(False)
    for count in itertools.count():
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
    raise AssertionError


def assert_unavailable(
    engine: ElasticsearchEngine, error: type[Exception] = EngineUnavailable, words: str = "."
) -> None:
    for reading in every_reading(engine):
        with pytest.raises(error, match=words):
            reading()
    with pytest.raises(error, match=words):
        engine.write([text_record(2, "water")])


class TestIndexes:
    def names(self, client: Elasticsearch, engine: ElasticsearchEngine) -> list[str]:
        return list(client.indices.get(index=f"{engine.index_prefix}-*"))

    def test_no_index_says_how_to_make_one_and_a_write_makes_none(
        self, elasticsearch_url: str, prefix_of_class: str, client: Elasticsearch
    ) -> None:
        engine = connect(elasticsearch_url, f"{prefix_of_class}-absent")
        assert_unavailable(engine, words="search_index rebuild")
        assert self.names(client, engine) == []

    def test_another_schema_asks_for_a_rebuild(
        self, new_engine: NewEngine, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = new_engine()
        engine.write([text_record(1, "water")])
        monkeypatch.setattr(mapping, "SCHEMA_VERSION", mapping.SCHEMA_VERSION + 1)
        assert_unavailable(engine, SchemaMismatch, "rebuild")
        fresh = engine.new_index()
        fresh.write([text_record(1, "water")])
        fresh.swap()
        assert works(engine, "water") == [1]
        assert engine.status().schema_version == mapping.SCHEMA_VERSION
        assert self.names(client, engine) == [engine.status().name]
        monkeypatch.undo()
        assert_unavailable(engine, SchemaMismatch, "rebuild")

    def test_one_index_remains_after_each_swap(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = new_engine()
        for _ in range(3):
            engine.new_index().swap()
        assert self.names(client, engine) == [engine.status().name]

    def test_an_index_that_is_being_built_is_not_taken_for_abandoned(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = new_engine()
        first, second = engine.new_index(), engine.new_index()
        first.write([text_record(1, "first")])
        second.write([text_record(1, "second")])
        second.swap()
        assert works(engine, "second") == [1]
        first.swap()
        assert works(engine, "first") == [1]
        assert self.names(client, engine) == [engine.status().name]

    def test_an_index_whose_builder_died_is_removed_a_day_later(
        self, new_engine: NewEngine, client: Elasticsearch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = new_engine()
        engine.new_index().write([text_record(1, "never swapped")])
        engine.new_index().discard()
        assert len(self.names(client, engine)) == 2
        monkeypatch.setattr(indexes, "_ABANDONED_SECONDS", -1)
        engine.new_index().discard()
        assert self.names(client, engine) == [engine.status().name]

    def test_an_index_that_was_deleted_while_it_was_built_never_serves(
        self, new_engine: NewEngine, client: Elasticsearch
    ) -> None:
        engine = new_engine()
        serving = self.names(client, engine)
        fresh = engine.new_index()
        (built,) = set(self.names(client, engine)) - set(serving)
        client.indices.delete(index=built)
        fresh.write([text_record(1, "water")])
        with pytest.raises(EngineUnavailable, match="removed"):
            fresh.swap()
        fresh.discard()
        assert self.names(client, engine) == serving
        assert works(engine, "") == []

    def test_the_serving_index_is_not_discarded(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        fresh = engine.new_index()
        fresh.write([text_record(1, "water")])
        fresh.swap()
        fresh.discard()
        assert works(engine, "water") == [1]

    def test_what_begins_alike_is_left_alone(
        self, new_engine: NewEngine, client: Elasticsearch, elasticsearch_url: str
    ) -> None:
        engine = new_engine()
        other = connect(elasticsearch_url, f"{engine.index_prefix}-works")
        other.new_index().swap()
        client.indices.create(index=f"{engine.index_prefix}-works-of-another-program")
        engine.new_index().swap()
        assert other.status().works == 0
        assert len(self.names(client, engine)) == 3


class TestUnreachable:
    """What a reader or writer gets where no Elasticsearch answers as it should."""

    def test_nothing_listens(self) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            engine = connect(f"http://127.0.0.1:{unused.getsockname()[1]}", "x")
            began = time.monotonic()
            for reading in every_reading(engine)[:5]:
                with pytest.raises(EngineUnavailable):
                    reading()
            assert time.monotonic() - began < 5
            with pytest.raises(EngineUnavailable):
                engine.new_index()

    def test_an_answer_that_does_not_come_is_not_waited_for(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            engine = connect(
                url, "x", search_seconds=0.3, write_seconds=0.6, write_attempt_seconds=0.2
            )
            for reading in every_reading(engine):
                began = time.monotonic()
                with pytest.raises(EngineUnavailable, match="answer"):
                    reading()
                assert time.monotonic() - began < 2
            with pytest.raises(EngineUnavailable, match="answer"):
                engine.write([text_record(1, "water")])

    def test_all_that_one_answer_asks_for_shares_its_time(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            engine = connect(url, "x", search_seconds=0.3)
            with engine.answering():
                for reading in every_reading(engine)[:5]:
                    with pytest.raises(EngineUnavailable, match="in time"):
                        reading()
            assert connections_to(silent) == 1, "nothing is sent when the time is over"
            with pytest.raises(EngineUnavailable, match="in time"):
                engine.spell(["watr"])
            assert connections_to(silent) == 1, "another answer has its own"

    def test_another_server_is_not_taken_for_elasticsearch(self) -> None:
        with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                assert_unavailable(connect(f"http://127.0.0.1:{server.server_port}", "x"))
            finally:
                server.shutdown()
                thread.join()

    def test_of_several_nodes_one_that_is_down_or_silent_is_passed_by(
        self, new_engine: NewEngine, elasticsearch_url: str
    ) -> None:
        prefix = new_engine().index_prefix
        with socket.create_server(("127.0.0.1", 0)) as silent:
            urls = (
                f"http://127.0.0.1:{silent.getsockname()[1]}",
                "http://127.0.0.1:1",
                elasticsearch_url,
            )
            engine = ElasticsearchEngine(
                Connection(urls, search_seconds=8, write_attempt_seconds=2), index_prefix=prefix
            )
            engine.write([text_record(1, "water")])
            for _ in range(6):
                assert works(engine, "water") == [1]

    def test_what_cannot_be_connected_with_is_said_at_once(self) -> None:
        with pytest.raises(ValueError, match="URL"):
            Connection(())
        with pytest.raises(ValueError, match="password"):
            Connection(("http://127.0.0.1:1",), user="site")
        with pytest.raises(ValueError, match="not both"):
            Connection(("http://127.0.0.1:1",), user="site", password="x", api_key="y")
        with pytest.raises(ValueError, match="small letters"):
            connect("http://127.0.0.1:1", "Library")

    def test_a_forked_process_has_connections_of_its_own(self, new_engine: NewEngine) -> None:
        engine = new_engine()
        engine.write([text_record(1, "water")])
        context = multiprocessing.get_context("fork")
        queue = context.SimpleQueue()
        forked = context.Process(target=lambda: queue.put(works(engine, "water")))
        forked.start()
        forked.join()
        assert forked.exitcode == 0
        assert queue.get() == [1]
        assert works(engine, "water") == [1]
