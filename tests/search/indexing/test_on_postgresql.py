"""Outbox, leases and imports behave the same on PostgreSQL: their tests, run there."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT, missing

TESTS = (
    "tests/cms/test_leases.py",
    "tests/publications/test_exchange.py",
    "tests/publications/test_import_views.py",
    "tests/search/indexing/test_outbox.py",
    "tests/search/indexing/test_drain.py",
    "tests/search/indexing/test_rebuild.py",
)


def test_outbox_leases_and_imports_on_postgresql() -> None:
    address = os.environ.get("TEST_POSTGRES_URL")
    if not address:
        missing("PostgreSQL (TEST_POSTGRES_URL)")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PYTEST")
    } | {"DATABASE_URL": str(address)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *TESTS],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
