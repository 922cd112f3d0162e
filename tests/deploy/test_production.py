"""The commands of ``compose.yaml`` with its environment, as plain processes of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from scripts.elasticsearch_node import Distribution, Node, free_port
from tests.conftest import missing
from tests.deploy.compose import ROOT, read_compose, read_settings
from tests.search.indexing.processes import Databases, Site, wait_until

HOST = "library.example.org"
RIGHTS = ROOT / "deploy" / "elasticsearch" / "rights.sh"
CERTIFICATES = ROOT / "deploy" / "elasticsearch" / "certificates.sh"

PUBLISH = """
    from publications.models import SectionPage
    sections = {page.locale.language_code: page for page in SectionPage.objects.all()}
    library = Library(sections)
    edition = library.edition("Harbour report", body="<p>What the harbour needs.</p>")
    library.attach(edition, library.document(pdf_bytes("Nothing.", "A glasshouse."), "report.pdf"))
"""


class Production:
    """The services of ``compose.yaml``, with addresses of this machine in place of theirs."""

    def __init__(self, services: dict[str, Any], folder: Path, local: dict[str, str]) -> None:
        self.port = free_port()
        self._services = services
        self._folder = folder
        self._local = local
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self, service: str) -> dict[str, str]:
        """What a service is told, and where this machine's programs are."""
        told = {name: str(value) for name, value in self._services[service]["environment"].items()}
        ours = {name: value for name, value in self._local.items() if name in told}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "PYTHONUNBUFFERED": "1", "LANG": "C.UTF-8"} | told | ours

    def command(self, service: str) -> list[str]:
        """What a service runs."""
        bind = f"127.0.0.1:{self.port}"
        return [word.replace("0.0.0.0:8000", bind) for word in self._services[service]["command"]]

    def run(self, service: str, *command: str) -> str:
        """What a service prints that ends by itself; it must succeed."""
        done = subprocess.run(
            command or self.command(service),
            cwd=ROOT,
            env=self.environment(service),
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, service: str) -> None:
        """Start a service that goes on."""
        with (self._folder / f"{service}.log").open("wb") as log:
            self._processes[service] = subprocess.Popen(
                self.command(service),
                cwd=ROOT,
                env=self.environment(service),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self) -> dict[str, int]:
        """Ask all to stop, as compose does; how each ended."""
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(60) for name, process in self._processes.items()}

    def end(self) -> None:
        """End what is left."""
        for process in self._processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def output(self) -> str:
        """What the services wrote."""
        return "\n".join(path.read_text() for path in sorted(self._folder.glob("*.log")))

    def troubles(self, word: str) -> list[str]:
        """What the services wrote of something, but that it was slow: this machine may be."""
        lines = self.output().lower().splitlines()
        return [line for line in lines if word in line and "did not answer in time" not in line]

    def is_healthy(self) -> bool:
        """What the health check of the web's container says."""
        command = self._services["web"]["healthcheck"]["test"][1:]
        environment = self.environment("web") | {"PORT": str(self.port)}
        return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0

    def page(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and text of a page, asked for as nginx does."""
        sent = {"Host": HOST, "X-Forwarded-Proto": "https"} | headers
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=sent)
        try:
            with _opener.open(request, timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **options: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[str]:
    """A migrated PostgreSQL database."""
    postgres = os.environ.get("TEST_POSTGRES_URL", "")
    if not postgres:
        missing("PostgreSQL (TEST_POSTGRES_URL)")
    databases = Databases(tmp_path_factory.mktemp("migrated"), postgres)
    with databases.copy(tmp_path) as address:
        yield address
    databases.end()


@pytest.fixture
def production(
    database: str, secure_elasticsearch_node: Node, tmp_path: Path
) -> Iterator[Production]:
    """All services of compose, on a database and a node of this machine."""
    security = secure_elasticsearch_node.security
    assert security is not None
    settings = read_settings((ROOT / ".env.example").read_text(encoding="utf-8")) | {
        "SECRET_KEY": "a-secret-of-this-test-alone",
        "DATABASE_PASSWORD": "unused",
        "ELASTICSEARCH_PASSWORD": "abcdef0123456789",
        "ELASTIC_PASSWORD": security.password,
        "EMAIL_URL": "consolemail://",
        "WEB_PROCESSES": "2",
    }
    local = {
        "DATABASE_URL": database,
        "ELASTICSEARCH_URL": secure_elasticsearch_node.url,
        "ELASTICSEARCH_CA": str(security.ca),
        "VAR_DIR": str(tmp_path),
    }
    production = Production(read_compose(settings)["services"], tmp_path, local)
    yield production
    production.end()


def test_from_empty_volumes_to_a_page_that_is_found(
    production: Production, database: str, tmp_path: Path
) -> None:
    production.run("rights", "bash", str(RIGHTS))
    assert "Administrator: admin" in production.run("set-up")
    assert not production.is_healthy()
    for service in ("web", "worker", "scheduler"):
        production.start(service)
    wait_until(production.is_healthy)
    assert '"search": "ok"' in production.page("/health/ready")[1], production.output()

    site = Site(tmp_path, database)
    site.environment |= production.environment("worker") | {"PYTHONPATH": str(ROOT)}
    site.script(PUBLISH)

    def found() -> bool:
        status, text = production.page(f"/en/search/?q={quote('glasshouse')}")
        assert status == 200
        return "Harbour report" in text and "#match" in text

    wait_until(found)
    wait_until(lambda: "Harbour report" in production.page("/en/search/suggest?q=harb")[1])
    wait_until(lambda: "glasshouse" in production.page("/en/search/?q=glashouse")[1])
    manage = ("python", "manage.py", "search_index")
    assert "Missing: 0, stale: 0, extra: 0" in production.run("worker", *manage, "check")
    assert "Built an index of 1 works" in production.run("worker", *manage, "rebuild")
    assert not production.troubles("elastic"), production.output()
    assert production.page("/en/search/", **{"X-Forwarded-Proto": "http"})[0] == 301
    assert production.page("/en/search/", Host="elsewhere.example.org")[0] == 400
    assert production.stop() == {"web": 0, "worker": 0, "scheduler": 0}, production.output()


def test_the_librarys_user_reaches_nothing_but_its_indexes(production: Production) -> None:
    production.run("rights", "bash", str(RIGHTS))
    environment = production.environment("web")

    def status(method: str, path: str) -> int:
        options = ["--cacert", environment["ELASTICSEARCH_CA"], "--request", method]
        login = f"library:{environment['ELASTICSEARCH_PASSWORD']}"
        command = ["curl", "-s", "-o", os.devnull, "-w", "%{http_code}", "-u", login, *options]
        url = environment["ELASTICSEARCH_URL"] + path
        return int(subprocess.run([*command, url], capture_output=True, text=True).stdout)

    assert status("PUT", "/reslog-test-rights") == 200
    assert status("DELETE", "/reslog-test-rights") == 200
    assert status("PUT", "/other") == 403
    assert status("GET", "/_cluster/settings") == 403
    assert status("GET", "/_security/user") == 403


def test_a_password_that_would_have_to_be_quoted_is_refused(production: Production) -> None:
    environment = production.environment("rights") | {"ELASTICSEARCH_PASSWORD": 'a"b' * 10}
    done = subprocess.run(["bash", str(RIGHTS)], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "openssl rand" in done.stderr


def test_certificates_are_made_once_and_fit(
    secure_elasticsearch_node: Node, tmp_path: Path
) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    distribution = Distribution.provide()
    environment = os.environ | {
        "BIN": str(distribution.folder / "bin"),
        "CERTIFICATES": str(folder),
        "ES_JAVA_HOME": str(distribution.jdk),
        "NODE_NAMES": "elasticsearch localhost",
        "OWNER": f"{os.getuid()}:{os.getgid()}",
    }
    for _ in range(2):
        subprocess.run(["bash", str(CERTIFICATES)], env=environment, check=True)
    assert (folder / "ca" / "ca.crt").stat().st_mode & 0o777 == 0o644
    assert (folder / "ca" / "ca.key").stat().st_mode & 0o777 == 0o600
    verify = ["openssl", "verify", "-CAfile", str(folder / "ca/ca.crt"), "-verify_hostname"]
    for name in ("elasticsearch", "localhost"):
        subprocess.run([*verify, name, str(folder / "node/node.crt")], check=True)
    refused = subprocess.run([*verify, "elsewhere", str(folder / "node/node.crt")])
    assert refused.returncode != 0
