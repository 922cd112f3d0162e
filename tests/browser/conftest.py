"""A browser that complains: about errors on its console, and about requests to other hosts."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Request

from glossary.models import Concept, Label
from home.models import HomePage, InformationPage
from network.models import Activity, Country, Organisation, Place
from publications.models import Edition, EditionFile
from publications.reading import read_due_document
from search.indexing.rebuild import rebuild
from tests.conftest import missing
from tests.library import Library, pdf_bytes

# Playwright's synchronous interface runs an event loop in the test's own thread; the tests
# prepare the database in that thread, one thing after the other.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, quiet."""
    if not CHROMIUM:
        missing("Chromium (on Debian: apt-get install chromium)")
    return {"executable_path": CHROMIUM, "args": FLAGS, "headless": True}


@dataclass
class Complaints:
    """What a page did that no page of the site may do."""

    host: str
    seen: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> Page:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("request", self._request)
        return page

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.seen.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.netloc != self.host:
            self.seen.append(f"request to another host: {request.url}")


Open = Callable[..., Page]


@pytest.fixture
def open_page(live_server: Any, new_context: Any) -> Iterator[Open]:
    """Opens an address of the site, or none, in a new window; nothing may have complained."""
    complaints = Complaints(urlsplit(live_server.url).netloc)

    def open_(address: str | None, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = new_context(viewport={"width": width, "height": height}, **options)
        page = complaints.listen(context.new_page())
        if address is not None:
            page.goto(live_server.url + address)
        return page

    yield open_
    assert complaints.seen == []


@dataclass
class Shelf:
    """The works the tests walk through: in all languages, with a PDF in English and in Arabic."""

    work: int
    english_file: int
    arabic_file: int
    addresses: dict[str, str]


@pytest.fixture
def shelf(live_server: Any, tmp_path: Path, settings: Any) -> Shelf:
    """A small library with an index."""
    settings.SEARCH_FOLDER = tmp_path / "search"
    settings.MEDIA_ROOT = tmp_path / "files"
    library = Library.build()
    _pages_around()
    english = library.edition(
        "Waste collection in tent settlements",
        kind="guidance",
        summary="How a small municipality brings a settlement into its waste round.",
        body="<h2>Begin</h2><p>Count the tents. Kestrels do not matter here.</p>",
        steps="<ol><li>Walk.</li><li>Weigh.</li></ol>",
    )
    titles = {
        "ar": "جمع النفايات في تجمعات الخيام",
        "sv": "Avfallsinsamling i tältbosättningar",
        "tr": "Çadır yerleşimlerinde atık toplama",
    }
    editions = {
        code: library.edition(title, language=code, kind="guidance", of=english, summary=title)
        for code, title in titles.items()
    }
    document = library.document(
        pdf_bytes("The first page.", "A round for the peregrine quarter. " * 9, "The last."),
        "guide.pdf",
    )
    library.attach(english, document, label="Field guide", language="en")
    read_due_document(document.pk)
    arabic = library.document(pdf_bytes("one", "two"), "dalil.pdf")
    library.read_text(arabic, "الصفحة الأولى.", "توزيع الحاويات على أطراف المخيم.", language="ar")
    library.attach(editions["ar"], arabic, label="دليل ميداني", language="ar")
    for number in range(12):
        library.edition(f"Waste report {number}", summary="About waste & water.")
    _network(english)
    rebuild()
    files = [EditionFile.objects.get(document=row).number for row in (document, arabic)]
    number = english.work_id
    return Shelf(
        work=number,
        english_file=files[0],
        arabic_file=files[1],
        addresses={
            "landing": "/{language}/",
            "results": "/{language}/search/?q=waste",
            "work": f"/{{language}}/works/{number}",
            "reading": f"/{{language}}/works/{number}/files/{files[0]}/2?q=peregrine",
            "arabic reading": f"/{{language}}/works/{number}/files/{files[1]}/2?q=الحاويات",
            "library": "/{language}/library/",
            "section": "/{language}/library/section/",
            "information": "/{language}/about/",
            "nothing": "/{language}/search/?q=wste+heronless",
            "inside": f"/{{language}}/search/inside/{number}?q=peregrine",
            "text only": f"/{{language}}/works/{number}/files/{files[0]}/2?q=peregrine&view=text",
            "browse": "/{language}/browse/",
            "themes": "/{language}/browse/themes",
            "place": "/{language}/browse/places/mezitli",
            "network": "/{language}/network/",
            "organisation": "/{language}/network/mezitli",
            "activities": "/{language}/activities/?level=local",
            "activity": "/{language}/activities/survey",
            "terms": "/{language}/terms/",
            "term": "/{language}/terms/theme-waste",
            "login": "/{language}/account/login",
            "question": f"/{{language}}/works/{number}/reader/question",
        },
    )


def _network(edition: Edition) -> None:
    """Something on every browsing page, all of it about one work."""
    country = Country.objects.create(code="TR", names={"en": "Türkiye", "ar": "تركيا"})
    place = Place.objects.create(
        slug="mezitli", names={"en": "Mezitli"}, country=country, latitude=36.75, longitude=34.53
    )
    union = Organisation.objects.create(slug="union", kind="union", names={"en": "The Union"})
    town = Organisation.objects.create(
        slug="mezitli", kind="municipality", names={"en": "Mezitli Municipality"}, place=place,
        country=country, parent=union, role={"en": "A pilot municipality."}, acronyms="MM",
    )  # fmt: skip
    activity = Activity.objects.create(
        slug="survey", level="local", titles={"en": "A survey"}, place=place, country=country,
        summaries={"en": "A field survey."}, date=datetime.date(2020, 2, 1),
    )  # fmt: skip
    activity.organisations.add(town)
    Activity.objects.create(slug="plans", level="local", titles={"en": "Plans"})
    theme = Concept.objects.create(slug="theme-waste", is_theme=True)
    bins = Concept.objects.create(slug="bins", broader=theme)
    for code, texts in {"en": ("Waste", "bins"), "ar": ("النفايات", "الحاويات")}.items():
        Label.objects.create(concept=theme, language=code, text=texts[0])
        Label.objects.create(concept=bins, language=code, text=texts[1])
    Label.objects.create(concept=theme, language="en", text="refuse", kind="alternative")
    work = edition.work
    work.themes.add(theme)
    work.countries.add(country)
    work.places.add(place)
    work.activities.add(activity)
    work.municipality, work.date, work.authors = town, datetime.date(2024, 5, 1), ["Ayhan Kaya"]
    work.save()


def _pages_around() -> None:
    for home in HomePage.objects.all():
        home.example_queries = "waste collection\nwater supply in summer"
        home.introduction = "How did other municipalities handle it?"
        home.search_prompt = "What would you like to know?"
        home.save()
        home.add_child(
            instance=InformationPage(
                title="About", slug="about", locale=home.locale, body="<p>Text.</p>",
                show_in_menus=True,
            )
        )  # fmt: skip
