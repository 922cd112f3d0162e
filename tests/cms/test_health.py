"""What operators and browsers are told in headers and health addresses."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.library import Library

pytestmark = pytest.mark.django_db


def test_a_living_process_says_so() -> None:
    assert Client().get("/health/live").json() == {"status": "alive"}


def test_readiness_reports_the_database_and_search() -> None:
    response = Client().get("/health/ready")

    assert response.status_code == 200
    assert response.json()["database"] == "ok"
    assert "search" in response.json()


def test_readers_pages_allow_no_inline_script_and_no_other_host(library: Library) -> None:
    policy = Client().get("/en/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy


def test_the_admin_loads_nothing_from_elsewhere() -> None:
    policy = Client().get("/admin/login/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "http" not in policy
