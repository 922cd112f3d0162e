"""A first-time reader's three questions, each answered in at most four steps (docs/readers.md).

A step is one thing that a reader does: a click, or something typed and sent.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from network.models import Country
from publications.models import Edition
from search.indexing.rebuild import rebuild
from tests.browser.conftest import Open, Shelf
from tests.library import Library

MOST_STEPS = 4


@dataclass
class Walk:
    """A reader's way through the site, counted."""

    page: Page
    steps: int = 0

    def click(self, selector: str) -> None:
        self.steps += 1
        self.page.locator(selector).first.click()

    def ask(self, words: str) -> None:
        self.steps += 1
        self.page.locator("#q").fill(words)
        self.page.locator("#q").press("Enter")


@pytest.fixture
def practice(shelf: Shelf) -> Edition:
    """A good practice of Sweden, told in Swedish and Turkish."""
    library = Library.standing()
    edition = library.edition(
        "Språkcafé på biblioteket",
        language="sv",
        kind="good_practice",
        transferability="<p>Ett rum, två ledare.</p>",
    )
    library.edition(
        "Kütüphanede dil kafesi",
        language="tr",
        kind="good_practice",
        of=edition,
        transferability="<p>Bir oda, iki kolaylaştırıcı.</p>",
    )
    sweden = Country.objects.create(code="SE", names={"en": "Sweden", "tr": "İsveç"})
    edition.work.countries.add(sweden)
    rebuild()
    return edition


@pytest.mark.parametrize("javascript", [True, False])
def test_find_guidance_on_a_theme_in_ones_own_language(
    javascript: bool, open_page: Open, shelf: Shelf
) -> None:
    walk = Walk(open_page("/ar/", java_script_enabled=javascript))
    walk.click("a.theme")
    walk.click("a[data-facet=kind][data-value=guidance]")
    walk.click(".hit__title a")
    expect(walk.page.locator("h1")).to_have_text("جمع النفايات في تجمعات الخيام")
    assert walk.page.locator("h1").get_attribute("lang") == "ar"
    assert walk.steps <= MOST_STEPS


@pytest.mark.parametrize("javascript", [True, False])
def test_find_a_practice_from_another_country_that_one_can_copy(
    javascript: bool, open_page: Open, practice: Edition
) -> None:
    walk = Walk(open_page("/tr/", java_script_enabled=javascript))
    walk.click(".site-menu a[href='/tr/browse/']")
    walk.click("a.theme[href*='country=SE']")
    walk.click(".hit__title a")
    expect(walk.page.locator("h1")).to_have_text("Kütüphanede dil kafesi")
    expect(walk.page.get_by_text("Bir oda, iki kolaylaştırıcı.")).to_be_visible()
    assert walk.steps <= MOST_STEPS


@pytest.mark.parametrize("javascript", [True, False])
def test_cite_a_report(javascript: bool, open_page: Open, shelf: Shelf) -> None:
    walk = Walk(open_page("/en/", java_script_enabled=javascript))
    walk.ask("peregrine")
    walk.click(".hit__title a")
    walk.click("a[href='#cite']")
    expect(walk.page.locator("#cite")).to_be_in_viewport()
    expect(walk.page.locator(".citation dd").first).to_contain_text("Kaya, A. (2024")
    with walk.page.expect_download() as download:
        walk.click(".cite__files a")
    assert download.value.suggested_filename == f"reslog-{shelf.work}-en.bib"
    assert walk.steps <= MOST_STEPS


def test_a_citation_is_copied_where_a_browser_can(open_page: Open, shelf: Shelf) -> None:
    page = open_page(f"/en/works/{shelf.work}", permissions=["clipboard-read", "clipboard-write"])
    page.locator(".citation .copy").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Kaya, A. (2024")


def test_the_text_size_is_kept_for_the_next_page(open_page: Open, shelf: Shelf) -> None:
    page = open_page(shelf.addresses["reading"].format(language="en"))
    text = page.locator(".reading__text")
    before = text.evaluate("node => getComputedStyle(node).fontSize")
    page.get_by_role("button", name="Larger text").click()
    larger = text.evaluate("node => getComputedStyle(node).fontSize")
    assert float(larger[:-2]) > float(before[:-2])
    page.locator("main a[rel=next]").first.click()
    page.wait_for_url("**/3?q=peregrine")
    assert text.evaluate("node => getComputedStyle(node).fontSize") == larger


def test_the_text_over_a_pages_image_comes_with_the_image(open_page: Open, shelf: Shelf) -> None:
    page = open_page(shelf.addresses["reading"].format(language="en"))
    expect(page.locator("figure .page-text text").first).to_contain_text("peregrine")
    page.reload()
    expect(page.locator("figure .page-text text").first).to_contain_text("peregrine")
    selected = page.evaluate(
        "() => { getSelection().selectAllChildren(document.querySelector('.page-text text'));"
        " return getSelection().toString().trim(); }"
    )
    assert "peregrine" in selected


def test_a_place_on_the_map_leads_to_its_row_by_keyboard(open_page: Open, shelf: Shelf) -> None:
    page = open_page("/en/network/")
    area = page.locator(".map__link").first
    area.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/network/#place-mezitli")
    expect(page.locator("#place-mezitli")).to_be_in_viewport()
