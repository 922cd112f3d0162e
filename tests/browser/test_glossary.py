"""An editor brings concepts in as a file, and adds a label by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from glossary.models import Concept, Label
from tests.browser.conftest import Open
from tests.library import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def admin(open_page: Open, django_db_serialized_rollback: None) -> Page:
    """The admin, with an editor logged in."""
    make_user("chief", superuser=True)
    concepts = reverse("wagtailsnippets_glossary_concept:list")
    page = open_page(f"/admin/login/?next={concepts}")
    page.locator("[name=username]").fill("chief")
    page.locator("[name=password]").fill("secret")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{concepts}")
    return page


def test_a_file_is_checked_shown_and_stored(admin: Page, live_server: Any, tmp_path: Path) -> None:
    path = tmp_path / "concepts.csv"
    path.write_text("id,en,ar,ar_alt\nwaste,waste,نفايات,قمامة\nwater,,ماء,\n", encoding="utf-8")
    admin.goto(live_server.url + reverse("glossary_import"))
    admin.get_by_label("File").set_input_files(path)
    admin.get_by_role("button", name="Check the file").click()
    expect(admin.get_by_role("row", name="waste")).to_contain_text("New")
    admin.get_by_role("button", name="Store these changes").click()
    expect(admin.get_by_text("New concepts: 2;")).to_be_visible()
    assert Label.objects.filter(text="قمامة", concept__slug="waste").exists()


def test_a_label_is_added_by_hand(admin: Page, live_server: Any) -> None:
    concept = Concept.objects.create(slug="waste")
    Label.objects.create(concept=concept, language="en", text="waste")
    admin.goto(
        live_server.url + reverse("wagtailsnippets_glossary_concept:edit", args=[concept.pk])
    )
    admin.get_by_role("button", name="Add label").click()
    row = admin.locator("#inline_child_labels-1")
    row.get_by_label("Language").select_option("ar")
    row.get_by_label("Text").fill("نفايات")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_text("updated", exact=False).first).to_be_visible()
    assert concept.labels.filter(language="ar").get().text == "نفايات"
