"""TLS and a password for a node: what a secure production node asks for, on this machine."""

from __future__ import annotations

import base64
import secrets
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.elasticsearch_node.errors import NodeError

if TYPE_CHECKING:
    from scripts.elasticsearch_node.distribution import Distribution

USER = "elastic"
"""The built-in superuser: it makes the users, roles and API keys that are wanted."""


@dataclass(frozen=True)
class Security:
    """The certificates and the password in a node's configuration folder."""

    configuration: Path

    @property
    def ca(self) -> Path:
        """The certificate that clients trust."""
        return self.configuration / "ca" / "ca.crt"

    @property
    def password_file(self) -> Path:
        """Where the password of `USER` is kept, readable by the node's user alone."""
        return self.configuration / "password"

    @property
    def password(self) -> str:
        """The password of `USER`."""
        return self.password_file.read_text().strip()

    def authorization(self) -> str:
        """The header by which `USER` is let in."""
        return "Basic " + base64.b64encode(f"{USER}:{self.password}".encode()).decode()

    def prepare(self, distribution: Distribution, temporary: Path) -> dict[str, str]:
        """Make what is missing; gives the settings that turn security on."""
        if not self.ca.exists():
            self._make_certificates(distribution, temporary)
        if not self.password_file.exists():
            self._make_password(distribution, temporary)
        return {
            "xpack.security.enabled": "true",
            "xpack.security.http.ssl.enabled": "true",
            "xpack.security.http.ssl.key": "node/node.key",
            "xpack.security.http.ssl.certificate": "node/node.crt",
            "xpack.security.http.ssl.certificate_authorities": "ca/ca.crt",
        }

    def _make_certificates(self, distribution: Distribution, temporary: Path) -> None:
        """A certificate authority of this node's own, and a certificate for this machine."""
        print("Making a certificate authority and the node's certificate ...", flush=True)
        authority = ["--ca-cert", str(self.ca), "--ca-key", str(self.configuration / "ca/ca.key")]
        names = ["--name", "node", "--ip", "127.0.0.1", "--dns", "localhost"]
        for arguments in (["ca"], ["cert", *authority, *names]):
            packed = self.configuration / f"{arguments[0]}.zip"
            command = [distribution.program("elasticsearch-certutil"), *arguments]
            self._run(
                [*command, "--silent", "--pem", "--out", str(packed)], distribution, temporary
            )
            with zipfile.ZipFile(packed) as files:
                files.extractall(self.configuration)
            packed.unlink()
        for key in self.configuration.glob("*/*.key"):
            key.chmod(0o600)

    def _make_password(self, distribution: Distribution, temporary: Path) -> None:
        password = secrets.token_urlsafe(24)
        program = distribution.program("elasticsearch-keystore")
        command = [program, "add", "--stdin", "--force", "--silent", "bootstrap.password"]
        self._run(command, distribution, temporary, password)
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(password + "\n")

    def _run(
        self, command: list[str], distribution: Distribution, temporary: Path, answer: str = ""
    ) -> None:
        result = subprocess.run(  # noqa: S603
            command,
            env=distribution.environment(self.configuration, temporary),
            input=answer,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if result.returncode:
            raise NodeError(f"{Path(command[0]).name} failed:\n{result.stdout.strip()}")
