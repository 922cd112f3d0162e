"""No page breaks its Content-Security-Policy or asks another host, the admin's neither.

Whatever a page complains of on its console, and every request elsewhere, fails the test that
opened it (``open_page``).
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.crypto import get_random_string
from playwright.sync_api import Page, expect

from publications.models import Edition
from tests.browser.conftest import Open, Shelf
from tests.library import make_user


@pytest.fixture
def editor_page(open_page: Open, live_server: Any, client: Client) -> Page:
    """A window of somebody logged in to the admin."""
    client.force_login(make_user(f"editor-{get_random_string(6).lower()}", superuser=True))
    page = open_page(None)
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    return page


def test_readers_get_the_strict_policy(client: Client, shelf: Shelf) -> None:
    for name, address in shelf.addresses.items():
        policy = client.get(address.format(language="en"), follow=True)["Content-Security-Policy"]
        assert "unsafe" not in policy, name
        assert "frame-ancestors 'self'" in policy, name


def test_the_admin_keeps_its_own_policy(editor_page: Page, live_server: Any, shelf: Shelf) -> None:
    page, edition = editor_page, Edition.objects.filter(work=shelf.work).first()
    assert edition is not None
    addresses = [
        "/admin/",
        f"/admin/pages/{edition.get_parent().pk}/",
        f"/admin/pages/{edition.pk}/history/",
        "/admin/documents/",
        "/admin/images/",
        "/admin/snippets/",
        "/admin/reports/site-history/",
        "/admin/users/",
    ]
    for address in addresses:
        response = page.goto(live_server.url + address, wait_until="networkidle")
        assert response is not None
        assert response.ok, address
        assert "frame-ancestors 'self'" in response.headers["content-security-policy"], address


def test_an_editor_previews_a_page_beside_its_form(
    editor_page: Page, live_server: Any, shelf: Shelf
) -> None:
    page, edition = editor_page, Edition.objects.filter(work=shelf.work, locale__language_code="en")
    page.goto(f"{live_server.url}/admin/pages/{edition.get().pk}/edit/", wait_until="networkidle")
    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("iframe[title='Preview']").first
    expect(frame.locator("h1")).to_have_text(edition.get().title)
