"""A site of its own in a folder, with real processes on a real database."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from environ import Env

ROOT = Path(__file__).resolve().parents[3]

PRELUDE = """
import json, sys, time
import django
django.setup()
from tests.library import Library, pdf_bytes
"""


class Site:
    """Runs commands, scripts and long-running processes of one site."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTEST")
        } | {
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "cms.settings.dev",
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "SEARCH_ENCODER": "none",
            "VAR_DIR": str(folder),
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str) -> str:
        """What a command prints; it must succeed."""
        return self._run([sys.executable, "manage.py", *arguments])

    def script(self, code: str, **values: Any) -> Any:
        """The result of Python code in the site: what it gives to ``answer``, as JSON."""
        header = PRELUDE + f"values = json.loads({json.dumps(values)!r})\n"
        answer = "\ndef answer(value): print('\\nANSWER', json.dumps(value))\n"
        text = self._run([sys.executable, "-c", header + answer + textwrap.dedent(code)])
        answers = [line for line in text.splitlines() if line.startswith("ANSWER ")]
        return json.loads(answers[-1].removeprefix("ANSWER ")) if answers else None

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a command that goes on; its output goes to a file of the folder."""
        return self._start([sys.executable, "manage.py", *arguments], arguments[0])

    def start_script(self, code: str) -> subprocess.Popen[bytes]:
        """Start Python code that goes on."""
        return self._start([sys.executable, "-c", PRELUDE + textwrap.dedent(code)], "script")

    def start_web(self) -> str:
        """Start a web process; gives its address once it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{probe.getsockname()[1]}"
        command = ["gunicorn", "cms.wsgi", "--workers=1", "--threads=4", f"--bind={address}"]
        self._start([sys.executable, "-m", *command], "web")
        host, port = address.split(":")

        def answers() -> bool:
            with suppress(OSError), socket.create_connection((host, int(port)), 1):
                return True
            return False

        wait_until(answers)
        return f"http://{address}"

    def end_all(self) -> None:
        """Kill what is left, each with its children."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def output(self) -> str:
        """What the long-running processes wrote."""
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def _start(self, command: list[str], name: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}-{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def _run(self, command: list[str]) -> str:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=600
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{self.output()}"
        return done.stdout


def wait_until(condition: Callable[[], object], seconds: float = 120) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.2)


class Databases:
    """Copies of one migrated database."""

    def __init__(self, folder: Path, postgres: str) -> None:
        self._folder = folder
        self._postgres = Env.db_url_config(postgres) if postgres else {}
        self._count = 0
        if postgres:
            self._template = self._create("")
            Site(folder, self._address(self._template)).manage("migrate", "-v0")
        else:
            Site(folder, "").manage("migrate", "-v0")

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        """The address of a database of one's own."""
        if not self._postgres:
            shutil.copy(self._folder / "library.sqlite3", folder)
            yield ""
            return
        name = self._create(self._template)
        try:
            yield self._address(name)
        finally:
            self._execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def end(self) -> None:
        """Remove the one that was copied."""
        if self._postgres:
            self._execute(f'DROP DATABASE "{self._template}" WITH (FORCE)')

    def _create(self, template: str) -> str:
        self._count += 1
        name = f"reslog_{os.getpid()}_{self._count}"
        using = f' TEMPLATE "{template}"' if template else ""
        self._execute(f'CREATE DATABASE "{name}"{using}')
        return name

    def _address(self, name: str) -> str:
        config = self._postgres
        host = config.get("HOST") or config.get("OPTIONS", {}).get("host", "")
        login = f"{config['USER']}:{config['PASSWORD']}" if config["PASSWORD"] else config["USER"]
        port = f"&port={config['PORT']}" if config.get("PORT") else ""
        return f"postgresql://{login}@/{name}?host={host}{port}"

    def _execute(self, statement: str) -> None:
        import psycopg

        config = self._postgres
        host = config.get("HOST") or config.get("OPTIONS", {}).get("host", "")
        with psycopg.connect(
            host=host,
            port=config.get("PORT") or None,
            user=config["USER"],
            password=config["PASSWORD"] or None,
            dbname=config["NAME"],
            autocommit=True,
        ) as connection:
            connection.execute(statement)
