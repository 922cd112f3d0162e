"""The browsing pages: what they lead to, and what they must not tell."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from lxml import html

from browse.collating import by_letter
from browse.holdings import Holdings
from browse.listing import WORKS_PER_PAGE
from cms.languages import INTERFACE_CODES
from glossary.models import Concept, Label
from network.models import Activity, Country, Organisation, Place
from publications.access import Reader
from publications.models import Edition, WorkOrganisation
from search.indexing.rebuild import rebuild
from tests.library import Library, pdf_bytes, private_collection, restrict_page

pytestmark = pytest.mark.django_db

PAGES = ("browse/", "browse/themes", "network/", "activities/", "terms/")


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Any, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


@pytest.fixture
def turkey() -> Country:
    return Country.objects.create(code="TR", names={"en": "Türkiye", "sv": "Turkiet"})


@pytest.fixture
def town(turkey: Country) -> Place:
    return Place.objects.create(
        slug="mezitli", names={"en": "Mezitli"}, country=turkey, latitude=36.75, longitude=34.53
    )


@pytest.fixture
def municipality(town: Place, turkey: Country) -> Organisation:
    return Organisation.objects.create(
        slug="mezitli", kind="municipality", names={"en": "Mezitli Municipality"}, place=town,
        country=turkey, role={"en": "A pilot."},
    )  # fmt: skip


@pytest.fixture
def waste() -> Concept:
    concept = Concept.objects.create(slug="theme-waste", is_theme=True)
    for code, text in {"en": "Waste", "tr": "Atık", "ar": "النفايات", "sv": "Avfall"}.items():
        Label.objects.create(concept=concept, language=code, text=text)
    return concept


def get(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200, address
    assert not response.cookies
    return html.fromstring(response.content.decode())


def texts(tree: Any, path: str) -> list[str]:
    return [" ".join(node.text_content().split()) for node in tree.xpath(path)]


def filed(edition: Edition, **facts: Any) -> Edition:
    """An edition whose work has some facts."""
    work = edition.work
    for name in ("themes", "countries", "places", "activities"):
        getattr(work, name).set(facts.get(name, []))
    work.municipality, work.date = facts.get("municipality"), facts.get("date")
    work.save()
    return edition


@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_in_every_language_even_in_an_empty_library(
    page: str, library: Library, client: Client
) -> None:
    for code in INTERFACE_CODES:
        tree = get(client, f"/{code}/{page}")
        assert tree.get("lang") == code
        declared = {link.get("hreflang") for link in tree.xpath("//link[@rel='alternate']")}
        assert declared == set(INTERFACE_CODES)
        assert tree.xpath("//link[@rel='canonical']/@href") == [f"http://testserver/{code}/{page}"]


def test_a_count_is_what_its_link_finds(
    library: Library, client: Client, waste: Concept, turkey: Country, municipality: Organisation
) -> None:
    date = datetime.date(2024, 1, 1)
    for title in ("One", "Two"):
        filed(library.edition(title), themes=[waste], countries=[turkey], date=date,
              municipality=municipality)  # fmt: skip
    library.edition("Ett", language="sv", of=library.edition("Three", kind="guidance"))
    rebuild()
    tree = get(client, "/en/browse/")
    links = tree.xpath("//a[contains(@class, 'theme') and contains(@href, '/search/')]")
    assert links
    for link in links:
        shown = int(link.xpath(".//span[@class='count']/text()")[0])
        assert client.get(link.get("href")).context["total"] == shown, link.get("href")
    (year,) = tree.xpath("//li[@class='year']/a")
    assert client.get(year.get("href")).context["total"] == 2


def test_nothing_of_a_restricted_work_is_counted_or_named(
    library: Library, client: Client, waste: Concept, town: Place, municipality: Organisation
) -> None:
    activity = Activity.objects.create(slug="meeting", level="local", titles={"en": "Meeting"})
    edition = library.edition("Secret plan", language="tr", summary="Hush")
    filed(edition, themes=[waste], places=[town], activities=[activity], countries=[town.country],
          municipality=municipality, date=datetime.date(1999, 1, 1))  # fmt: skip
    WorkOrganisation.objects.create(work=edition.work, organisation=municipality, role="publisher")
    shown = [
        "browse/", "browse/themes", "browse/places/mezitli", "network/", "network/mezitli",
        "activities/", "activities/meeting", "terms/theme-waste",
    ]  # fmt: skip
    before = {page: client.get(f"/en/{page}").content.decode() for page in shown}
    assert all("Secret plan" in before[page] for page in shown[2::2] if page != "activities/")
    restrict_page(edition)
    for page in shown:
        answer = client.get(f"/en/{page}").content.decode()
        for told in ("Secret plan", "Hush", "1999", "1 work"):
            assert told not in answer, page


def test_a_file_under_embargo_or_in_a_private_collection_gives_no_language(
    library: Library,
) -> None:
    edition = library.edition("Plan")
    later = datetime.datetime(2199, 5, 4, tzinfo=datetime.UTC)
    documents = [
        library.document(pdf_bytes("x"), "a.pdf"),
        library.document(pdf_bytes("x"), "b.pdf", collection=private_collection()),
        library.document(pdf_bytes("x"), "c.pdf"),
    ]
    library.attach(edition, documents[0], language="ar", embargo_until=later)
    library.attach(edition, documents[1], language="fr")
    library.attach(edition, documents[2], language="tr")
    assert dict(Holdings(Reader()).languages()) == {"en": 1, "tr": 1}
    assert dict(Holdings(Reader(authenticated=True)).languages()) == {"en": 1, "tr": 1, "fr": 1}


def test_the_number_of_queries_does_not_grow_with_the_works(
    library: Library, client: Client, django_assert_max_num_queries: Any, waste: Concept
) -> None:
    for number in range(12):
        filed(library.edition(f"Plan {number}"), themes=[waste])
    client.get("/en/browse/")
    with django_assert_max_num_queries(35):
        client.get("/en/browse/")
    with django_assert_max_num_queries(35):
        client.get("/en/terms/theme-waste")


def test_the_map_shows_a_roughly_known_place_as_its_province_and_says_so(
    library: Library, client: Client, municipality: Organisation, town: Place
) -> None:
    tree = get(client, "/en/network/")
    area = tree.xpath("//*[local-name()='path' and @class='map__area']/*[local-name()='title']")
    assert [node.text for node in area] == ["Mezitli"]
    assert tree.xpath("//*[local-name()='circle']") == []
    assert "known only roughly" in tree.text_content()
    (target,) = tree.xpath("//*[local-name()='svg']//a/@href")
    assert texts(tree, f"//*[@id='{target[1:]}']//a") == ["Mezitli", "Mezitli Municipality"]
    Place.objects.update(coordinate_precision="exact")
    tree = get(client, "/en/network/")
    assert len(tree.xpath("//*[local-name()='circle']")) == 1
    assert "known only roughly" not in tree.text_content()


def test_an_organisation_shows_its_works_activities_and_relations(
    library: Library, client: Client, municipality: Organisation
) -> None:
    union = Organisation.objects.create(
        slug="union", kind="union", names={"en": "The Union", "tr": "Birlik"}, acronyms="TU"
    )
    municipality.parent = union
    municipality.save()
    activity = Activity.objects.create(
        slug="meeting", level="regional", titles={"en": "Meeting"}, date=datetime.date(2021, 3, 4)
    )
    activity.organisations.add(municipality)
    filed(library.edition("A practice", kind="good_practice"), municipality=municipality)
    tree = get(client, "/en/network/mezitli")
    assert texts(tree, "//article//h3") == ["A practice"]
    links = tree.xpath("//main//a/@href")
    for address in ("activities/meeting", "network/union", "browse/places/mezitli"):
        assert f"/en/{address}" in links
    assert "/en/network/mezitli" in get(client, "/en/network/union").xpath("//main//a/@href")
    assert client.get("/en/network/nobody").status_code == 404


def test_a_work_that_is_not_in_the_language_of_the_page_is_labelled_in_every_list(
    library: Library, client: Client, municipality: Organisation, town: Place
) -> None:
    filed(library.edition("Avfall", language="sv"), municipality=municipality, places=[town])
    rebuild()
    label = "//p[@class='kicker']/span[@class='language-label']"
    for page in ("network/mezitli", "browse/places/mezitli", "search/"):
        assert texts(get(client, f"/en/{page}"), label) == ["Swedish"]
        assert texts(get(client, f"/sv/{page}"), label) == []


def test_activities_are_narrowed_to_a_level_and_ordered_by_year(
    library: Library, client: Client
) -> None:
    for slug, level, year in (("a", "local", 2019), ("b", "national", 2021), ("c", "local", None)):
        Activity.objects.create(
            slug=slug, level=level, titles={"en": f"Activity {slug}"},
            date=datetime.date(year, 1, 1) if year else None,
        )  # fmt: skip
    tree = get(client, "/en/activities/")
    assert texts(tree, "//h2[@class='timeline__name']") == ["2021", "2019"]
    assert texts(tree, "//h3") == ["Activity b", "Activity a", "Activity c"]
    local = get(client, "/en/activities/?level=local")
    assert texts(local, "//h3") == ["Activity a", "Activity c"]
    assert texts(get(client, "/en/activities/?level=none"), "//h3") == texts(tree, "//h3")


def test_an_activity_shows_the_works_that_came_of_it(library: Library, client: Client) -> None:
    activity = Activity.objects.create(slug="m", level="local", titles={"en": "Meeting"})
    filed(library.edition("The book"), activities=[activity])
    assert texts(get(client, "/en/activities/m"), "//article//h3") == ["The book"]


def test_a_term_is_shown_in_all_languages_with_its_neighbours(
    library: Library, client: Client, waste: Concept
) -> None:
    bins = Concept.objects.create(slug="bins", broader=waste)
    Label.objects.create(concept=bins, language="en", text="bins")
    Label.objects.create(concept=waste, language="en", text="refuse", kind="alternative")
    tree = get(client, "/en/terms/theme-waste")
    said = texts(tree, "//dl[@class='facts']//dd")
    assert said == ["Waste refuse", "Atık", "النفايات", "Avfall"]
    assert tree.xpath("//dl//dd/@lang") == ["en", "tr", "ar", "sv"]
    assert "/en/terms/bins" in tree.xpath("//main//a/@href")
    assert "/en/terms/theme-waste" in get(client, "/en/terms/bins").xpath("//main//a/@href")
    assert "/en/terms/bins" in get(client, "/en/browse/themes").xpath("//main//a/@href")


@pytest.mark.parametrize("slug", ["eurovoc.4512", "agrovoc/c_8309"])
def test_a_term_may_have_the_identifier_of_another_vocabulary(
    library: Library, client: Client, waste: Concept, slug: str
) -> None:
    concept = Concept.objects.create(slug=slug, broader=waste)
    Label.objects.create(concept=concept, language="sv", text="Sopor")
    for page in ("browse/themes", "terms/?language=sv", "terms/theme-waste"):
        assert f"/en/terms/{slug}" in get(client, f"/en/{page}").xpath("//main//a/@href")
    assert texts(get(client, f"/en/terms/{slug}"), "//h1") == ["Sopor"]


def test_the_number_of_queries_does_not_grow_with_the_terms(
    library: Library, client: Client, waste: Concept, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        concept = Concept.objects.create(slug=f"term-{number}", broader=waste)
        Label.objects.create(concept=concept, language="en", text=f"Term {number}")
        Label.objects.create(concept=concept, language="en", text=f"T{number}", kind="alternative")
    for page in ("browse/themes", "terms/"):
        client.get(f"/en/{page}")
        with django_assert_max_num_queries(12):
            tree = get(client, f"/en/{page}")
        assert len(tree.xpath("//main//a[contains(@href, '/terms/term-')]")) >= 20


@pytest.mark.parametrize(
    ("language", "names", "letters"),
    [
        ("sv", ["öppen", "ära", "åka", "zon", "ek", "été"], ["E", "Z", "Å", "Ä", "Ö"]),
        ("tr", ["şehir", "ısı", "iş", "çay", "cadde", "su"], ["C", "Ç", "I", "İ", "S", "Ş"]),
        ("ar", ["النفايات", "إدارة", "أرض", "بلدية"], ["ا", "ب", "ن"]),
        ("en", ["Élan", "apple", "2020", "Zone"], ["#", "A", "E", "Z"]),
    ],
)
def test_terms_stand_under_the_letters_of_their_alphabet(
    language: str, names: list[str], letters: list[str]
) -> None:
    assert [group.letter for group in by_letter(names, str, language)] == letters


def test_the_works_of_a_place_and_of_an_activity_stand_on_pages(
    library: Library, client: Client, town: Place
) -> None:
    activity = Activity.objects.create(slug="meeting", level="local", titles={"en": "Meeting"})
    for number in range(WORKS_PER_PAGE + 1):
        date = datetime.date(2000 + number, 1, 1)
        filed(library.edition(f"W{number:02}"), places=[town], activities=[activity], date=date)
    for page in ("browse/places/mezitli", "activities/meeting"):
        first = get(client, f"/en/{page}")
        assert len(texts(first, "//article[@class='card']")) == WORKS_PER_PAGE
        (onwards,) = first.xpath("//main//a[@rel='next']/@href")
        assert onwards == f"/en/{page}?page=2"
        second = get(client, onwards)
        assert texts(second, "//*[contains(@class, 'card__title')]") == ["W00"]
        assert not second.xpath("//link[@rel='canonical']")
        assert texts(get(client, f"/en/{page}?page=99"), "//article//a") == ["W00"]
