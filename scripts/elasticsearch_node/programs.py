"""The programs a node needs besides itself: a JDK and Maven."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from scripts.elasticsearch_node.errors import NotAvailable

OLDEST_JAVA = 21
JVMS = Path("/usr/lib/jvm")


def find_jdk() -> Path:
    """The home of a JDK that the node runs on and the plugin is compiled with.

    Looked for in ``ES_JAVA_HOME``, ``JAVA_HOME``, `JVMS` (newest first) and behind the
    ``java`` on the path. Raises `NotAvailable`.
    """
    for home in _java_homes():
        if _java_version(home) >= OLDEST_JAVA and (home / "bin" / "javac").exists():
            return home
    raise NotAvailable(
        f"A JDK {OLDEST_JAVA} or newer (with javac) is needed.\n"
        "Install one: apt-get install openjdk-21-jdk-headless (Debian 13, Ubuntu 24.04), "
        "temurin-21-jdk from the Adoptium packages, or brew install openjdk@21;\n"
        "or name the folder of one: ES_JAVA_HOME=/path/to/jdk make elasticsearch"
    )


def find_maven() -> str:
    """The ``mvn`` program. Raises `NotAvailable`."""
    program = shutil.which("mvn")
    if program is None:
        raise NotAvailable(
            "Maven (mvn) is needed to fetch Elasticsearch.\n"
            "Install it: apt-get install maven, or brew install maven"
        )
    return program


def _java_homes() -> Iterator[Path]:
    for variable in ("ES_JAVA_HOME", "JAVA_HOME"):
        if named := os.environ.get(variable):
            yield Path(named)
    installed = (path for path in JVMS.glob("*") if path.is_dir())
    yield from sorted(installed, key=_java_version, reverse=True)
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve().parent.parent


def _java_version(home: Path) -> int:
    """The major version that a Java home says it has; 0 when it says none."""
    try:
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    found = re.search(r'^JAVA_VERSION="(\d+)', release, re.MULTILINE)
    return int(found[1]) if found else 0
