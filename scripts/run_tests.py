"""Run every test that can run here, and say plainly what was skipped and why.

All of them run in several processes, each with the tests of a file after one another; named ones
in one process.

``REQUIRE_ALL=1`` turns a skip for a missing service into a failure. A PostgreSQL server is
started for the tests where its programs are installed; Elasticsearch by the tests themselves.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.elasticsearch_node.errors import NotAvailable
from scripts.elasticsearch_node.programs import find_jdk, find_maven

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"


def _postgres_programs() -> Path | None:
    """The folder with PostgreSQL's server programs, newest version first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*folders, *([Path(on_path).parent] if on_path else [])]
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


def _as_other_user(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as its own user."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]


def _run(command: list[str]) -> None:
    command = _as_other_user(command)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")  # noqa: S603


@contextmanager
def _postgres() -> Iterator[str | None]:
    """A PostgreSQL server of our own on a socket in a new folder; its address, or ``None``."""
    programs = _postgres_programs()
    if programs is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="reslog-pg-") as name:
        data = Path(name) / "data"
        data.mkdir()
        if os.geteuid() == 0:
            for path in (Path(name), data):
                shutil.chown(path, "postgres", "postgres")
        init = [
            str(programs / "initdb"),
            "-D",
            str(data),
            "-U",
            "reslog",
            "-A",
            "trust",
            "-E",
            "UTF8",
        ]
        _run(init)
        settings = f"-c listen_addresses='' -k {name} -c fsync=off -c max_connections=50"
        control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
        start = [*control, "-l", str(Path(name) / "log"), "-o", settings, "start"]
        _run(start)
        try:
            yield f"postgresql://reslog@/postgres?host={name}"
        finally:
            _run([*control, "-m", "fast", "stop"])


def _missing() -> Iterator[str]:
    """Services that tests need and that cannot be had here, with how to install them."""
    if _postgres_programs() is None:
        yield "PostgreSQL (Debian: apt-get install postgresql)"
    if not shutil.which("chromium"):
        yield "Chromium (Debian: apt-get install chromium)"
    for find in (find_jdk, find_maven):
        try:
            find()
        except NotAvailable as problem:
            yield "Elasticsearch: " + " ".join(str(problem).splitlines()[:2])


def _processes() -> list[str]:
    """Two processes where there are cores for them: half the tests wait for a browser or a node.

    Each has a database and nodes of its own, so more would ask for much memory.
    """
    return ["-n", "2", "--dist", "loadfile"] if (os.cpu_count() or 1) > 1 else []


def main(arguments: list[str]) -> int:
    """Run pytest with everything that is there."""
    missing = list(_missing())
    for what in missing:
        print(f"Not here: {what}. Tests that need it are skipped.", flush=True)
    if missing and REQUIRE_ALL:
        print("REQUIRE_ALL=1: that is a failure.")
        return 1
    with _postgres() as address:
        environment = dict(os.environ, DJANGO_SETTINGS_MODULE="cms.settings.test")
        if address:
            environment["TEST_POSTGRES_URL"] = address
        command = [sys.executable, "-m", "pytest", *(arguments or _processes())]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
