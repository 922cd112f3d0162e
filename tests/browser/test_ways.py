"""The reader's ways through the site in a real browser."""

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cms.languages import INTERFACE_CODES
from tests.browser.conftest import Open, Shelf

AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},
}
MOST_BYTES = 150_000
MOST_REQUESTS = 12


def tab_to(page: Page, selector: str, most: int = 80) -> None:
    """Press Tab until something that matches has the focus, which must be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"the focus on {selector} is not seen"
            return
    pytest.fail(f"no Tab leads to {selector}")


def test_from_the_question_to_the_page_by_keyboard_alone(open_page: Open, shelf: Shelf) -> None:
    page = open_page("/en/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    tab_to(page, "#q")
    page.keyboard.type("peregrine")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=peregrine")
    tab_to(page, ".passage a")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/files/{shelf.english_file}/2?q=peregrine#match")
    expect(page.locator("#match")).to_have_text("peregrine")
    expect(page.locator("#match")).to_be_focused()
    expect(page.locator("#match")).to_be_in_viewport()


def test_the_skip_link_leads_to_the_content(open_page: Open, shelf: Shelf) -> None:
    page = open_page("/en/search/?q=waste")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_everything_works_without_javascript(open_page: Open, shelf: Shelf) -> None:
    page = open_page("/en/", java_script_enabled=False)
    page.locator("#q").fill("waste")
    page.locator("form[role=search] button").click()
    page.wait_for_url("**/search/?q=waste")
    page.locator("a[data-facet=kind][data-value=guidance]").click()
    page.wait_for_url("**/search/?q=waste&kind=guidance")
    assert page.locator("article.hit").count() == 1
    page.locator(".chip").first.click()
    page.wait_for_url("**/search/?q=waste")
    page.locator("main a[rel=next]").click()
    page.wait_for_url("**/search/?q=waste&page=2")
    page.locator("#q").fill("peregrine")
    page.locator("#q").press("Enter")
    page.locator(".passage a").first.click()
    expect(page.locator("mark")).to_have_count(9)
    page.locator("main a[rel=next]").click()
    page.wait_for_url("**/3?q=peregrine")
    page.locator("#goto").fill("1")
    page.locator("#goto").press("Enter")
    page.wait_for_url("**/1?q=peregrine")
    page.locator(".crumb a").first.click()
    page.wait_for_url("**/search/?q=peregrine")


def test_on_a_phone_filters_are_a_sheet_that_opens_and_closes(
    open_page: Open, shelf: Shelf
) -> None:
    page = open_page("/en/search/?q=waste", width=360, java_script_enabled=False)
    value = page.locator("a[data-facet=kind][data-value=guidance]")
    expect(value).to_be_hidden()
    page.locator(".results__filter").click()
    expect(value).to_be_visible()
    page.locator(".filters__close").click()
    expect(value).to_be_hidden()
    page.locator(".results__filter").click()
    value.click()
    page.wait_for_url("**/search/?q=waste&kind=guidance")
    expect(page.locator("article.hit")).to_be_visible()


def test_the_sheet_of_filters_keeps_the_focus_and_closes_with_escape(
    open_page: Open, shelf: Shelf
) -> None:
    page = open_page("/en/search/?q=waste", width=360, height=700)
    page.locator(".results__filter").click()
    expect(page.locator("#filters")).to_be_focused()
    inside = (
        "document.activeElement === document.body || document.activeElement.closest('#filters')"
    )
    for _ in range(page.locator("#filters a, #filters summary").count() + 2):
        page.keyboard.press("Tab")
        assert page.evaluate(f"Boolean({inside})")
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator("article.hit").first).to_be_visible()


@pytest.mark.parametrize(("language", "typed"), [("en", "waste c"), ("ar", "جمع النف")])
def test_suggestions_follow_the_combobox_pattern(
    language: str, typed: str, open_page: Open, shelf: Shelf
) -> None:
    page = open_page(f"/{language}/")
    field = page.get_by_role("combobox")
    field.press_sequentially(typed)
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    first = page.get_by_role("option").first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", first.get_attribute("id") or "")
    expect(field).to_be_focused()
    expect(page.locator("[data-suggest-status]")).not_to_be_empty()
    field.press("ArrowUp")
    expect(field).not_to_have_attribute("aria-activedescendant", "x")
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field).to_have_value(typed)
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url(f"**/{language}/works/{shelf.work}/**")


def test_a_question_is_asked_as_typed_while_nothing_is_chosen(
    open_page: Open, shelf: Shelf
) -> None:
    page = open_page("/en/")
    field = page.get_by_role("combobox")
    field.press_sequentially("waste")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("Enter")
    page.wait_for_url("**/en/search/?q=waste")


def test_changing_the_language_keeps_the_page_and_the_search(open_page: Open, shelf: Shelf) -> None:
    page = open_page("/en/search/?q=waste&kind=guidance")
    page.locator(".languages a[lang=ar]").click()
    page.wait_for_url("**/ar/search/?q=waste&kind=guidance")
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.goto(page.url.replace("/ar/search/?q=waste&kind=guidance", f"/en/works/{shelf.work}"))
    page.locator(".languages a[lang=sv]").click()
    expect(page.locator("h1")).to_have_text("Avfallsinsamling i tältbosättningar")


def test_results_change_in_place_and_the_address_is_always_true(
    open_page: Open, shelf: Shelf
) -> None:
    page = open_page("/en/search/?q=waste")
    page.evaluate("window.sameDocument = true")
    value = page.locator("a[data-facet=kind][data-value=guidance]")
    value.focus()
    value.press("Enter")
    page.wait_for_url("**/en/search/?q=waste&kind=guidance")
    expect(page.locator("article.hit")).to_have_count(1)
    expect(value).to_have_attribute("aria-current", "true")
    expect(value).to_be_focused()
    arabic = page.locator(".languages a[lang=ar]").get_attribute("href")
    assert arabic == "/ar/search/?q=waste&kind=guidance"
    page.locator("#q").fill("peregrine")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/en/search/?q=peregrine&kind=guidance")
    expect(page.locator("#total")).to_be_focused()
    assert "peregrine" in page.title()
    page.locator("#q").press_sequentially("x")
    expect(page.get_by_role("combobox")).to_be_visible()
    page.go_back()
    expect(page.locator("#q")).to_have_value("waste")
    page.go_back()
    page.wait_for_url("**/en/search/?q=waste")
    expect(value).not_to_have_attribute("aria-current", "true")
    assert page.evaluate("window.sameDocument")


def test_where_no_answer_comes_the_link_goes_there_as_it_stands(
    open_page: Open, shelf: Shelf
) -> None:
    page = open_page("/en/search/?q=waste")
    page.evaluate("void (window.fetch = () => Promise.reject(new TypeError('no network')))")
    page.locator("a[data-facet=kind][data-value=guidance]").click()
    page.wait_for_url("**/en/search/?q=waste&kind=guidance")
    assert page.evaluate("window.sameDocument") is None


@pytest.mark.parametrize("language", INTERFACE_CODES)
def test_nothing_needs_sideways_scrolling(language: str, open_page: Open, shelf: Shelf) -> None:
    page = open_page(f"/{language}/", width=360)
    base = page.url.removesuffix(f"/{language}/")
    for width, text in ((360, "100%"), (1280, "200%")):
        page.set_viewport_size({"width": width, "height": 900})
        for name, address in shelf.addresses.items():
            page.goto(base + address.format(language=language))
            page.evaluate("size => { document.documentElement.style.fontSize = size }", text)
            over = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert over <= 0, f"{name} at {width} pixels, text at {text}"


@pytest.mark.parametrize("language", INTERFACE_CODES)
def test_axe_finds_nothing(language: str, open_page: Open, shelf: Shelf) -> None:
    page = open_page(f"/{language}/")
    base = page.url.removesuffix(f"/{language}/")
    complaints = []
    for name, address in shelf.addresses.items():
        page.goto(base + address.format(language=language))
        for width, scheme in ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
            complaints += [f"{name}, {width}, {scheme}: {told}" for told in _told(found)]
    assert complaints == []


def _told(violations: list[dict[str, Any]]) -> list[str]:
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in violations
        for node in violation["nodes"]
    ]


def test_axe_finds_nothing_while_suggestions_are_open(open_page: Open, shelf: Shelf) -> None:
    page = open_page("/en/")
    field = page.get_by_role("combobox")
    field.press_sequentially("waste")
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    assert _told(Axe().run(page, options=AXE_OPTIONS).response["violations"]) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_first_view_is_small_and_stands_still(
    language: str, open_page: Open, shelf: Shelf, live_server: Any
) -> None:
    for name, address in shelf.addresses.items():
        page = open_page(None)
        bodies: list[tuple[str, int]] = []
        page.on("response", lambda response, bodies=bodies: bodies.append(_weight(response)))
        page.goto(live_server.url + address.format(language=language), wait_until="networkidle")
        assert len(bodies) <= MOST_REQUESTS, (name, bodies)
        assert sum(size for _url, size in bodies) < MOST_BYTES, (name, bodies)
        assert page.evaluate(LAYOUT_SHIFT) < 0.02, name
        page.close()


LAYOUT_SHIFT = """() => new Promise(resolve => {
  let moved = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) moved += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => resolve(moved), 200);
})"""


def _weight(response: Any) -> tuple[str, int]:
    """What an answer costs on the way: text is compressed, images do not count."""
    kind = response.headers.get("content-type", "")
    path = urlsplit(response.url).path
    if kind.startswith("image/") and "svg" not in kind:
        return path, 0
    body = response.body()
    return path, len(body) if "font" in kind or path.endswith("woff2") else len(gzip.compress(body))
