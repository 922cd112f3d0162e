"""Web, worker and scheduler started and stopped together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.search.indexing.processes import Databases, Site, wait_until

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="Only Linux tells processes in /proc."
)


@pytest.fixture(scope="module")
def databases(tmp_path_factory) -> Databases:
    """A migrated database."""
    return Databases(tmp_path_factory.mktemp("migrated"), "")


@pytest.fixture
def site(databases: Databases, tmp_path: Path) -> Iterator[Site]:
    """An empty site with its own database, files and index."""
    with databases.copy(tmp_path) as address:
        site = Site(tmp_path, address)
        yield site
        site.end_all()


@pytest.fixture
def port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_all(site: Site, port: int) -> tuple[subprocess.Popen[bytes], list[int]]:
    """Everything running, and the processes it consists of."""
    everything = site.start("run_all", "--port", str(port))
    wait_until(lambda: f"http://127.0.0.1:{port}/" in site.output())
    children = children_of(everything.pid)
    assert len(children) == 3
    # What a child starts itself has to go too: gunicorn's worker.
    return everything, [*children, *(other for child in children for other in children_of(child))]


def test_run_all_serves_until_it_is_stopped(site: Site, port: int) -> None:
    everything, processes = run_all(site, port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live") as response:
        assert response.status == 200
    everything.send_signal(signal.SIGINT)
    assert everything.wait(30) == 0, site.output()
    assert not [process for process in processes if is_alive(process)]


def test_when_one_dies_all_stop_and_it_is_named(site: Site, port: int) -> None:
    everything, processes = run_all(site, port)
    os.kill(next(pid for pid in processes if "run_worker" in command_of(pid)), signal.SIGKILL)
    assert everything.wait(30) == 1
    assert "The worker ended by itself" in site.output()
    assert not [process for process in processes if is_alive(process)]


def test_killed_itself_it_leaves_nobody_behind(site: Site, port: int) -> None:
    everything, processes = run_all(site, port)
    everything.kill()
    everything.wait()
    wait_until(lambda: not [process for process in processes if is_alive(process)], 20)


def test_a_taken_port_is_named_with_a_way_out(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert site.start("run_all", "--port", str(port)).wait(60) == 1
    assert f"Port {port} cannot be used" in site.output()
    assert "PORT=" in site.output()


def children_of(pid: int) -> list[int]:
    """The processes that a process started."""
    return [
        int(path.name) for path in Path("/proc").glob("[0-9]*") if parent_of(int(path.name)) == pid
    ]


def parent_of(pid: int) -> int:
    """The parent of a process, 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError):
        return 0


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def command_of(pid: int) -> str:
    """The command line of a process."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
