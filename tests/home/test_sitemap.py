"""What search engines are told."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from lxml import etree

from glossary.models import Concept, Label
from home.models import InformationPage
from network.models import Country, Place
from tests.library import Library, make_user, restrict_page

pytestmark = pytest.mark.django_db

NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


def sitemap(client: Client) -> dict[str, dict[str, str]]:
    """The addresses of the sitemap, each with its alternates by language."""
    response = client.get("/sitemap.xml")
    assert response["Content-Type"] == "application/xml"
    tree = etree.fromstring(response.content)
    return {
        url.findtext("s:loc", namespaces=NAMES): {
            link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMES)
        }
        for url in tree.findall("s:url", NAMES)
    }


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
