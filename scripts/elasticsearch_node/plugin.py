"""Our analysis plugin, built from source against a distribution and installed in it."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import zipfile
from pathlib import Path
from string import Template

from scripts.elasticsearch_node.errors import NodeError
from scripts.elasticsearch_node.places import ROOT
from scripts.elasticsearch_node.programs import OLDEST_JAVA

NAME = "stock-analysis"
SOURCE = ROOT / "elasticsearch-node" / "plugin"
DESCRIPTOR = "plugin-descriptor.properties"


def install(distribution: Path, jdk: Path, elasticsearch_version: str) -> str:
    """Install the plugin unless its present source is installed; gives the source's version."""
    version = source_version()
    installed = distribution / "plugins" / NAME
    if f"version={version}\n" in _descriptor(installed):
        return version
    print("Building the analysis plugin ...", flush=True)
    with tempfile.TemporaryDirectory(prefix="reslog-plugin-") as name:
        archive = _build(Path(name), distribution, jdk, version, elasticsearch_version)
        if installed.exists():
            _plugin_program(distribution, jdk, "remove", NAME)
        _plugin_program(distribution, jdk, "install", "--batch", archive.as_uri())
    return version


def _descriptor(installed: Path) -> str:
    try:
        return (installed / DESCRIPTOR).read_text(encoding="utf-8")
    except OSError:
        return ""


def source_version() -> str:
    """A digest of every source file and its name: it changes when the plugin does."""
    digest = hashlib.sha256()
    for path in sorted(path for path in SOURCE.rglob("*") if path.is_file()):
        digest.update(str(path.relative_to(SOURCE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _build(
    folder: Path, distribution: Path, jdk: Path, version: str, elasticsearch_version: str
) -> Path:
    """Compile the plugin against the distribution's own classes and pack it as a plugin archive."""
    classes = folder / "classes"
    sources = [str(path) for path in sorted(SOURCE.rglob("*.java"))]
    libraries = os.pathsep.join(str(path) for path in (distribution / "lib").glob("*.jar"))
    options = ["--release", str(OLDEST_JAVA), "-encoding", "UTF-8", "-Xlint:all", "-Werror"]
    command = [str(jdk / "bin" / "javac"), *options, "-cp", libraries, "-d", str(classes), *sources]
    _run(command, "The analysis plugin does not compile")
    jar = folder / f"{NAME}.jar"
    with zipfile.ZipFile(jar, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(classes.rglob("*.class")):
            packed.write(path, path.relative_to(classes))
    template = Template((SOURCE / DESCRIPTOR).read_text(encoding="utf-8"))
    values = {"version": version, "elasticsearch_version": elasticsearch_version}
    archive = folder / f"{NAME}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(jar, jar.name)
        packed.writestr(DESCRIPTOR, template.substitute(values))
    return archive


def _plugin_program(distribution: Path, jdk: Path, *arguments: str) -> None:
    command = [str(distribution / "bin" / "elasticsearch-plugin"), *arguments]
    _run(command, "The analysis plugin cannot be installed", ES_JAVA_HOME=str(jdk))


def _run(command: list[str], problem: str, **environment: str) -> None:
    result = subprocess.run(  # noqa: S603
        command,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        raise NodeError(f"{problem}:\n{result.stdout.strip()}")
