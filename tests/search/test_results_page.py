"""The results page, as a reader's browser sees it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from lxml import html

from glossary.models import Concept, Label
from network.models import Country, Organisation, Place
from publications.models import Edition, WorkOrganisation
from publications.reading import read_due_document
from search.engine import get_engine
from search.engines.base import EngineUnavailable, SchemaMismatch
from search.indexing.rebuild import rebuild
from tests.library import Library, make_user, pdf_bytes, restrict_page

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert('x')</script>"


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


def facts(edition: Edition, *, year: int | None = None, **many: list[Any]) -> None:
    """Set facts of a work directly."""
    work = edition.work
    if year:
        work.date = datetime.date(year, 1, 1)
        work.save()
    for name in ("themes", "countries"):
        getattr(work, name).set(many.get(name, []))
    for organisation in many.get("organisations", []):
        WorkOrganisation.objects.create(work=work, organisation=organisation, role="publisher")


def theme(slug: str, **labels: str) -> Concept:
    concept = Concept.objects.create(slug=slug, is_theme=True)
    for language, text in labels.items():
        Label.objects.create(concept=concept, language=language, text=text)
    return concept


def with_text(library: Library, edition: Edition, *pages: str, language: str = "en") -> Any:
    """Attach a file that was read with these pages."""
    document = library.document(
        pdf_bytes(*("page" for _ in pages)), "report.pdf", title="The report"
    )
    library.read_text(document, *pages, language=language)
    return library.attach(edition, document, label="Annex", language=language)


class Page:
    """An answer, taken apart."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.text = response.content.decode()
        self.tree = html.fromstring(self.text)

    def all(self, path: str) -> list[Any]:
        return list(self.tree.xpath(path))

    @property
    def works(self) -> list[int]:
        return [int(number) for number in self.all("//article[@data-work]/@data-work")]

    @property
    def total(self) -> int:
        return int(self.response.context["total"])

    def hit(self, work: int) -> Any:
        return self.all(f"//article[@data-work='{work}']")[0]

    @property
    def facet_values(self) -> Iterator[tuple[str, str, int, str]]:
        """Facet, value, the number shown, and the address of the click."""
        for link in self.all("//a[@data-facet]"):
            count = int(link.xpath(".//*[@class='count']")[0].text_content())
            yield link.get("data-facet"), link.get("data-value"), count, link.get("href")


def search(client: Client, address: str = "/en/search/", **params: Any) -> Page:
    response = client.get(address, params, follow=True)
    assert response.status_code == 200
    return Page(response)


@pytest.fixture
def varied(library: Library) -> Library:
    """Fourteen works that differ in every facet."""
    themes = [theme("waste", en="Waste", sv="Avfall"), theme("water", en="Water", sv="Vatten")]
    countries = [Country.objects.create(code=code, names={"en": code}) for code in ("TR", "LB")]
    organisations = [
        Organisation.objects.create(slug=slug, kind="union", names={"en": slug.title()})
        for slug in ("north", "south")
    ]
    kinds = ("publication", "good_practice", "guidance")
    words = ("waste collection", "water supply", "waste and water", "school roads", "waste roads")
    for number in range(14):
        text = words[number % len(words)]
        language = ("en", "tr", "sv")[number % 3]
        edition = library.edition(
            f"{text.capitalize()} {number}",
            language=language,
            kind=kinds[number % 3],
            summary=f"About {text} in the city.",
        )
        facts(
            edition,
            year=2018 + number % 4,
            themes=[row for row in themes if row.slug in text],
            countries=countries[: number % 3],
            organisations=organisations[number % 2 :: 2] if number % 5 else [],
        )
        if number % 4 == 0:
            with_text(library, edition, f"The {text} report names bins and pipes.", "A map.")
        if number % 7 == 0:
            library.edition(
                f"Avfall och vatten {number}",
                language="sv" if language != "sv" else "en",
                of=edition,
            )
    rebuild()
    return library


QUESTIONS = (
    "", "waste", "water", "waste water", "collection", "supply", "roads", "school", "city",
    "about", "bins", "pipes", "map", "report", "avfall", '"waste collection"', "waste -roads",
    "title:water", "collections of waste", "nothinglikethis",
)  # fmt: skip


def test_every_facet_value_gives_the_number_it_shows(varied: Library, client: Client) -> None:
    assert len(QUESTIONS) == 20
    clicked = 0
    for question in QUESTIONS:
        page = search(client, q=question)
        for facet, value, count, url in page.facet_values:
            assert count > 0
            alone = Page(client.get(url))
            assert alone.total == count, (question, facet, value)
            clicked += 1
    assert clicked > 100


def test_facet_counts_leave_out_their_own_selection_and_obey_the_others(
    varied: Library, client: Client
) -> None:
    everything = {(f, v): n for f, v, n, _ in search(client, q="waste").facet_values}
    chosen = {(f, v): n for f, v, n, _ in search(client, q="waste", kind="guidance").facet_values}

    kinds = {key: count for key, count in everything.items() if key[0] == "kind"}
    assert kinds == {key: count for key, count in chosen.items() if key[0] == "kind"}
    assert sum(n for (f, _), n in chosen.items() if f == "year") == everything["kind", "guidance"]


def test_several_values_of_a_facet_widen_and_several_facets_narrow(
    varied: Library, client: Client
) -> None:
    guidance = search(client, kind="guidance").total
    practices = search(client, kind="good_practice").total
    both = search(client, kind=["good_practice", "guidance"])

    assert both.total == guidance + practices
    assert search(client, kind=["good_practice", "guidance"], theme="waste").total < both.total


def test_chips_name_the_chosen_values_and_take_one_away_each(
    varied: Library, client: Client
) -> None:
    page = search(client, q="waste", kind="guidance", theme="waste")
    chips = {chip.text_content(): chip.get("href") for chip in page.all("//a[@class='chip']")}

    assert len(chips) == 2
    removing_theme = next(url for text, url in chips.items() if "Theme" in text)
    assert urlsplit(removing_theme).query == "q=waste&kind=guidance"
    clear = page.all("//a[contains(@class, 'chip--clear')]/@href")
    assert clear == ["/en/search/?q=waste"]


def test_facet_labels_are_in_the_language_of_the_page(varied: Library, client: Client) -> None:
    page = search(client, "/sv/search/", q="waste")
    labels = [bdi.text_content() for bdi in page.all("//a[@data-facet='theme']//bdi")]
    assert "Avfall" in labels
    languages = [bdi.text_content() for bdi in page.all("//a[@data-facet='language']//bdi")]
    assert "Svenska" in languages


def test_the_address_of_a_search_is_written_in_one_way(client: Client, library: Library) -> None:
    rebuild()
    response = client.get(
        "/en/search/?utm_source=x&page=1&sort=relevance&year=2020&kind=guidance&kind=&q=+a++b+&year=2018"
    )
    assert response.status_code == 302
    assert response.url == "/en/search/?q=a+b&kind=guidance&year=2018&year=2020"
    assert client.get(response.url).status_code == 200


def test_every_link_of_the_page_to_a_search_is_canonical(varied: Library, client: Client) -> None:
    page = search(client, q="waste", kind="guidance")
    links = {url for url in page.all("//main//a/@href") if url.startswith("/en/search/")}
    assert len(links) > 5
    for url in links:
        assert client.get(url).status_code == 200, url


def test_pages_are_real_links_and_the_last_one_stands_for_all_beyond(
    library: Library, client: Client
) -> None:
    for number in range(23):
        library.edition(f"Paged work {number:02}")
    rebuild()
    first = search(client, q="paged")
    assert len(first.works) == 10
    assert first.all("//a[@rel='prev']") == []
    second = Page(client.get(first.all("//a[@rel='next']/@href")[0]))
    third = Page(client.get(second.all("//a[@rel='next']/@href")[0]))
    assert third.all("//main//a[@rel='next']") == []
    assert len({*first.works, *second.works, *third.works}) == 23
    assert third.all("//ol[contains(@class, 'hits')]/@start") == ["21"]

    beyond = client.get("/en/search/?q=paged&page=9")
    assert beyond.status_code == 302
    assert beyond.url == "/en/search/?q=paged&page=3"


@pytest.mark.parametrize("number", ["0", "-1", "x", "٣x", "9" * 5000])
def test_a_page_number_that_is_none_is_the_first_page(
    number: str, library: Library, client: Client
) -> None:
    library.edition("Some work")
    rebuild()
    assert search(client, q="work", page=number).total == 1


def test_results_are_sorted_by_date_and_by_title(library: Library, client: Client) -> None:
    for title, year in (("Bridges", 2019), ("Alleys", 2018), ("Canals", 2021)):
        facts(library.edition(f"{title} of the town"), year=year)
    rebuild()

    def titles(**params: str) -> list[str]:
        page = search(client, **params)
        return [link.text_content().split()[0] for link in page.all("//h3/a")]

    assert titles(q="town", sort="date") == ["Canals", "Bridges", "Alleys"]
    assert titles(q="town", sort="title") == ["Alleys", "Bridges", "Canals"]
    assert titles() == ["Canals", "Bridges", "Alleys"], "without a question: newest first"


def test_a_passage_leads_to_its_page_with_the_words_marked(
    library: Library, client: Client
) -> None:
    edition = library.edition("A report", summary="Nothing of it here")
    file = with_text(library, edition, "First page.", "The kestrels nest on the roof.")
    rebuild()

    hit = search(client, q="kestrel").hit(edition.work_id)
    passage = hit.xpath(".//li[@class='passage']")[0]
    assert passage.xpath(".//mark/text()") == ["kestrels"]
    link = passage.xpath(".//a")[0]
    assert "Page 2" in link.text_content()
    assert "Annex" in link.text_content()
    url = f"/en/works/{edition.work_id}/files/{file.number}/2?q=kestrel#match"
    assert link.get("href") == url

    reading = Page(client.get(url))
    assert reading.all("//mark[@id='match']/text()") == ["kestrels"]


def test_a_passage_of_the_page_itself_leads_to_the_work(library: Library, client: Client) -> None:
    edition = library.edition("A report", slug="a-report", body="<p>The heron stands still.</p>")
    rebuild()

    hit = search(client, q="heron").hit(edition.work_id)
    assert hit.xpath(".//li[@class='passage']//a/@href") == [
        f"/en/works/{edition.work_id}/a-report"
    ]


def test_a_hit_is_shown_in_the_language_of_the_address_or_labelled(
    library: Library, client: Client
) -> None:
    both = library.edition("Vatten och avlopp", language="sv", slug="vatten")
    library.edition("Water and sewage vatten", language="en", of=both, slug="water")
    arabic = library.edition("إدارة النفايات vatten", language="ar", slug="nufayat")
    rebuild()

    page = search(client, q="vatten")
    shown = page.hit(both.work_id)
    assert shown.xpath(".//h3/a/@href") == [f"/en/works/{both.work_id}/water"]
    assert shown.xpath(".//p[@class='kicker']//*[@class='language-label']") == []
    foreign = page.hit(arabic.work_id)
    assert foreign.xpath(".//h3/a/@href") == [f"/en/works/{arabic.work_id}/nufayat"]
    assert foreign.xpath(".//p[@class='kicker']/*[@class='language-label']/text()") == ["Arabic"]
    assert foreign.xpath(".//h3//bdi/@lang") == ["ar"]


def test_a_hit_says_where_it_is_about_and_shows_its_cover(library: Library, client: Client) -> None:
    country = Country.objects.create(code="SE", names={"en": "Sweden", "ar": "السويد"})
    place = Place.objects.create(slug="umea", names={"en": "Umeå"}, country=country)
    town, land = library.edition("Water in town"), library.edition("Water in the country")
    town.work.places.add(place)
    for edition in (town, land):
        edition.work.countries.add(country)
    document = library.document(pdf_bytes("One"), "water.pdf")
    library.attach(town, document)
    read_due_document(document.pk)
    rebuild()
    page = search(client, q="water")
    (cover,) = page.hit(town.work_id).xpath(".//img/@src")
    assert client.get(cover).status_code == 200
    assert not page.hit(land.work_id).xpath(".//img")
    where = {edition: page.hit(edition.work_id).xpath("string(.//p)") for edition in (town, land)}
    assert "Umeå" in where[town]
    assert "Sweden" in where[land]


def test_arabic_snippets_carry_their_language_and_direction_on_a_latin_page(
    library: Library, client: Client
) -> None:
    edition = library.edition("A report", language="en")
    with_text(library, edition, "تجمع البلدية النفايات كل يوم في الصباح.", language="ar")
    rebuild()

    page = search(client, q="النفايات")
    quote = page.all("//blockquote")[0]
    assert (quote.get("lang"), quote.get("dir")) == ("ar", "rtl")
    assert quote.xpath(".//mark/text()") == ["النفايات"]
    assert page.tree.get("dir") == "ltr"


def test_the_arabic_page_is_written_from_right_to_left(library: Library, client: Client) -> None:
    library.edition("Waste plan", language="en", summary="A summary")
    rebuild()
    page = search(client, "/ar/search/", q="waste")
    assert (page.tree.get("lang"), page.tree.get("dir")) == ("ar", "rtl")
    summary = page.all("//p[@class='hit__summary']")[0]
    assert (summary.get("lang"), summary.get("dir")) == ("en", "ltr")
    assert page.all("//input[@name='q']/@dir") == ["auto"]


def test_languages_are_switched_without_losing_the_search(varied: Library, client: Client) -> None:
    page = search(client, q="waste", kind="guidance")
    links = {a.get("lang"): a.get("href") for a in page.all("//nav[@class='languages']//a")}
    assert links["ar"] == "/ar/search/?q=waste&kind=guidance"
    assert links["en"] == "/en/search/?q=waste&kind=guidance"


def test_what_is_typed_written_or_named_never_becomes_markup(
    library: Library, client: Client
) -> None:
    edition = library.edition(f"Kestrel {SCRIPT}", summary=f"kestrel {SCRIPT}")
    with_text(library, edition, f"The kestrel {SCRIPT} nests.")
    facts(edition, themes=[theme("evil", en=f"Theme {SCRIPT}")])
    rebuild()

    for params in (
        {"q": f"kestrel {SCRIPT}"},
        {"q": "kestrel", "theme": "evil"},
        {"q": f"nothing-at-all-{SCRIPT}"},
        {"q": "kestrel", "theme": SCRIPT},
    ):
        page = search(client, **params)
        assert "<script>alert" not in page.text
        assert "alert('x')" not in "".join(script.text or "" for script in page.all("//script"))
    page = search(client, q="kestrel")
    passage = page.all("//blockquote")[0].text_content()
    assert SCRIPT in passage, "shown as the text it is"
    reading = Page(client.get(page.all("//li[@class='passage']//a/@href")[0]))
    assert "<script>alert" not in reading.text
    work = Page(client.get(f"/en/works/{edition.work_id}/{edition.slug}"))
    assert "<script>alert" not in work.text
    suggested = client.get("/en/search/suggest", {"q": "kest"})
    assert suggested["Content-Type"] == "application/json"


def test_an_empty_result_says_what_was_searched_and_where_to_go(
    varied: Library, client: Client
) -> None:
    page = search(client, q='heron "grey bird" -crane place:Hatay', kind="guidance")
    assert page.total == 0
    rows = {
        row.xpath("dt")[0].text_content(): row.xpath("dd")[0].text_content()
        for row in page.all("//dl[@class='understood']/div")
    }
    assert rows == {"Words": "heron", "Exactly": "grey bird", "Without": "crane", "Place": "Hatay"}
    assert page.all("//a[@class='theme']/@href")


def test_filters_that_leave_nothing_say_what_there_is_without_them(
    varied: Library, client: Client
) -> None:
    without = search(client, q="school").total
    page = search(client, q="school", theme="waste")
    assert page.total == 0
    way = page.all("//div[contains(@class, 'nothing')]//a[@href='/en/search/?q=school']")[0]
    assert f" {without} " in way.text_content()


def test_a_spelling_is_suggested_when_little_is_found(varied: Library, client: Client) -> None:
    page = search(client, q="colection", kind="guidance")
    link = page.all("//p[@class='spelling']/a")[0]
    assert link.text_content() == "collection"
    assert link.get("href") == "/en/search/?q=collection&kind=guidance"
    assert search(client, q="waste").all("//p[@class='spelling']") == []


@pytest.mark.parametrize(
    "question", ['"', "-", "title:", '"open', "((", "a AND", "*", "\\", "q:q:q", "−-–", "\x00"]
)
def test_no_syntax_is_an_error(question: str, library: Library, client: Client) -> None:
    library.edition("Some work")
    rebuild()
    search(client, q=question)


def break_engine(monkeypatch: pytest.MonkeyPatch, error: EngineUnavailable) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    for name in ("search", "suggest", "spell"):
        monkeypatch.setattr(type(get_engine()), name, fail)


@pytest.mark.parametrize("how", ["missing", "broken", "locked", "old schema"])
def test_without_an_index_readers_get_the_catalogue(
    how: str,
    library: Library,
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    found = library.edition("Göç ana planı", language="tr", summary="Özet")
    library.edition("Something else")
    hidden = library.edition("Göç and secrets")
    restrict_page(hidden)
    library.edition("Göç draft", publish=False)
    if how == "broken":
        rebuild()
        for path in settings.SEARCH_FOLDER.rglob("*"):
            if path.is_file():
                path.write_bytes(b"broken")
    elif how == "locked":
        rebuild()
        break_engine(monkeypatch, EngineUnavailable("locked"))
    elif how == "old schema":
        rebuild()
        break_engine(monkeypatch, SchemaMismatch("0"))

    page = search(client, q="goc plan")
    assert page.works == [found.work_id]
    assert "resting" in page.all("//p[contains(@class, 'notice')]")[0].text_content()
    assert page.all("//*[@data-facet]") == []
    assert search(client).total == 2
    assert client.get("/en/search/suggest", {"q": "go"}).status_code == 200
    assert client.get("/en/").status_code == 200


def test_the_catalogue_shows_a_member_what_they_may_see(library: Library, client: Client) -> None:
    hidden = library.edition("Göç and secrets")
    restrict_page(hidden)
    client.force_login(make_user("member"))
    assert search(client, q="secrets").works == [hidden.work_id]
    assert search(Client(), q="secrets").works == []


def test_the_catalogue_excludes_pages_and_sorts(library: Library, client: Client) -> None:
    for number in range(12):
        facts(library.edition(f"Plan {number:02}"), year=2000 + number)
    assert search(client, q="plan -03").total == 11
    page = search(client, sort="title")
    assert [a.text_content() for a in page.all("//h3/a")][:2] == ["Plan 00", "Plan 01"]
    assert len(search(client, page="2").works) == 2
    assert client.get("/en/search/?page=7").url == "/en/search/?page=2"


def test_readers_get_no_cookie(varied: Library, client: Client) -> None:
    page = search(client, q="waste")
    addresses = ["/en/", "/ar/search/", "/en/search/suggest?q=wa", "/en/nothing-here/"]
    addresses += page.all("//article//a/@href")
    for address in addresses:
        response = client.get(address)
        assert not response.cookies, address
    assert "csrf" not in page.text


def test_results_may_not_be_kept_by_shared_caches(library: Library, client: Client) -> None:
    rebuild()
    response = client.get("/en/search/?q=a")
    assert "private" in response["Cache-Control"]
    assert "Cookie" in response["Vary"]


def test_the_form_keeps_the_filters_and_forgets_the_page(varied: Library, client: Client) -> None:
    page = search(client, q="waste", kind="guidance", sort="date")
    form = page.all("//form[@role='search']")[0]
    hidden = {
        field.get("name"): field.get("value") for field in form.xpath(".//input[@type='hidden']")
    }
    assert hidden == {"kind": "guidance", "sort": "date"}
    assert dict(parse_qsl(urlsplit(form.get("action")).query)) == {}
