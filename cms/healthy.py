"""The health check of a web container: ``python -m cms.healthy`` ends with 0 when it is ready.

Asks by a name of ``ALLOWED_HOSTS``, as the site answers to no other. ``PORT`` is 8000 by default.
"""

from __future__ import annotations

import os
import sys
from http.client import HTTPConnection, HTTPException

SECONDS = 8


def is_ready(port: int, host: str) -> bool:
    """Whether the site on this machine answers that it can serve."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/health/ready", headers={"Host": host})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main() -> int:
    """0 when ready, else 1."""
    hosts = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")
    port = int(os.environ.get("PORT", "8000"))
    return 0 if is_ready(port, hosts[0].strip().lstrip(".")) else 1


if __name__ == "__main__":
    sys.exit(main())
