"""Following a search as a feed, and searching inside one work."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from lxml import etree, html

from publications.models import EditionFile
from search.address import Address
from search.feed import feed_url
from search.indexing.rebuild import rebuild
from tests.library import Library, make_user, pdf_bytes, restrict_page

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Any, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


def entries(client: Client, address: str) -> list[tuple[str, str, str]]:
    """Title, address and permanent address of each entry of a feed."""
    response = client.get(address)
    assert response["Content-Type"].startswith("application/atom+xml")
    tree = etree.fromstring(response.content)
    return [
        (
            entry.findtext("a:title", namespaces=ATOM),
            entry.find("a:link", ATOM).get("href"),
            entry.findtext("a:id", namespaces=ATOM),
        )
        for entry in tree.findall("a:entry", ATOM)
    ]


def test_a_feed_holds_what_its_search_finds(library: Library, client: Client) -> None:
    waste = library.edition("Waste & water", slug="waste", kind="guidance")
    library.edition("Waste report")
    library.edition("Roads", kind="guidance")
    rebuild()
    address = Address(q="waste", filters={"kind": ("guidance",)}, sort="title", page=3)
    assert feed_url(address) == "/en/search/feed?q=waste&kind=guidance"
    number = waste.work_id
    assert entries(client, "/en/search/feed?q=waste&kind=guidance") == [
        (
            "Waste & water",
            f"http://testserver/en/works/{number}/waste",
            f"http://testserver/en/works/{number}",
        )
    ]
    assert len(entries(client, "/en/search/feed")) == 3


def test_the_page_of_results_leads_to_its_feed(library: Library, client: Client) -> None:
    library.edition("Waste plan", kind="guidance")
    rebuild()
    page = client.get("/sv/search/?q=waste&kind=guidance&sort=title").content.decode()
    tree = html.fromstring(page)
    feed = "/sv/search/feed?q=waste&kind=guidance"
    assert tree.xpath("//link[@type='application/atom+xml']/@href") == [feed]
    assert tree.xpath("//p[@class='follow']/a/@href") == [feed]
    assert [title for title, _url, _id in entries(client, feed)] == ["Waste plan"]


def test_a_feed_is_the_same_for_everybody(library: Library, client: Client) -> None:
    restrict_page(library.edition("Secret waste plan"))
    rebuild()
    client.force_login(make_user("member", superuser=True))
    response = client.get("/en/search/feed?q=waste")
    assert b"Secret" not in response.content
    assert "public" in response["Cache-Control"]


def test_a_feed_asks_to_come_back_while_there_is_no_index(client: Client, library: Library) -> None:
    response = client.get("/sv/search/feed?q=avfall")
    assert response.status_code == 503
    assert response["Retry-After"]


def passages(client: Client, address: str) -> list[tuple[str, str]]:
    """The address and text of each passage shown."""
    tree = html.fromstring(client.get(address).content.decode())
    return [
        (row.xpath(".//a/@href")[0], row.xpath(".//blockquote")[0].text_content().strip())
        for row in tree.xpath("//li[@class='passage']")
    ]


def test_a_question_is_asked_of_one_work_in_the_order_of_its_pages(
    library: Library, client: Client
) -> None:
    edition = library.edition("Plan", body="<p>A heron on the page.</p>")
    document = library.document(pdf_bytes("a", "b", "c"), "report.pdf")
    library.read_text(document, "One heron.", "No bird.", "Herons again, herons.")
    file = library.attach(edition, document, label="Report")
    library.edition("Other", body="<p>Another heron.</p>")
    rebuild()
    base = f"/en/works/{edition.work_id}"
    found = passages(client, f"/en/search/inside/{edition.work_id}?q=heron")
    assert [text for _url, text in found] == [
        "A heron on the page.", "One heron.", "Herons again, herons.",
    ]  # fmt: skip
    assert found[0][0] == f"{base}/{edition.slug}"
    number = EditionFile.objects.get(pk=file.pk).number
    assert found[2][0] == f"{base}/files/{number}/3?q=heron#match"


def test_a_work_that_a_reader_may_not_see_cannot_be_searched(
    library: Library, client: Client
) -> None:
    edition = library.edition("Secret", body="<p>A heron.</p>")
    restrict_page(edition)
    rebuild()
    assert client.get(f"/en/search/inside/{edition.work_id}?q=heron").status_code == 404
    client.force_login(make_user("member"))
    assert len(passages(client, f"/en/search/inside/{edition.work_id}?q=heron")) == 1


def test_without_an_index_the_way_to_the_files_is_shown(library: Library, client: Client) -> None:
    edition = library.edition("Plan", body="<p>A heron.</p>")
    response = client.get(f"/en/search/inside/{edition.work_id}?q=heron")
    assert response.status_code == 200
    assert "resting" in response.content.decode()


@pytest.mark.parametrize("q", ["", "<script>alert(1)</script>", "\x00", '"', "x" * 999])
def test_nothing_typed_is_an_error(q: str, library: Library, client: Client) -> None:
    edition = library.edition("Plan", body="<p>A heron.</p>")
    rebuild()
    response = client.get(f"/en/search/inside/{edition.work_id}", {"q": q})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
