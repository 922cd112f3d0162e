"""From three files to a published work in three languages, as an editor and a moderator do it.

The walk counts its steps: a click, a choice of files, a form sent. With ``GUIDE_PICTURES`` set to
a folder it takes files of the demonstration and leaves the pictures of the editors' guide there,
in the language of the walk (``make guide-pictures``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from playwright.sync_api import Page, expect
from wagtail.users.models import UserProfile

from intake.models import Batch
from network.loading import load_network
from network.models import Role
from publications.models import Edition
from search.indexing.drain import drain
from search.indexing.encoding import encode_works
from search.indexing.rebuild import rebuild
from search.statistics import refresh_statistics
from tests.browser.conftest import Open
from tests.conftest import ROOT
from tests.intake.unions import work_off
from tests.library import make_user

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {"tr": "rapor-1.tr.pdf", "ar": "taqrir-1.ar.pdf", "en": "report-1.en.pdf"}
SHOWN = {
    "tr": "migration-master-plan-step-by-step.tr.pdf",
    "en": "migration-master-plan-step-by-step.en.docx",
}
PICTURES = os.environ.get("GUIDE_PICTURES")
QUESTION = "vaccin som lär immunförsvaret att känna igen cancerceller"
"""In Swedish, of which the files hold nothing."""

MOST_STEPS = 14
"""An editor's steps from the admin's home to three editions in moderation, and a moderator's from
there to three published ones."""


@dataclass
class Walk:
    """A person in the admin: opens, clicks, and counts."""

    page: Page
    language: str
    steps: int = 0

    def click(self, target: Any) -> None:
        target.click()
        self.steps += 1

    def picture(self, name: str) -> None:
        """Keep a picture for the guide, if it is wanted."""
        if PICTURES:
            path = Path(PICTURES) / f"{name}.{self.language}.png"
            self.page.screenshot(path=path, animations="disabled")


@pytest.fixture
def union(
    live_server: Any,
    django_db_serialized_rollback: None,
    fast_encoder: None,
    tmp_path: Path,
    settings: Any,
) -> None:
    """A union's sections, with its roles and an index."""
    settings.SEARCH_FOLDER = tmp_path / "search"
    settings.MEDIA_ROOT = tmp_path / "files"
    load_network()
    call_command("build_tree", "--organisation", "mbb", verbosity=0)
    rebuild()


@pytest.fixture
def enter(open_page: Open, union: None) -> Callable[..., Walk]:
    """Logs somebody with a role into the admin, in a language."""

    def enter_(name: str, role: Role, language: str) -> Walk:
        user: User = make_user(name, role.group)
        UserProfile.objects.create(user=user, preferred_language=language)
        page = open_page("/admin/login/")
        page.locator("[name=username]").fill(name)
        page.locator("[name=password]").fill("secret")
        page.locator("form button[type=submit], form input[type=submit]").first.click()
        page.wait_for_url("**/admin/")
        return Walk(page, language)

    return enter_


@pytest.mark.parametrize("language", ["en", "tr"])
def test_three_files_become_a_work_that_is_found_from_another_language(
    language: str,
    enter: Callable[..., Walk],
    open_page: Open,
    test_data: Path,
) -> None:
    editor = enter("ayla", Role.objects.get(kind="editors", organisation__slug="mbb"), language)
    files = SHOWN if PICTURES else FILES
    folder = ROOT / "demo" / "files" if PICTURES else test_data / "corpus"
    _bring_in(editor, [folder / name for name in files.values()])
    editions = list(Edition.objects.filter(live=False).select_related("work", "locale"))
    assert {one.locale.language_code for one in editions} == set(files)
    assert len({one.work_id for one in editions}) == 1
    moderators = Role.objects.get(kind="moderators")
    moderator = enter("musa", moderators, language)
    _publish(moderator, editions)
    assert Edition.objects.filter(live=True).count() == len(files)
    assert editor.steps + moderator.steps <= MOST_STEPS
    if not PICTURES:
        _found(open_page, editions[0].work_id)


def _bring_in(walk: Walk, files: list[Path]) -> None:
    """Drop the files, say that they are one work, take all that is shown, send to moderation."""
    page = walk.page
    walk.click(page.locator("a[href$='/admin/intake/']").first)
    page.locator("#fileupload").set_input_files(files)
    walk.steps += 1
    ready = page.locator("#intake-continue a")
    expect(ready).to_be_visible()
    expect(page.locator("#upload-list li")).to_have_count(len(files))
    expect(page.locator("#upload-list li.upload-success")).to_have_count(len(files))
    work_off(Batch.objects.get().pk)
    walk.click(ready)
    proposal = page.locator(".intake-proposal")
    expect(proposal.locator("li")).to_have_count(len(files))
    walk.picture("proposal")
    walk.click(proposal.locator("button[value=join]"))
    expect(page.locator(".intake-edition")).to_have_count(len(files))
    walk.picture("suggestions")
    walk.click(page.locator("#intake-moderate"))
    page.wait_for_url(re.compile(r"/admin/intake/[0-9a-f-]+/(\?.*)?$"))


def _publish(walk: Walk, editions: list[Edition]) -> None:
    """Open each edition that waits, from the moderator's home, and approve it."""
    page = walk.page
    walk.picture("waiting")
    for edition in editions:
        page.goto(re.sub(r"/admin/.*", "/admin/", page.url))
        walk.click(page.locator(f"main a[href*='/pages/{edition.pk}/edit/']").first)
        approve = page.locator("footer [data-workflow-action-name=approve]").first
        if not approve.is_visible():
            walk.click(page.locator("footer [data-w-dropdown-target=toggle]").first)
        walk.picture("moderating")
        walk.click(approve)
        expect(page.locator(".messages .success")).to_be_visible()


def _found(open_page: Open, work: int) -> None:
    """The worker's part, and then a reader's question."""
    drain()
    encode_works(lambda: False)
    drain()
    refresh_statistics()
    page = open_page("/sv/search/")
    page.locator("#q").fill(QUESTION)
    page.locator("#q").press("Enter")
    hit = page.locator(f"article.hit[data-work='{work}']")
    expect(hit).to_have_count(1)
    expect(hit.locator(".hit__languages")).to_contain_text("Arabiska")
