"""Settings for `make run` and development: one machine, loopback, no further services."""

from __future__ import annotations

import secrets
from pathlib import Path

from cms.settings.base import *  # noqa: F403
from cms.settings.base import VAR_DIR


def _kept_secret(path: Path) -> str:
    """A secret made at the first run and kept beside the data."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return path.read_text()


DEBUG = False
SECRET_KEY = env("SECRET_KEY") or _kept_secret(VAR_DIR / "secret-key")  # noqa: F405
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *ALLOWED_HOSTS]  # noqa: F405
# Where `make elasticsearch` starts its node.
ELASTICSEARCH_URL = ELASTICSEARCH_URL or ["http://127.0.0.1:9200"]  # noqa: F405
