"""Logging in on the public site: passwords are not tried without end."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from contributions import accounts
from tests.library import Library

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(library: Library) -> User:
    return User.objects.create_user("officer", password="quokka in the yard")


def log_in(client: Client, page: str, password: str) -> Any:
    return client.post(reverse(page), {"username": "officer", "password": password})


@pytest.mark.parametrize("page", ["login", "wagtailadmin_login"])
def test_with_the_right_password_one_is_let_in(officer: User, client: Client, page: str) -> None:
    assert log_in(client, page, "wrong").status_code == 200
    assert log_in(client, page, "quokka in the yard").status_code == 302


@pytest.mark.parametrize("page", ["login", "wagtailadmin_login"])
def test_once_too_many_were_tried_an_answer_says_nothing_about_a_password(
    officer: User, client: Client, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(accounts, "TRIES_A_DAY", 1)
    log_in(client, page, "wrong")
    wrong, right = (log_in(client, page, word) for word in ("wrong", "quokka in the yard"))
    assert wrong.status_code == right.status_code == 429
    assert "Too many passwords" in right.content.decode()
    for response in (wrong, right):
        assert not response.context["form"].is_bound
    officer.refresh_from_db()
    assert officer.last_login is None
