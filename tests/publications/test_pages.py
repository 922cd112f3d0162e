"""The pages of works and files, and the pages around them, as readers get them."""

from __future__ import annotations

import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from lxml import html
from PIL import Image
from wagtail.models import CollectionViewRestriction, Locale

from home.models import HomePage, InformationPage, SiteTexts
from publications.access import Reader
from publications.glances import glances
from publications.models import Edition, EditionFile, ReadSection
from publications.reading import read_due_document
from search.indexing.rebuild import rebuild
from tests.library import (
    Library,
    docx_bytes,
    make_user,
    pdf_bytes,
    private_collection,
    restrict_page,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


def get(client: Client, address: str, **params: str) -> Any:
    """The page at an address, as a tree."""
    response = client.get(address, params, follow=True)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def page_of(edition: Edition, language: str = "en") -> str:
    return f"/{language}/works/{edition.work_id}/{edition.slug}"


def texts(tree: Any, path: str) -> list[str]:
    return [" ".join(node.text_content().split()) for node in tree.xpath(path)]


def pdf(library: Library, edition: Edition, *pages: str, **fields: Any) -> EditionFile:
    """Attach a PDF that was read, with these texts as those of its pages."""
    collection = fields.pop("collection", None)
    language = fields.get("language", "en")
    document = library.document(
        pdf_bytes(*("page" for _ in pages)), "report.pdf", title="Report", collection=collection
    )
    library.read_text(document, *pages, language=language)
    return library.attach(edition, document, **fields)


def cover_of(file: EditionFile, width: int = 400, height: int = 600) -> None:
    image = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(image, "WEBP")
    file.document.reading.cover.save("cover.webp", ContentFile(image.getvalue()))


# Works


def test_a_practice_shows_all_it_tells(library: Library, client: Client) -> None:
    practice = library.edition(
        "Language café",
        kind="good_practice",
        summary="A summary.",
        challenge="<p>Too few meetings.</p>",
        actions="<p>Coffee.</p>",
        results="<p>More meetings.</p>",
        costs="<p>Two hours.</p>",
        transferability="<p>A room.</p>",
        contact_role="Head of the library",
    )
    tree = get(client, page_of(practice))
    text = tree.text_content()
    for told in ("Too few meetings.", "Coffee.", "More meetings.", "Two hours.", "A room."):
        assert told in text
    assert "Head of the library" in text
    assert texts(tree, "//h1") == ["Language café"]


def test_guidance_shows_its_audience_and_steps(library: Library, client: Client) -> None:
    guide = library.edition(
        "Guide", kind="guidance", audience="Planners & mayors", steps="<ol><li>Begin.</li></ol>"
    )
    tree = get(client, page_of(guide))
    assert "Planners & mayors" in tree.text_content()
    assert texts(tree, "//main//ol/li") == ["Begin."]


def test_a_demonstration_is_marked_and_nothing_else_is(library: Library, client: Client) -> None:
    edition = library.edition("Example")
    assert texts(get(client, page_of(edition)), "//*[@class='badge']") == []
    section = library.sections["en"]
    section.is_demonstration = True
    section.save()
    tree = get(client, page_of(edition))
    assert texts(tree, "//*[@class='badge']") == ["Demonstration"]
    assert "no real municipality" in tree.text_content()
    rebuild()
    assert texts(get(client, "/en/search/", q="example"), "//article//*[@class='badge']") == [
        "Demonstration"
    ]


def test_an_edition_in_another_language_is_labelled_and_keeps_its_direction(
    library: Library, client: Client
) -> None:
    arabic = library.edition("دليل", language="ar", summary="ملخص", body="<p>نص</p>")
    tree = get(client, page_of(arabic, "sv"))
    assert tree.get("lang") == "sv"
    heading = tree.xpath("//h1")[0]
    assert (heading.get("lang"), heading.get("dir")) == ("ar", "rtl")
    assert texts(tree, "//*[@class='language-label']")[0].lower() == "arabiska"
    body = tree.xpath("//div[contains(@class, 'work__text')]/div[contains(@class, 'prose')]")[0]
    assert (body.get("lang"), body.get("dir")) == ("ar", "rtl")


def test_editions_lead_to_each_other_and_are_declared(library: Library, client: Client) -> None:
    english = library.edition("Plan", slug="plan")
    turkish = library.edition("Planı", language="tr", slug="plani", of=english)
    hidden = library.edition("خطة", language="ar", slug="khutta", of=english)
    restrict_page(hidden)

    tree = get(client, page_of(english))
    others = tree.xpath("//p[@class='work__editions']/a/@href")
    assert [url.removeprefix("http://testserver") for url in others] == [page_of(turkish, "tr")]
    declared = {
        link.get("hreflang"): link.get("href")
        for link in tree.xpath("//link[@rel='alternate'][@hreflang]")
    }
    number = english.work_id
    assert declared == {
        "en": f"http://testserver/en/works/{number}/plan",
        "tr": f"http://testserver/tr/works/{number}/plani",
    }
    assert tree.xpath("//link[@rel='canonical']/@href") == [declared["en"]]
    swedish = get(client, page_of(english, "sv"))
    assert swedish.xpath("//link[@rel='canonical']/@href") == [declared["en"]]
    address = tree.xpath("//a[@class='address']/@href")
    assert address == [f"http://testserver/en/works/{number}"]


def test_files_say_what_they_are_and_lead_to_reading_and_download(
    library: Library, client: Client
) -> None:
    edition = library.edition("Plan")
    file = pdf(library, edition, "One.", "Two.", label="Annex", language="sv")
    row = get(client, page_of(edition)).xpath("//li[@class='file']")[0]
    text = " ".join(row.text_content().split())
    for said in ("Annex", "Swedish", "PDF", "2 pages"):
        assert said in text
    base = f"/en/works/{edition.work_id}/files/{file.number}"
    assert row.xpath(".//a/@href") == [base, f"{base}/download"]


def test_files_of_the_other_visible_editions_are_listed_too(
    library: Library, client: Client
) -> None:
    english = library.edition("Plan")
    turkish = library.edition("Planı", language="tr", of=english)
    arabic = library.edition("خطة", language="ar", of=english)
    pdf(library, turkish, "Bir.", label="Rehber", language="tr")
    pdf(library, arabic, "واحد.", label="دليل", language="ar")
    restrict_page(arabic)
    assert texts(get(client, page_of(english)), "//h3[@class='file__label']") == ["Rehber"]


def test_a_file_under_embargo_shows_its_label_and_date_alone(
    library: Library, client: Client
) -> None:
    edition = library.edition("Plan")
    later = timezone.make_aware(datetime.datetime(2199, 5, 4))
    file = pdf(library, edition, "Secret.", label="Annex", embargo_until=later)
    cover_of(file)
    tree = get(client, page_of(edition))
    row = tree.xpath("//li[@class='file']")[0]
    assert texts(tree, "//li[@class='file']") == ["Annex To be published on May 4, 2199"]
    assert row.xpath(".//a") == []
    assert tree.xpath("//img") == []
    assert client.get(f"/en/works/{edition.work_id}/files/cover").status_code == 404


def test_a_file_of_a_private_collection_is_not_named(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    later = timezone.now() + datetime.timedelta(days=9)
    pdf(library, edition, "A.", label="Inner", collection=private_collection())
    pdf(
        library,
        edition,
        "B.",
        label="Inner later",
        embargo_until=later,
        collection=private_collection(),
    )
    assert "Inner" not in client.get(page_of(edition)).content.decode()
    client.force_login(make_user("member"))
    shown = texts(get(client, page_of(edition)), "//h3[@class='file__label']")
    assert shown == ["Inner", "Inner later"]


def test_the_cover_keeps_its_place_and_comes_from_any_visible_edition(
    library: Library, client: Client
) -> None:
    english = library.edition("Plan")
    turkish = library.edition("Planı", language="tr", of=english)
    cover_of(pdf(library, turkish, "Bir."))
    image = get(client, page_of(english)).xpath("//img")[0]
    assert (image.get("width"), image.get("height")) == ("400", "600")
    assert client.get(image.get("src"))["Content-Type"] == "image/webp"
    restrict_page(turkish)
    assert get(client, page_of(english)).xpath("//img") == []
    assert client.get(image.get("src")).status_code == 404


# Reading


def test_a_page_is_read_with_its_matches_marked_and_the_first_reachable(
    library: Library, client: Client
) -> None:
    edition = library.edition("Plan")
    file = pdf(library, edition, "The mayor plans.\n\nA plan for planning & more.")
    tree = get(client, f"/en/works/{edition.work_id}/files/{file.number}/1", q="plan")
    assert tree.xpath("//mark/text()") == ["plans", "plan", "planning"]
    first = tree.xpath("//mark")[0]
    assert (first.get("id"), first.get("tabindex")) == ("match", "-1")
    assert len(tree.xpath("//*[@id='match']")) == 1
    assert texts(tree, "//article/p") == ["The mayor plans.", "A plan for planning & more."]
    assert "3 matches" in tree.text_content()


def test_the_text_of_a_page_has_the_language_it_is_written_in(
    library: Library, client: Client
) -> None:
    edition = library.edition("Plan")
    file = pdf(library, edition, "وصلت البلديات.", language="ar")
    tree = get(client, f"/en/works/{edition.work_id}/files/{file.number}/1", q="بلدية")
    article = tree.xpath("//article")[0]
    assert (article.get("lang"), article.get("dir")) == ("ar", "rtl")
    assert tree.xpath("//mark/text()") == ["البلديات"]


def test_one_turns_pages_and_keeps_the_question(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    file = pdf(library, edition, "One.", "Two.", "Three.")
    base = f"/en/works/{edition.work_id}/files/{file.number}"
    middle = get(client, f"{base}/2", q="a b")
    assert middle.xpath("//main//a[@rel='prev']/@href") == [f"{base}/1?q=a+b"]
    assert middle.xpath("//main//a[@rel='next']/@href") == [f"{base}/3?q=a+b"]
    assert "/en/search/?q=a+b" in middle.xpath("//main//a/@href")
    assert page_of(edition) in middle.xpath("//main//a/@href")
    assert get(client, f"{base}/1").xpath("//main//a[@rel='prev']") == []
    assert get(client, f"{base}/3").xpath("//main//a[@rel='next']") == []


@pytest.mark.parametrize(
    ("typed", "page"), [("2", 2), ("99", 3), ("0", 1), ("", 1), ("x", 1), ("٣", 3), ("9" * 999, 3)]
)
def test_a_typed_page_number_leads_to_that_page_or_the_nearest(
    typed: str, page: int, library: Library, client: Client
) -> None:
    edition = library.edition("Plan")
    file = pdf(library, edition, "One.", "Two.", "Three.")
    base = f"/en/works/{edition.work_id}/files/{file.number}"
    response = client.get(base, {"page": typed, "q": "wörd"})
    assert response.status_code == 302
    assert response.url == f"{base}/{page}?q=w%C3%B6rd"


def test_a_page_image_stands_in_a_place_of_its_size(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    document = library.document(pdf_bytes("A wide report"), "report.pdf")
    library.attach(edition, document)
    read_due_document(document.pk)
    file = EditionFile.objects.get(document=document)
    base = f"/en/works/{edition.work_id}/files/{file.number}/1"
    image = get(client, base).xpath("//main//img")[0]
    assert image.get("src") == f"{base}/image"
    assert image.get("alt")
    assert image.get("loading") is None, "it stands above the fold"
    kept = int(image.get("height")) / int(image.get("width"))
    stored = Image.open(io.BytesIO(b"".join(client.get(f"{base}/image").streaming_content)))
    assert kept == pytest.approx(stored.height / stored.width, rel=0.01)
    image = get(client, base).xpath("//main//img")[0]
    assert (image.get("width"), image.get("height")) == tuple(map(str, stored.size))


def test_a_document_without_pages_is_read_by_sections(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    document = library.document(docx_bytes("Buses run at night.", "Transport"), "plan.docx")
    library.attach(edition, document)
    read_due_document(document.pk)
    file = EditionFile.objects.get(document=document)
    section = ReadSection.objects.get(reading__document=document, heading="Transport")
    tree = get(
        client, f"/en/works/{edition.work_id}/files/{file.number}/{section.number}", q="transport"
    )
    assert texts(tree, "//article//h2") == ["Transport"]
    assert texts(tree, "//article//p") == ["Buses run at night."]
    assert tree.xpath("//h2/mark/text()") == ["Transport"]
    assert texts(tree, "//details//li") == ["Transport"]
    assert tree.xpath("//main//img") == []


# The pages around


def test_the_landing_page_asks_and_leads_to_works(library: Library, client: Client) -> None:
    home = HomePage.objects.get(slug="en")
    home.example_queries = "waste & water\n\nroads"
    home.search_prompt = "What would you like to know?"
    home.save()
    library.edition("Newest work")
    restrict_page(library.edition("Secret work"))
    rebuild()
    tree = get(client, "/en/")
    assert texts(tree, "//label[@for='q']") == ["What would you like to know?"]
    assert tree.xpath("//a[@class='example']/@href") == [
        "/en/search/?q=waste+%26+water",
        "/en/search/?q=roads",
    ]
    assert texts(tree, "//article//h3") == ["Newest work"]


def test_the_library_and_its_sections_lead_to_the_works(library: Library, client: Client) -> None:
    edition = library.edition("Plan", summary="All about it")
    restrict_page(library.edition("Secret"))
    section = library.sections["en"]
    tree = get(client, section.get_parent().url)
    assert section.url in tree.xpath("//main//a/@href")
    tree = get(client, section.url)
    assert texts(tree, "//article//h2") == ["Plan"]
    link = tree.xpath("//article//a/@href")[0]
    assert link.removeprefix("http://localhost") == page_of(edition)


def test_a_section_shows_its_works_page_by_page(library: Library, client: Client) -> None:
    for number in range(45):
        library.edition(f"Work {number:02}")
    restrict_page(library.edition("Work 07 and a half"))
    url = library.sections["en"].url
    seen: list[str] = []
    address: str | None = url
    while address:
        tree = get(client, address)
        seen += texts(tree, "//article//h2")
        following = tree.xpath("//main//a[@rel='next']/@href")
        address = following[0] if following else None
    assert seen == [f"Work {number:02}" for number in range(45)]
    assert texts(tree, "//nav[contains(@class, 'pages')]//*[@aria-current]") == ["Page 3"]
    assert tree.xpath("//main//a[@rel='prev']/@href")[0].endswith("?page=2")
    assert texts(get(client, url), "//article//h2") == seen[:20]
    for odd, shown in (("x", seen[:20]), ("0", seen[40:]), ("99", seen[40:])):
        assert texts(get(client, url, page=odd), "//article//h2") == shown


def test_themes_of_the_landing_page_count_what_a_click_gives(
    library: Library, client: Client
) -> None:
    from glossary.models import Concept, Label

    waste = Concept.objects.create(slug="waste", is_theme=True)
    Label.objects.create(concept=waste, language="en", text="Waste")
    for title in ("One", "Two", "Three"):
        edition = library.edition(title)
        edition.work.themes.add(waste)
    restrict_page(edition)
    rebuild()
    tree = get(client, "/en/")
    assert texts(tree, "//a[@class='theme']") == ["Waste 2 works"]
    url = tree.xpath("//a[@class='theme']/@href")[0]
    assert client.get(url).context["total"] == 2


def test_the_menu_footer_and_notice_are_those_of_the_language(
    library: Library, client: Client
) -> None:
    for code in ("en", "ar"):
        SiteTexts.objects.create(
            locale=Locale.objects.get(language_code=code),
            translation_key="0a8a66a9-0e23-4b4c-9b4e-6d6f3a3b3c3d",
            site_name=f"Library {code}",
            footer=f"<p>Footer {code}</p>",
            notice=f"Notice {code}",
        )
    home = HomePage.objects.get(slug="ar")
    page = home.add_child(
        instance=InformationPage(title="عن", slug="about", locale=home.locale, show_in_menus=True)
    )
    tree = get(client, page.url)
    assert tree.get("dir") == "rtl"
    assert texts(tree, "//footer//nav//a") == ["عن"]
    assert tree.xpath("//footer//nav//a/@aria-current") == ["page"]
    assert texts(tree, "//p[@class='site-notice']") == ["Notice ar"]
    assert texts(tree, "//footer//div[contains(@class, 'prose')]") == ["Footer ar"]
    assert texts(tree, "//a[@class='site-name']") == ["Library ar"]


def test_a_missing_page_has_a_way_on_in_the_language_of_its_address(
    library: Library, client: Client
) -> None:
    for code, direction in (("en", "ltr"), ("ar", "rtl")):
        response = client.get(f"/{code}/nothing-here/")
        assert response.status_code == 404
        tree = html.fromstring(response.content.decode())
        assert (tree.get("lang"), tree.get("dir")) == (code, direction)
        assert f"/{code}/search/" in tree.xpath("//main//a/@href")
        switch = {a.get("lang"): a.get("href") for a in tree.xpath("//nav[@class='languages']//a")}
        assert switch["sv"] == "/sv/"


def test_an_error_page_needs_neither_database_nor_request(client: Client) -> None:
    from django.template.loader import render_to_string

    with translation.override("ar"):
        tree = html.fromstring(render_to_string("500.html"))
    assert (tree.get("lang"), tree.get("dir")) == ("ar", "rtl")
    assert tree.xpath("//main//a/@href") == ["/ar/", "/ar/browse/"]


def test_no_page_has_inline_script_or_style(library: Library, client: Client) -> None:
    edition = library.edition("Plan", body="<p>Text.</p>")
    file = pdf(library, edition, "One.")
    rebuild()
    section = library.sections["en"]
    for address in (
        "/en/",
        "/en/search/",
        "/en/nothing/",
        page_of(edition),
        f"/en/works/{edition.work_id}/files/{file.number}/1",
        section.url,
        section.get_parent().url,
    ):
        tree = html.fromstring(client.get(address).content.decode())
        code = "//script[not(@src) and not(@type='application/ld+json')]"  # which is data
        assert tree.xpath(f"//style | //*[@style] | {code}") == [], address
        assert tree.xpath("//@*[starts-with(name(), 'on')]") == [], address
        outside = tree.xpath("//*[self::script or self::img]/@src | //link/@href")
        assert all(
            url.startswith(("/", "http://testserver/", "http://localhost")) for url in outside
        ), address


def test_works_and_files_set_no_cookie(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    file = pdf(library, edition, "One.")
    for address in (page_of(edition), f"/en/works/{edition.work_id}/files/{file.number}/1"):
        response = client.get(address)
        assert not response.cookies
        assert "private" in response["Cache-Control"]


def test_the_text_lies_over_a_pages_image_where_it_is_seen(
    library: Library, client: Client
) -> None:
    edition = library.edition("Plan")
    document = library.document(pdf_bytes("A heron & a second heron wait"), "report.pdf")
    library.attach(edition, document)
    read_due_document(document.pk)
    file = EditionFile.objects.get(document=document)
    base = f"/en/works/{edition.work_id}/files/{file.number}/1"
    before = get(client, base, q="heron")
    assert before.xpath("//figure/*[local-name()='svg']") == []
    assert before.xpath("//figure/@data-text") == [f"{base}/text?q=heron"]
    assert client.get(f"{base}/text").status_code == 404
    assert client.get(f"{base}/image").status_code == 200

    (overlay,) = get(client, base, q="heron").xpath("//figure/*[local-name()='svg']")
    (line,) = overlay.xpath(".//*[local-name()='text']")
    assert line.text_content().strip() == "A heron & a second heron wait"
    width, height = (float(size) for size in overlay.get("viewbox").split()[2:])
    assert 0 < float(line.get("x")) < width / 2
    assert 0 < float(line.get("y")) < height / 4
    assert len(overlay.xpath(".//*[local-name()='rect']")) == 2
    alone = client.get(f"{base}/text", {"q": "heron"})
    assert alone["Content-Type"].startswith("image/svg+xml")
    assert alone.content.decode().count("<rect") == 2


def test_the_text_of_a_page_is_guarded_like_its_file(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    document = library.document(pdf_bytes("Secret"), "report.pdf")
    library.attach(edition, document)
    read_due_document(document.pk)
    file = EditionFile.objects.get(document=document)
    base = f"/en/works/{edition.work_id}/files/{file.number}/1"
    client.get(f"{base}/image")
    assert client.get(f"{base}/text").status_code == 200
    restrict_page(edition)
    assert client.get(f"{base}/text").status_code == 404


def test_the_text_alone_can_be_read_page_by_page(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    document = library.document(pdf_bytes("One heron", "Two", "Three herons"), "report.pdf")
    library.attach(edition, document)
    read_due_document(document.pk)
    file = EditionFile.objects.get(document=document)
    base = f"/en/works/{edition.work_id}/files/{file.number}"
    tree = get(client, f"{base}/1", q="heron", view="text")
    assert tree.xpath("//main//img") == []
    assert tree.xpath("//main//a[@rel='next']/@href") == [f"{base}/2?q=heron&view=text"]
    assert f"{base}/1?q=heron" in tree.xpath("//main//a/@href")
    response = client.get(base, {"page": "3", "view": "text"})
    assert response.url == f"{base}/3?view=text"


def test_the_next_match_may_stand_some_pages_on(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    file = pdf(library, edition, "One heron", "Two", "Three herons", "Four")
    base = f"/en/works/{edition.work_id}/files/{file.number}"
    links = get(client, f"{base}/1", q="heron").xpath("//main//a/@href")
    assert f"{base}/3?q=heron#match" in links
    assert not any("/4?" in link and "#match" in link for link in links)
    last = get(client, f"{base}/3", q="heron")
    assert "Next match" not in last.text_content()


def test_a_page_that_is_as_it_was_is_not_sent_again(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    for address in (page_of(edition), "/en/browse/"):
        tag = client.get(address)["ETag"]
        assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    restrict_page(edition)
    again = client.get("/en/browse/", headers={"if-none-match": tag})
    assert again.status_code == 200


def test_a_number_that_no_database_holds_is_a_missing_page(
    library: Library, client: Client
) -> None:
    work, many = library.edition("Plan").work_id, "9" * 40
    for address in (
        f"works/{many}", f"works/{many}/plan", f"works/{many}/cite.bib",
        f"works/{many}/files/cover", f"works/{work}/files/{many}",
        f"works/{work}/files/1/{many}/image", f"works/{many}/reader/question",
        f"search/inside/{many}?q=a",
    ):  # fmt: skip
        assert client.get(f"/en/{address}", follow=True).status_code == 404, address


def test_a_small_cover_is_guarded_like_the_cover(library: Library, client: Client) -> None:
    edition = library.edition("Plan")
    document = library.document(pdf_bytes("One"), "plan.pdf")
    library.attach(edition, document)
    read_due_document(document.pk)
    address = f"/en/works/{edition.work_id}/files/thumbnail"
    response = client.get(address)
    assert response["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(b"".join(response.streaming_content))) as image:
        assert image.format == "WEBP"
        assert (image.width <= 200, image.height <= 280) == (True, True)
    assert glances([edition.work_id], Reader())[edition.work_id].has_cover
    restriction = restrict_page(edition)
    assert client.get(address).status_code == 404
    assert not glances([edition.work_id], Reader())[edition.work_id].has_cover
    restriction.delete()
    CollectionViewRestriction.objects.create(
        collection=document.collection, restriction_type="login"
    )
    assert client.get(address).status_code == 404
    assert not glances([edition.work_id], Reader())[edition.work_id].has_cover


def test_lists_of_editions_need_no_query_for_each(
    library: Library, client: Client, settings: Any, tmp_path: Any,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    settings.SEARCH_FOLDER = tmp_path
    library.edition("First")
    client.get("/en/library/section/")
    for address in ("/en/library/section/", "/en/"):
        client.get(address)
        with CaptureQueriesContext(connection) as before:
            client.get(address)
        for number in range(4):
            library.edition(f"More {number}")
        with django_assert_max_num_queries(len(before)):
            client.get(address)
