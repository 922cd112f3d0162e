"""A work as a citation, and as what reference managers and search engines read."""

from __future__ import annotations

import datetime
import json
import threading
from typing import Any

import pytest
from django.test import Client
from lxml import html

from network.models import Organisation
from publications.citing import build_item, cite, export, rendering
from publications.citing.items import name_parts
from publications.models import Edition, WorkIdentifier, WorkOrganisation
from publications.reading import read_due_document
from tests.library import Library, pdf_bytes, restrict_page

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Any, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


@pytest.fixture
def report(library: Library) -> Edition:
    """A report with a date, two authors, a publisher and a DOI."""
    edition = library.edition(
        "Waste & water: {a} 50% plan", slug="waste", summary="How they did it."
    )
    work = edition.work
    work.date, work.date_precision = datetime.date(2020, 5, 1), "month"
    work.authors = ["Ayhan Kaya (compiler)", "Marmara Municipalities Union"]
    work.licence = "cc-by-4.0"
    work.save()
    publisher = Organisation.objects.create(
        slug="mbb", kind="union", names={"en": "Marmara Union", "tr": "Marmara Birliği"}
    )
    WorkOrganisation.objects.create(work=work, organisation=publisher, role="publisher")
    WorkIdentifier.objects.create(work=work, scheme="doi", value="10.1000/182")
    return edition


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Ayhan Kaya (compiler)", {"family": "Kaya", "given": "Ayhan"}),
        ("Bihter Dazkır Erdendoğdu", {"family": "Erdendoğdu", "given": "Bihter Dazkır"}),
        ("Öberg, Åsa Maria", {"family": "Öberg", "given": "Åsa Maria"}),
        ("Marmara Municipalities Union", {"literal": "Marmara Municipalities Union"}),
        ("Mezitli Belediyesi", {"literal": "Mezitli Belediyesi"}),
        ("RESLOG Library editors", {"literal": "RESLOG Library editors"}),
        ("محررو المكتبة", {"literal": "محررو المكتبة"}),
        ("UNDP", {"literal": "UNDP"}),
    ],
)
def test_only_what_looks_like_a_persons_name_is_taken_apart(
    name: str, parts: dict[str, str]
) -> None:
    assert name_parts(name) == parts


def test_a_work_is_cited_in_three_styles(report: Edition) -> None:
    item = build_item(report, "https://library.example/en/works/7/waste", TODAY)
    cited = {citation.style: str(citation.html).replace("\xa0", " ") for citation in cite(item)}
    assert set(cited) == {"APA", "Chicago", "ISO 690"}
    for text in cited.values():
        assert "2020" in text
        assert "How they did it" not in text
        assert "Marmara Union" in text
        assert "&amp; water: {a} 50% plan" in text.lower()
    assert cited["APA"].startswith("Kaya, A., &amp; Marmara Municipalities Union. (2020")
    assert "KAYA, Ayhan" in cited["ISO 690"]
    assert "Accessed 26 November 2026" in cited["ISO 690"]


def test_a_hostile_title_stays_text(library: Library) -> None:
    edition = library.edition("<script>alert(1)</script> <b onclick=x>bold</b> plan")
    item = build_item(edition, "https://library.example/", TODAY)
    for citation in cite(item):
        assert "<script" not in citation.html
        assert "onclick=x>" not in str(citation.html).replace("&gt;", "")


def test_a_work_without_facts_is_cited_all_the_same(library: Library) -> None:
    item = build_item(library.edition("Bare"), "https://library.example/", TODAY)
    assert len([citation for citation in cite(item) if "Bare" in citation.html]) == 3


def test_bibtex_escapes_what_means_something_to_it(report: Edition) -> None:
    text, media_type = export(build_item(report, "https://library.example/w_7", TODAY), "bib")
    assert media_type.startswith("application/x-bibtex")
    assert text.startswith(f"@techreport{{reslog-{report.work_id}-en,\n")
    assert r"title = {{Waste \& water: \{a\} 50\% plan}}" in text
    assert "author = {Kaya, Ayhan and {Marmara Municipalities Union}}" in text
    assert "url = {https://library.example/w_7}" in text
    assert "doi = {10.1000/182}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_ris_has_a_line_for_each_fact(report: Edition) -> None:
    text, _type = export(build_item(report, "https://library.example/", TODAY), "ris")
    rows = [line.split("  - ", 1) for line in text.splitlines()]
    assert rows[0] == ["TY", "RPRT"]
    assert rows[-1] == ["ER", ""]
    assert ["AU", "Kaya, Ayhan"] in rows
    assert ["AU", "Marmara Municipalities Union"] in rows
    assert ["DA", "2020/05"] in rows
    assert ["DO", "10.1000/182"] in rows


def test_the_exports_are_files_in_the_language_of_the_address(
    report: Edition, library: Library, client: Client
) -> None:
    library.edition("Atık planı", language="tr", of=report)
    number = report.work_id
    response = client.get(f"/tr/works/{number}/cite.json")
    assert response["Content-Type"].startswith("application/vnd.citationstyles.csl+json")
    assert f"reslog-{number}-tr.json" in response["Content-Disposition"]
    (item,) = json.loads(response.content)
    assert (item["title"], item["publisher"]) == ("Atık planı", "Marmara Birliği")
    assert item["URL"] == f"http://testserver/tr/works/{number}"
    assert client.get(f"/en/works/{number}/cite.exe").status_code == 404


def test_nothing_of_a_restricted_work_is_exported(report: Edition, client: Client) -> None:
    restrict_page(report)
    assert client.get(f"/en/works/{report.work_id}/cite.bib").status_code == 404


def test_reference_managers_find_the_whole_work_in_the_page(
    report: Edition, library: Library, client: Client
) -> None:
    document = library.document(pdf_bytes("One."), "report.pdf")
    library.attach(report, document)
    read_due_document(document.pk)
    library.edition("Atık planı", language="tr", slug="atik", of=report)
    page = client.get(f"/en/works/{report.work_id}/waste").content.decode()
    tree = html.fromstring(page)

    def meta(key: str) -> list[str]:
        return list(tree.xpath(f"//meta[@name='{key}' or @property='{key}']/@content"))

    assert meta("citation_title") == ["Waste & water: {a} 50% plan"]
    assert meta("citation_author") == report.work.authors
    assert meta("citation_publication_date") == ["2020/05"]
    assert meta("citation_doi") == ["10.1000/182"]
    (pdf,) = meta("citation_pdf_url")
    assert client.get(pdf)["Content-Type"] == "application/pdf"
    assert meta("DC.language") == ["en"]
    assert meta("DC.rights") == ["https://creativecommons.org/licenses/by/4.0/"]
    assert meta("og:locale:alternate") == ["tr_TR"]
    described = json.loads(tree.xpath("//script[@type='application/ld+json']/text()")[0])
    assert described["inLanguage"] == "en"
    assert [row["inLanguage"] for row in described["workTranslation"]] == ["tr"]
    assert described["author"][0]["@type"] == "Person"
    assert described["author"][1]["@type"] == "Organization"


def test_what_machines_read_cannot_end_its_element(library: Library, client: Client) -> None:
    edition = library.edition("</script><script>alert(1)</script>", slug="x")
    page = client.get(f"/en/works/{edition.work_id}/x").content.decode()
    described = html.fromstring(page).xpath("//script[@type='application/ld+json']/text()")[0]
    assert json.loads(described)["name"] == edition.title
    assert "<script>alert" not in page


def test_machines_are_told_nothing_of_what_the_reader_may_not_see(
    report: Edition, library: Library, client: Client
) -> None:
    restrict_page(library.edition("Gizli plan", language="tr", of=report))
    page = client.get(f"/en/works/{report.work_id}/waste").content.decode()
    assert "Gizli" not in page
    assert "tr_TR" not in page


def test_the_macros_of_a_style_are_looked_for_once(
    report: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_for: list[str] = []
    find = rendering._find_macro

    def noting(element: Any, name: str) -> Any:
        looked_for.append(name)
        return find(element, name)

    monkeypatch.setattr(rendering, "_find_macro", noting)
    monkeypatch.setattr(rendering, "_kept", threading.local())
    item = build_item(report, "https://example.org/1", TODAY)
    first = list(cite(item | {"title": "Macros, once"}))
    asked = len(looked_for)
    second = list(cite(item | {"title": "Macros, twice"}))
    assert len(first) == len(second) == 3
    assert 0 < asked == len(looked_for)
