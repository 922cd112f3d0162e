"""Recommended works: who sees them, for which questions, on which days."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from glossary.models import Concept, Label
from publications.models import Edition
from search.engine import get_engine
from search.indexing.rebuild import rebuild
from search.models import Promotion
from tests.library import Library, make_user, restrict_page

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2026, 3, 4)
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def embedded(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"
    monkeypatch.setattr(timezone, "localdate", lambda *_args: TODAY)


@pytest.fixture
def handbook(library: Library) -> Edition:
    """A work that the editors recommend, beside others; it holds no word of the questions."""
    edition = library.edition("The handbook", slug="handbook", summary="All that matters.")
    for number in range(3):
        library.edition(f"Waste collection {number}", summary="Bins.")
    library.edition("Atık toplama", language="tr", slug="atik")
    rebuild()
    return edition


def shown(q: str, path: str = "/en/search/", client: Client | None = None, **more: str) -> Any:
    response = (client or Client()).get(path, {"q": q, **more})
    assert response.status_code == 200
    tree = html.fromstring(response.content.decode())
    works = [int(number) for number in tree.xpath("//section[@class='promoted']//@data-work")]
    below = [int(number) for number in tree.xpath("//ol[@class='hits']//@data-work")]
    return works, below, tree


def recommend(edition: Edition, phrase: str = "", language: str = "en", **more: Any) -> Promotion:
    return Promotion.objects.create(edition=edition, phrase=phrase, language=language, **more)


def test_a_work_is_recommended_for_a_phrase_in_any_form_and_marked(handbook: Edition) -> None:
    recommend(handbook, "waste collection")
    works, below, tree = shown("Waste collections in Adana")
    assert works == [handbook.work_id]
    (section,) = tree.xpath("//section[@class='promoted']")
    assert "Recommended by the editors" in section.text_content()
    assert "The handbook" in section.text_content()
    assert handbook.work_id not in below


@pytest.mark.parametrize("q", ["waste", "collection of waste", "waste, collection", "handbooks"])
def test_other_questions_get_no_recommendation(handbook: Edition, q: str) -> None:
    recommend(handbook, "waste collection")
    assert shown(q)[0] == []


def test_the_longest_phrase_counts(handbook: Edition) -> None:
    other = Edition.objects.get(title="Waste collection 1")
    recommend(other, "waste")
    recommend(handbook, "waste collection")
    assert shown("waste collection")[0] == [handbook.work_id]
    assert shown("waste")[0] == [other.work_id]


def test_a_work_is_recommended_for_a_concept_by_any_of_its_labels(handbook: Edition) -> None:
    concept = Concept.objects.create(slug="waste")
    for language, text in (("en", "refuse"), ("tr", "çöp")):
        Label.objects.create(concept=concept, language=language, text=text)
    recommend(handbook, concept=concept)
    assert shown("çöpler")[0] == [handbook.work_id]
    assert shown("refuse", exact="1")[0] == [], "who wants exact words has no concepts"


def test_a_recommendation_belongs_to_the_pages_of_one_language(handbook: Edition) -> None:
    recommend(handbook, "atık", language="tr")
    assert shown("atıklar", path="/tr/search/")[0] == [handbook.work_id]
    assert shown("atıklar")[0] == []


@pytest.mark.parametrize(
    ("starts", "ends", "is_shown"),
    [
        (None, None, True),
        (TODAY, TODAY, True),
        (TODAY - DAY, None, True),
        (TODAY + DAY, None, False),
        (None, TODAY - DAY, False),
    ],
)
def test_it_is_shown_on_its_days(handbook: Edition, starts: Any, ends: Any, is_shown: bool) -> None:
    recommend(handbook, "waste", starts=starts, ends=ends)
    assert bool(shown("waste")[0]) is is_shown


def test_a_work_that_is_found_anyway_stands_on_the_page_once(handbook: Edition) -> None:
    found = Edition.objects.get(title="Waste collection 2")
    recommend(found, "waste collection")
    works, below, tree = shown("waste collection")
    assert works == [found.work_id]
    assert found.work_id not in below
    assert len(below) == 2
    assert tree.xpath("string(//h2[@id='total'])") == "3 works", "the number in all stays"


def test_filters_orders_and_further_pages_have_none(handbook: Edition) -> None:
    recommend(handbook, "waste")
    assert shown("waste", kind="publication")[0] == []
    assert shown("waste", sort="title")[0] == []


def test_a_work_is_recommended_where_nothing_else_is_found(handbook: Edition) -> None:
    recommend(handbook, "zebra")
    works, below, tree = shown("zebra")
    assert (works, below) == ([handbook.work_id], [])
    assert "Nothing was found" in tree.text_content()


class TestAccess:
    def test_who_may_not_see_a_work_is_not_recommended_it(self, handbook: Edition) -> None:
        group = Group.objects.create(name="Partners")
        restrict_page(handbook, "groups", group)
        rebuild()
        recommend(handbook, "waste")
        works, _below, tree = shown("waste")
        assert works == []
        assert "handbook" not in tree.text_content()
        client = Client()
        client.force_login(make_user("partner", group))
        assert shown("waste", client=client)[0] == [handbook.work_id]

    def test_an_unpublished_work_is_not_recommended(self, handbook: Edition) -> None:
        recommend(handbook, "waste")
        handbook.unpublish()
        rebuild()
        assert shown("waste")[0] == []

    def test_the_reader_gets_the_edition_in_their_language(
        self, handbook: Edition, library: Library
    ) -> None:
        library.edition("El kitabı", language="tr", of=handbook, slug="el-kitabi")
        rebuild()
        recommend(handbook, "atık", language="tr")
        _works, _below, tree = shown("atık", path="/tr/search/")
        assert "El kitabı" in tree.xpath("string(//section[@class='promoted'])")


class TestForm:
    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({}, "phrase"),
            ({"phrase": "a", "starts": TODAY, "ends": TODAY - DAY}, "ends"),
        ],
    )
    def test_what_is_wrong_is_said(
        self, handbook: Edition, values: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(ValidationError) as caught:
            Promotion(edition=handbook, language="en", **values).full_clean()
        assert field in caught.value.message_dict

    def test_phrase_and_concept_exclude_one_another(self, handbook: Edition) -> None:
        concept = Concept.objects.create(slug="waste")
        with pytest.raises(ValidationError):
            Promotion(edition=handbook, language="en", phrase="a", concept=concept).full_clean()

    def test_it_is_made_in_the_admin_by_who_may(self, handbook: Edition, client: Client) -> None:
        group = Group.objects.create(name="Editors of the library")
        client.force_login(make_user("editor", group))
        url = reverse("wagtailsnippets_search_promotion:add")
        group.permissions.set(Permission.objects.filter(codename="access_admin"))
        assert client.get(url).status_code == 302, "without the right there is no form"
        group.permissions.add(Permission.objects.get(codename="add_promotion"))
        page = client.get(url, {"phrase": "atık toplama", "language": "tr"})
        assert 'value="atık toplama"' in page.content.decode()
        data = {"language": "en", "phrase": "waste", "edition": str(handbook.pk), "concept": ""}
        assert client.post(url, data | {"starts": "", "ends": ""}).status_code == 302
        assert shown("waste")[0] == [handbook.work_id]

    def test_the_list_says_which_are_shown(self, handbook: Edition, client: Client) -> None:
        client.force_login(make_user("chief", superuser=True))
        recommend(handbook, "waste", ends=TODAY - DAY)
        page = client.get(reverse("wagtailsnippets_search_promotion:list")).content.decode()
        assert "The handbook" in page


def test_no_engine_is_asked_where_nothing_is_recommended(
    handbook: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = type(get_engine())
    asked: list[Any] = []
    search = engine.search
    monkeypatch.setattr(
        engine, "search", lambda self, plan: asked.append(plan) or search(self, plan)
    )
    shown("waste")
    assert len(asked) == 1
