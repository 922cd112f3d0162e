"""Pictures of every page type of a running site, to be looked at and criticised.

``make screenshots URL=http://127.0.0.1:8000`` writes them to ``var/screenshots``: Arabic and
Swedish, at 1280 and 360 pixels, light; `--dark` for dark. Which work and which page of a file are
shown is found as a reader finds them, by following links.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page, sync_playwright

LANGUAGES = ("ar", "sv")
WIDTHS = (1280, 360)
HEIGHT = 900
QUESTIONS = {"ar": "النفايات", "sv": "avfall", "tr": "atık", "en": "waste"}
FOLDER = Path("var/screenshots")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]

FIXED = {
    "home": "",
    "results": "search/?q={q}",
    "nothing": "search/?q=qqqqzzzz",
    "browse": "browse/",
    "themes": "browse/themes",
    "network": "network/",
    "organisation": "network/mbb",
    "activities": "activities/",
    "terms": "terms/",
    "term": "terms/migration",
    "library": "library/",
    "help": "search-help/",
    "missing": "there-is-no-such-page/",
}
"""Page types with an address of their own, below ``/<language>/``."""

FOLLOWED = {
    "work": ".hit__title a",
    "reading": ".passage__where a[href*='/files/']",
}
"""Page types that the first link of the results leads to."""


def addresses(page: Page, url: str, language: str, names: list[str]) -> Iterator[tuple[str, str]]:
    """The name and full address of each page type that is wanted."""
    q = quote(QUESTIONS[language])
    for name, path in FIXED.items():
        if not names or name in names:
            yield name, f"{url}/{language}/{path.format(q=q)}"
    wanted = {name: css for name, css in FOLLOWED.items() if not names or name in names}
    for name, selector in wanted.items():
        page.goto(f"{url}/{language}/search/?q={q}")
        link = page.locator(selector).first
        if link.count():
            yield name, str(link.evaluate("link => link.href"))


def take(browser: Browser, url: str, folder: Path, names: list[str], *, dark: bool) -> None:
    """Take the pictures; prints the name of each."""
    for language in LANGUAGES:
        for width in WIDTHS:
            context = browser.new_context(
                viewport={"width": width, "height": HEIGHT},
                color_scheme="dark" if dark else "light",
                device_scale_factor=1,
            )
            page = context.new_page()
            for name, address in list(addresses(page, url, language, names)):
                page.goto(address, wait_until="networkidle")
                path = folder / f"{name}-{language}-{width}{'-dark' if dark else ''}.png"
                page.screenshot(path=path, full_page=True)
                print(path)
            context.close()


def main() -> None:
    """Read the command line and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("names", nargs="*", help="page types; all without any")
    arguments = parser.parse_args()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        sys.exit("Chromium is missing. On Debian: apt-get install chromium")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        url = arguments.url.rstrip("/")
        take(browser, url, arguments.folder, arguments.names, dark=arguments.dark)
        browser.close()


if __name__ == "__main__":
    main()
