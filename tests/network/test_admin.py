"""The network's and glossary's forms in the admin open and keep what was filled in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from glossary.models import Concept, Label
from network.models import Activity, Country, Organisation, Place
from tests.library import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client: Client) -> Client:
    client.force_login(make_user("chief", superuser=True))
    return client


def test_every_form_opens_with_its_names(chief: Client) -> None:
    country = Country.objects.create(code="LB", names={"en": "Lebanon"})
    place = Place.objects.create(slug="halba", names={"ar": "حلبا"}, country=country)
    organisation = Organisation.objects.create(
        slug="dreib", kind="union", names={"ar": "الدريب"}, role={"en": "Partner union"}
    )
    activity = Activity.objects.create(slug="start", level="local", titles={"sv": "Start"})
    concept = Concept.objects.create(slug="waste")
    Label.objects.create(concept=concept, language="tr", text="atık")
    rows = [
        (country, "Lebanon"),
        (place, "حلبا"),
        (organisation, "Partner union"),
        (activity, "Start"),
        (concept, "atık"),
    ]

    for row, shown in rows:
        name = f"wagtailsnippets_{row._meta.app_label}_{row._meta.model_name}:edit"
        response = chief.get(reverse(name, args=[row.pk]))
        assert response.status_code == 200
        assert shown in response.content.decode()


def test_an_organisation_keeps_its_names_and_long_texts(chief: Client) -> None:
    url = reverse("wagtailsnippets_network_organisation:add")
    data = {"slug": "mbb", "kind": "union", "names_tr": "Marmara", "role_en": "A union\nof many"}

    response = chief.post(url, data)

    assert response.status_code == 302
    stored = Organisation.objects.get(slug="mbb")
    assert stored.names == {"tr": "Marmara"}
    assert stored.role["en"].splitlines() == ["A union", "of many"]
