"""The minimal distribution of Elasticsearch with our plugin in it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from scripts.elasticsearch_node import plugin
from scripts.elasticsearch_node.errors import NodeError, NotAvailable
from scripts.elasticsearch_node.places import home
from scripts.elasticsearch_node.programs import find_jdk, find_maven

VERSION = "9.5.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
SHA256 = "db0e275fd790f723eca7bcde96069fd6fed304ad23afdb70c8c09553dd9e8b1b"


@dataclass(frozen=True)
class Distribution:
    """Elasticsearch unpacked in ``folder``, run by the JDK in ``jdk``.

    ``plugin_version`` names the state of the plugin's source that is installed.
    """

    folder: Path
    jdk: Path
    plugin_version: str

    @staticmethod
    def provide() -> Distribution:
        """Fetch, unpack and build what is missing or has changed; say each step.

        Raises `NodeError`: `NotAvailable` where a JDK or Maven is missing or cannot fetch it.
        """
        jdk = find_jdk()
        folder = home() / f"elasticsearch-{VERSION}"
        with _alone(home()):
            if not folder.exists():
                _unpack(folder, jdk)
            version = plugin.install(folder, jdk, VERSION)
        return Distribution(folder, jdk, version)

    def program(self, name: str) -> str:
        """One of the distribution's command line programs."""
        return str(self.folder / "bin" / name)

    def environment(self, configuration: Path, temporary: Path) -> dict[str, str]:
        """What the distribution's programs want to know of a node."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        return {
            **kept,
            "ES_JAVA_HOME": str(self.jdk),
            "ES_PATH_CONF": str(configuration),
            "ES_TMPDIR": str(temporary),
        }


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process at a time unpacks and builds."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _unpack(folder: Path, jdk: Path) -> None:
    """Fetch the distribution and unpack it; ``folder`` appears when it is whole."""
    with tempfile.TemporaryDirectory(prefix=".unpacking-", dir=folder.parent) as name:
        archive = fetch(Path(name), jdk)
        print(f"Unpacking it to {folder} ...", flush=True)
        with zipfile.ZipFile(archive) as files:
            for member in files.infolist():
                path = Path(files.extract(member, name))
                runs = member.is_dir() or member.external_attr >> 16 & 0o100
                path.chmod(0o755 if runs else 0o644)
        (Path(name) / folder.name).rename(folder)


def fetch(folder: Path, jdk: Path) -> Path:
    """The distribution's archive, through Maven, in ``folder``; Maven too may need the JDK.

    Raises `NotAvailable` with what Maven said, `NodeError` when the archive is not the one tried.
    """
    print(f"Fetching Elasticsearch {VERSION} through Maven (124 MB) ...", flush=True)
    command = [find_maven(), "-B", "-q", "dependency:copy"]
    command += [f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={folder}"]
    result = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    archives = list(folder.glob("*.zip"))
    if result.returncode or not archives:
        raise NotAvailable(f"Maven could not fetch {ARTIFACT}:\n{result.stdout.strip()}")
    with archives[0].open("rb") as content:
        found = hashlib.file_digest(content, "sha256").hexdigest()
    if found != SHA256:
        raise NodeError(
            f"What Maven fetched for {ARTIFACT} is not what was tried: SHA-256 {found}, "
            f"expected {SHA256}. Remove it from Maven's local repository and try again."
        )
    return archives[0]


def remove(folder: Path) -> None:
    """Remove a folder, whether it is there or not."""
    shutil.rmtree(folder, ignore_errors=True)
