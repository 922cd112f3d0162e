"""One node: its configuration, its process, whether it answers."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.elasticsearch_node import places
from scripts.elasticsearch_node.distribution import VERSION, Distribution, remove
from scripts.elasticsearch_node.errors import NodeError
from scripts.elasticsearch_node.security import Security

HOST = "127.0.0.1"
START_SECONDS = 180
STOP_SECONDS = 60


def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class Node:
    """A node with folders of its own, which need not exist yet.

    ``name`` names its folder below `places.home`, ``heap`` is what the JVM may use (``512m``,
    ``1g``). ``settings`` are put into its configuration over ours: a node of a cluster of several
    sets ``discovery.type`` to ``multi-node`` and names the others. ``secure`` asks for TLS and
    a password: see `Security`.
    """

    name: str
    port: int
    heap: str = "1g"
    secure: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """What the node has: ``config``, ``data``, ``logs``, ``repo`` (for snapshots), ``tmp``."""
        return places.home() / "nodes" / self.name

    @property
    def url(self) -> str:
        """Where the node answers."""
        return f"{'https' if self.secure else 'http'}://{HOST}:{self.port}"

    @property
    def security(self) -> Security | None:
        """The certificate and password of a secure node."""
        return Security(self.folder / "config") if self.secure else None

    def process(self) -> int | None:
        """The number of the running process; ``None`` when the node does not run."""
        try:
            number = int((self.folder / "node.pid").read_text())
        except (OSError, ValueError):
            return None
        return number if self._is_ours(number) else None

    def last_port(self) -> int | None:
        """The port the node was last started at; ``None`` when it never was."""
        try:
            text = (self.folder / "config" / "elasticsearch.yml").read_text(encoding="utf-8")
        except OSError:
            return None
        found = re.search(r'^http\.port: "(\d+)"', text, re.MULTILINE)
        return int(found[1]) if found else None

    def start(self, distribution: Distribution) -> None:
        """Start the node in the background and wait until it answers.

        A node that runs already is left as it is. Raises `NodeError`: with the end of the log, or
        because the port is taken, or because the node runs at another.
        """
        if self.process() is not None:
            if self.last_port() != self.port:
                raise NodeError(f"The node {self.name} runs already, at port {self.last_port()}.")
            return
        self._refuse_taken_port()
        self._configure(distribution)
        command = [distribution.program("elasticsearch"), "-d", "-p", str(self.folder / "node.pid")]
        log = self.folder / "logs" / "start.log"
        with log.open("w") as output:
            result = subprocess.run(  # noqa: S603
                places.as_node_user(command),
                env=distribution.environment(self.folder / "config", self.folder / "tmp"),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a closed terminal must not take the node with it
                check=False,
            )
        if result.returncode:
            raise NodeError(f"Elasticsearch did not start:\n{_tail(log)}")
        self.wait()

    def stop(self) -> bool:
        """Stop the node by its process number, and wait until it has ended; whether it ran."""
        number = self.process()
        if number is None:
            return False
        os.kill(number, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while self._is_ours(number):
            if time.monotonic() > end:
                os.kill(number, signal.SIGKILL)
                end = time.monotonic() + STOP_SECONDS
            time.sleep(0.1)
        (self.folder / "node.pid").unlink(missing_ok=True)
        return True

    def remove(self) -> None:
        """Stop the node and remove all it holds."""
        self.stop()
        remove(self.folder)

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Wait until the node's health answers. The minimal distribution has no ``GET /``."""
        end = time.monotonic() + seconds
        while not self.answers("/_cluster/health?wait_for_status=yellow&timeout=1s"):
            if self.process() is None:
                raise NodeError(f"Elasticsearch has stopped:\n{_tail(self._log())}")
            if time.monotonic() > end:
                raise NodeError(
                    f"Elasticsearch does not answer at {self.url}:\n{_tail(self._log())}"
                )
            time.sleep(0.2)

    def answers(self, path: str) -> dict[str, object] | None:
        """What the node answers to a GET, ``None`` when it does not or answers with an error."""
        request = urllib.request.Request(self.url + path)  # noqa: S310
        context: ssl.SSLContext | None = None
        if self.security:
            request.add_header("Authorization", self.security.authorization())
            context = ssl.create_default_context(cafile=self.security.ca)
        try:
            with urllib.request.urlopen(request, timeout=5, context=context) as answer:  # noqa: S310
                found: dict[str, object] = json.load(answer)
                return found
        except (urllib.error.URLError, OSError):
            return None

    def plugin_version(self) -> str | None:
        """The version of the analysis plugin that the running node has loaded."""
        answer = self.answers("/_nodes/_local/plugins?filter_path=nodes.*.plugins")
        nodes: dict[str, dict[str, list[dict[str, str]]]] = (answer or {}).get("nodes", {})  # type: ignore[assignment]
        plugins = [plugin for node in nodes.values() for plugin in node["plugins"]]
        return next((plugin["version"] for plugin in plugins), None)

    def _is_ours(self, number: int) -> bool:
        """Whether a process is this node (a number may have passed on to another program)."""
        return f"-Djava.io.tmpdir={self.folder / 'tmp'}" in _command_line(number)

    def _refuse_taken_port(self) -> None:
        # Binding would not tell: a second node may listen beside the first.
        with socket.socket() as caller:
            caller.settimeout(2)
            taken = caller.connect_ex((HOST, self.port)) == 0
        if taken:
            raise NodeError(
                f"Port {self.port} is taken by another program. "
                "Name another: ELASTICSEARCH_PORT=9210 make elasticsearch"
            )

    def _configure(self, distribution: Distribution) -> None:
        configuration = self.folder / "config"
        for name in ("config/jvm.options.d", "data", "logs", "repo", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        shutil.copytree(distribution.folder / "config", configuration, dirs_exist_ok=True)
        heap = f"-Xms{self.heap}\n-Xmx{self.heap}\n"
        (configuration / "jvm.options.d" / "heap.options").write_text(heap)
        settings = self._settings()
        if self.security:
            settings |= self.security.prepare(distribution, self.folder / "tmp")
        lines = [f"{key}: {json.dumps(value)}\n" for key, value in settings.items()]
        (configuration / "elasticsearch.yml").write_text("".join(lines), encoding="utf-8")
        places.give_to_node_user(self.folder)

    def _settings(self) -> dict[str, str]:
        return {
            "cluster.name": "reslog",
            "node.name": self.name,
            "network.host": HOST,
            "http.port": str(self.port),
            "discovery.type": "single-node",
            "path.data": str(self.folder / "data"),
            "path.logs": str(self.folder / "logs"),
            "path.repo": str(self.folder / "repo"),
            "xpack.security.enabled": "false",
            **self.settings,
        }

    def _log(self) -> Path:
        return self.folder / "logs" / f"{self._settings()['cluster.name']}.log"

    def __str__(self) -> str:
        return f"Elasticsearch {VERSION} at {self.url} (process {self.process()})"


def _command_line(number: int) -> list[str]:
    """How a process was started, word by word; empty when there is none (or only its remains)."""
    if Path("/proc/self").exists():
        try:
            words = Path(f"/proc/{number}/cmdline").read_bytes()
        except OSError:
            return []
        return words.decode(errors="replace").split("\0")
    command = ["ps", "-ww", "-o", "command=", "-p", str(number)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()  # noqa: S603


def _tail(log: Path, lines: int = 30) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return f"(no log at {log})"
