"""Where the node's files are, and as whom it runs."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from scripts.elasticsearch_node.errors import NodeError, NotAvailable

ROOT = Path(__file__).resolve().parent.parent.parent
USER = "reslog-elasticsearch"
"""The system user the node runs as when we are root, which Elasticsearch refuses to run as."""


def home() -> Path:
    """The folder of the distribution and of every node.

    ``ELASTICSEARCH_HOME``, else ``var/elasticsearch``. When we are root and the node's user
    cannot reach that (a checkout in a private folder), a folder in ``/var/lib`` of its own.
    """
    named = os.environ.get("ELASTICSEARCH_HOME")
    folder = Path(named).resolve() if named else ROOT / "var" / "elasticsearch"
    if os.geteuid() != 0 or _anybody_reaches(folder):
        return folder
    if named:
        raise NodeError(f"The user {USER} cannot reach {folder}: name another ELASTICSEARCH_HOME.")
    checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    return Path("/var/lib/reslog-elasticsearch") / checkout


def _anybody_reaches(folder: Path) -> bool:
    there = (path for path in (folder, *folder.parents) if path.exists())
    return all(path.stat().st_mode & 0o001 for path in there)


def as_node_user(command: list[str]) -> list[str]:
    """The command as it is, or as the node's user when we are root."""
    if os.geteuid() != 0:
        return command
    return ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]


def give_to_node_user(folder: Path) -> None:
    """Let the node write in a folder: it and all it holds become the node's user's."""
    if os.geteuid() != 0:
        return
    _make_user()
    for path in (folder, *folder.rglob("*")):
        shutil.chown(path, USER, USER)


def _make_user() -> None:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        pass
    else:
        return
    for program in ("useradd", "setpriv"):
        if shutil.which(program) is None:
            raise NotAvailable(
                f"Elasticsearch does not run as root, and {program} is missing to run it as another"
                " user: apt-get install passwd util-linux, or start it as an ordinary user."
            )
    print(f"Making the system user {USER}: Elasticsearch does not run as root.", flush=True)
    shell = "/usr/sbin/nologin"
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", shell, USER]
    subprocess.run(command, check=True)  # noqa: S603
