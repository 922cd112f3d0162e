"""What search engines are told."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from lxml import etree

from cms.languages import INTERFACE_CODES
from glossary.models import Concept, Label
from home.models import InformationPage
from home.sitemap import IN_A_FILE, WorksSitemap
from network.models import Country, Place
from publications.models import Edition
from tests.library import Library, make_user, restrict_page

pytestmark = pytest.mark.django_db

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def read_xml(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response["Content-Type"] == "application/xml"
    assert "public" in response["Cache-Control"]
    return etree.fromstring(response.content)


def files(client: Client) -> list[str]:
    """The files that the index names, without the name of the site."""
    tree = read_xml(client, "/sitemap.xml")
    named = [node.text for node in tree.findall("s:sitemap/s:loc", NAMES)]
    assert all(address.startswith("http://testserver/") for address in named)
    return [address.removeprefix("http://testserver") for address in named]


def told(client: Client, file: str) -> dict[str, dict[str, str]]:
    """The addresses of a file, each with its alternates by language."""
    return {
        url.findtext("s:loc", namespaces=NAMES): {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMES)
        }
        for url in read_xml(client, file).findall("s:url", NAMES)
    }


def sitemap(client: Client) -> dict[str, dict[str, str]]:
    """The addresses of all files."""
    return {url: links for file in files(client) for url, links in told(client, file).items()}


def test_a_work_stands_in_it_in_all_its_languages(library: Library, client: Client) -> None:
    english = library.edition("Plan", slug="plan")
    library.edition("Planı", language="tr", slug="plani", of=english)
    found = sitemap(client)
    base = "http://testserver"
    both = {
        "en": f"{base}/en/works/{english.work_id}/plan",
        "tr": f"{base}/tr/works/{english.work_id}/plani",
    }
    assert found[both["en"]] == found[both["tr"]] == both


def test_every_address_of_it_answers(library: Library, client: Client) -> None:
    library.edition("Plan")
    concept = Concept.objects.create(slug="waste")
    Label.objects.create(concept=concept, language="en", text="Waste")
    home = library.sections["en"].get_parent().get_parent()
    home.add_child(instance=InformationPage(title="About", slug="about", locale=home.locale))
    country = Country.objects.create(code="TR", names={"en": "Türkiye"})
    Place.objects.create(slug="mezitli", names={"en": "Mezitli"}, country=country)
    found = sitemap(client)
    assert "http://testserver/sv/browse/places/mezitli" in found
    assert "http://testserver/en/library/section/" in found
    assert "http://testserver/sv/library/section/" not in found  # it has no work there
    assert "http://testserver/ar/terms/waste" in found
    assert any(url.endswith("/en/about/") for url in found)
    for url in found:
        assert client.get(url.removeprefix("http://testserver")).status_code == 200, url


def test_many_works_stand_in_several_files(
    library: Library, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert IN_A_FILE * len(INTERFACE_CODES) <= 50_000  # what the protocol allows
    monkeypatch.setattr(WorksSitemap, "limit", 2)
    works = [library.edition(f"Plan {number}", slug=f"plan-{number}") for number in range(5)]
    library.edition("Plan", language="sv", slug="plan", of=works[0])
    of_works = [file for file in files(client) if "works" in file]
    assert of_works == [f"/sitemap-works.xml{page}" for page in ("", "?p=2", "?p=3")]
    found = [told(client, file) for file in of_works]
    assert [len(addresses) for addresses in found] == [3, 2, 1]
    assert {url for addresses in found for url in addresses} >= {
        f"http://testserver/en/works/{work.work_id}/{work.slug}" for work in works
    }
    assert client.get("/sitemap-works.xml?p=4").status_code == 404
    assert client.get("/sitemap-secrets.xml").status_code == 404


def test_it_says_when_a_work_changed_and_writes_every_script(
    library: Library, client: Client
) -> None:
    edition = library.edition("خطة", language="ar", slug="خطة")
    Edition.objects.update(last_published_at=datetime.datetime(2026, 5, 4, tzinfo=datetime.UTC))
    (url,) = read_xml(client, "/sitemap-works.xml").findall("s:url", NAMES)
    assert url.findtext("s:lastmod", namespaces=NAMES) == "2026-05-04T00:00:00+00:00"
    address = url.findtext("s:loc", namespaces=NAMES)
    assert address == f"http://testserver{edition.permanent_path()}"


def test_it_tells_nobody_of_what_not_everybody_may_see(library: Library, client: Client) -> None:
    restrict_page(library.edition("Secret", slug="secret-plan"))
    client.force_login(make_user("member", superuser=True))
    assert not any("secret-plan" in url for url in sitemap(client))


def test_robots_are_kept_out_of_the_editors_pages_and_shown_the_sitemap(client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /admin/" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


def test_the_landing_page_leads_into_every_part_of_the_site(
    library: Library, client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.SEARCH_FOLDER = tmp_path
    page = client.get("/ar/").content.decode()
    for part in ("browse/", "network/", "activities/", "terms/"):
        assert f'href="/ar/{part}"' in page
