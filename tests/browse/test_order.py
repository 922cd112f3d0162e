"""Lists of names stand in the order of the reader's alphabet, which no database here sorts by."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from lxml import html

from glossary.models import Concept, Label
from network.models import Activity, Country, Organisation, Place
from publications.models import Edition, SectionPage, WorkOrganisation
from search.indexing.rebuild import rebuild
from tests.library import Library

pytestmark = pytest.mark.django_db

SWEDISH = ["Zon", "Åby", "Ängen", "Öland"]
"""By code points Ä stands before Å. They are made, and their slugs count, the other way round."""


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Any, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


@pytest.fixture
def work(library: Library) -> Edition:
    """A work about, of and from four things of each kind, named by the four names."""
    country = Country.objects.create(code="SE", names={"sv": "Sverige"})
    here = Place.objects.create(slug="here", names={"sv": "Här"}, country=country)
    host = Organisation.objects.create(
        slug="host", kind="union", names={"sv": "Värden"}, place=here, country=country
    )
    theme = Concept.objects.create(slug="theme", is_theme=True)
    Label.objects.create(concept=theme, language="sv", text="Tema")
    meeting = Activity.objects.create(slug="meeting", level="local", titles={"sv": "Mötet"})
    edition = library.edition("Plan", slug="plan", language="sv", kind="guidance")
    section = library.sections["sv"]
    for number, name in enumerate(reversed(SWEDISH)):
        slug, names = f"slug-{number}", {"sv": name}
        town = Organisation.objects.create(
            slug=slug, kind="municipality", names=names, parent=host, country=country
        )
        place = Place.objects.create(slug=slug, names=names, country=country)
        concept = Concept.objects.create(slug=slug, is_theme=True)
        Label.objects.create(concept=concept, language="sv", text=name)
        Label.objects.create(concept=theme, language="sv", text=name, kind="alternative")
        activity = Activity.objects.create(slug=slug, level="local", titles=names, place=here)
        activity.organisations.add(host)
        meeting.organisations.add(town)
        edition.work.places.add(place)
        edition.work.themes.add(concept)
        edition.work.activities.add(activity)
        WorkOrganisation.objects.create(work=edition.work, organisation=town, role="partner")
        other = SectionPage(title=name, slug=slug, locale=section.locale)
        section.get_parent().add_child(instance=other)
        titled = library.edition(name, slug=slug, language="sv", kind="publication")
        titled.move(other, pos="last-child")
    section.refresh_from_db()
    for name in reversed(SWEDISH):
        library.edition(f"{name} 2", language="sv")
    rebuild()
    return edition


PAGES = [
    ("library/", "//main//ul[@class='rows']//a"),
    ("library/section/", "//main//*[contains(@class, 'card__title')]"),
    ("works/{work}/plan", "//dt[. = 'Platser']/following-sibling::dd//a"),
    ("works/{work}/plan", "//dt[. = 'Teman']/following-sibling::dd//a"),
    ("works/{work}/plan", "//dt[. = 'Aktiviteter']/following-sibling::dd//a"),
    ("search/", "//details[@data-facet='theme']//*[@class='value__label']"),
    ("search/", "//details[@data-facet='organisation']//*[@class='value__label']"),
    ("browse/", "//section[@aria-labelledby='places']//bdi"),
    ("browse/themes", "//h2//a"),
    ("browse/places/here", "//section[@aria-labelledby='activities']//a"),
    ("network/", "//*[@class='directory']//bdi"),
    ("network/host", "//section[@aria-labelledby='activities']//a"),
    ("network/host", "//dt[. = 'Medlemmar här']/following-sibling::dd//a"),
    ("activities/", "//section[@aria-labelledby='ongoing']//h3"),
    ("activities/meeting", "//dt[. = 'Organisationer']/following-sibling::dd//a"),
    ("terms/", "//main//section//li/a"),
    ("terms/theme", "//*[@class='also']/bdi"),
]


@pytest.mark.parametrize(("page", "path"), PAGES)
def test_names_stand_in_the_order_of_the_alphabet(
    page: str, path: str, work: Edition, client: Client
) -> None:
    answer = client.get("/sv/" + page.format(work=work.work_id))
    tree = html.fromstring(answer.content.decode())
    shown = [" ".join(node.text_content().split()) for node in tree.xpath(path)]
    found = [text.removesuffix(" 2") for text in shown if text.removesuffix(" 2") in SWEDISH]
    assert list(dict.fromkeys(found)) == SWEDISH, shown


def test_activities_of_one_day_stand_by_their_names(work: Edition, client: Client) -> None:
    Activity.objects.update(date=datetime.date(2024, 5, 4))
    Activity.objects.filter(titles__sv="Zon").update(date=datetime.date(2023, 5, 4))
    tree = html.fromstring(client.get("/sv/activities/").content.decode())
    shown = [" ".join(node.text_content().split()) for node in tree.xpath("//h3")]
    assert shown == ["Mötet", "Åby", "Ängen", "Öland", "Zon"]


def test_titles_of_the_catalogue_stand_in_the_order_of_the_alphabet(
    work: Edition, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_FOLDER = tmp_path / "nothing"
    tree = html.fromstring(client.get("/sv/search/?sort=title").content.decode())
    shown = [" ".join(node.text_content().split()) for node in tree.xpath("//h3//bdi")]
    assert [title for title in shown if title in SWEDISH] == SWEDISH
