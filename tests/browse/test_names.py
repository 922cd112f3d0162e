"""Names that there are in another language than the page's: everywhere they say in which."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from lxml import html

from glossary.models import Concept, Label
from network.models import Activity, Country, Organisation, Place
from publications.models import Edition, WorkOrganisation
from search.indexing.rebuild import rebuild
from tests.library import Library

pytestmark = pytest.mark.django_db

ARABIC = "بلدية"
"""A part of every name here."""


def names(text: str) -> dict[str, str]:
    return {"ar": f"{ARABIC} {text}"}


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Any, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


def concept(slug: str, **facts: Any) -> Concept:
    made = Concept.objects.create(slug=slug, **facts)
    Label.objects.create(concept=made, language="ar", text=names(slug)["ar"])
    return made


@pytest.fixture
def practice(library: Library) -> Edition:
    """A practice in Swedish about things that have Arabic names alone."""
    country = Country.objects.create(code="LB", names=names("lb"))
    place = Place.objects.create(
        slug="town", names=names("town"), country=country, latitude=34.4, longitude=35.8
    )
    union = Organisation.objects.create(
        slug="union", kind="union", names=names("union"), country=country, role=names("role")
    )
    town = Organisation.objects.create(
        slug="town", kind="municipality", names=names("m"), country=country, place=place,
        parent=union,
    )  # fmt: skip
    activity = Activity.objects.create(
        slug="meeting", level="local", titles=names("meeting"), summaries=names("summary"),
        date=datetime.date(2024, 1, 1), place=place, country=country,
    )  # fmt: skip
    activity.organisations.add(town)
    theme = concept("theme-waste", is_theme=True)
    bins = concept("bins", broader=theme)
    bins.related.add(concept("lids", broader=theme))
    Label.objects.create(concept=bins, language="sv", text="Sopkärl", kind="alternative")
    edition = library.edition("Avfall", slug="avfall", language="sv", kind="good_practice")
    work = edition.work
    work.municipality = town
    work.save()
    for facts, value in (
        (work.themes, theme), (work.countries, country), (work.places, place),
        (work.activities, activity),
    ):  # fmt: skip
        facts.add(value)
    WorkOrganisation.objects.create(work=work, organisation=union, role="publisher")
    rebuild()
    return edition


def named_in_arabic(tree: Any) -> Iterator[Any]:
    """The elements of a page's content that hold a part of an Arabic name themselves.

    A citation is one text in the language of the edition.
    """
    (main,) = tree.xpath("//main")
    for text in main.xpath(
        ".//text()[contains(., $name) and not(ancestor::*[@data-copyable])]", name=ARABIC
    ):
        yield text.getparent() if not text.is_tail else text.getparent().getparent()


PAGES = (
    "", "search/?q=avfall", "search/?q=avfall&theme=theme-waste&country=LB&organisation=union",
    "search/?q=qqqq", "works/{work}/avfall", "browse/", "browse/themes", "browse/places/town",
    "network/", "network/town", "network/union", "activities/", "activities/meeting", "terms/",
    "terms/theme-waste", "terms/bins",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_a_name_in_another_language_says_so(page: str, practice: Edition, client: Client) -> None:
    response = client.get("/sv/" + page.format(work=practice.work_id), follow=True)
    assert response.status_code == 200
    found = list(named_in_arabic(html.fromstring(response.content.decode())))
    assert found
    for element in found:
        chain = [element, *element.iterancestors()]
        around = next(one for one in chain if one.get("lang"))
        shown = html.tostring(around, encoding="unicode")
        assert around.get("lang") == "ar", shown
        # A bdi without a direction finds it in its letters.
        inside = chain[: chain.index(around) + 1]
        assert around.get("dir") == "rtl" or any(one.tag == "bdi" for one in inside), shown


def test_a_name_in_the_language_of_the_page_says_nothing(practice: Edition, client: Client) -> None:
    for page in PAGES:
        response = client.get("/ar/" + page.format(work=practice.work_id), follow=True)
        (main,) = html.fromstring(response.content.decode()).xpath("//main")
        for element in main.xpath(".//bdi[contains(., $name)]", name=ARABIC):
            assert not element.get("dir"), html.tostring(element, encoding="unicode")


def test_a_suggested_theme_says_in_which_language_it_is(practice: Edition, client: Client) -> None:
    found = client.get("/sv/search/suggest").json()["suggestions"]
    assert [(one["text"], one["language"]) for one in found] == [(f"{ARABIC} theme-waste", "ar")]
