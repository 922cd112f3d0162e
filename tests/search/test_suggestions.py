"""Suggestions while a reader types, and better spellings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from glossary.models import Concept, Label
from network.models import Organisation
from search.engines.base import Engine
from search.indexing.rebuild import rebuild
from search.query import parse
from search.suggestions import corrected_question
from tests.library import Library, make_user, restrict_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"
    cache.clear()


def suggest(client: Client, typed: str, language: str = "en") -> list[tuple[str, str, str]]:
    """Kind, text and address of what is suggested."""
    response = client.get(f"/{language}/search/suggest", {"q": typed})
    assert response.status_code == 200
    return [(row["kind"], row["text"], row["url"]) for row in response.json()["suggestions"]]


def concept(slug: str, **labels: str) -> None:
    row = Concept.objects.create(slug=slug)
    for language, text in labels.items():
        Label.objects.create(concept=row, language=language, text=text)


def test_a_title_leads_to_its_work_in_the_language_of_the_page(
    library: Library, client: Client
) -> None:
    plan = library.edition("Göç ana planı", language="tr", slug="goc-plani")
    rebuild()
    url = f"/sv/works/{plan.work_id}/goc-plani"
    assert suggest(client, "goc", "sv") == [("work", "Göç ana planı", url)]
    assert suggest(client, "ANA PL", "sv") == [("work", "Göç ana planı", url)]


def test_a_concept_is_found_by_the_beginning_of_any_of_its_words_in_any_language(
    library: Library, client: Client
) -> None:
    concept("social-cohesion", en="Social cohesion", tr="Sosyal uyum", ar="التماسك الاجتماعي")
    rebuild()
    assert suggest(client, "cohe") == [
        ("concept", "Social cohesion", "/en/search/?q=Social+cohesion")
    ]
    assert [text for _, text, _ in suggest(client, "UYU")] == ["Sosyal uyum"]
    assert [text for _, text, _ in suggest(client, "تماس")] == ["التماسك الاجتماعي"]
    assert suggest(client, "ohesion") == [], "inside a word is no beginning"


def test_a_concept_is_suggested_once_in_the_language_of_the_page(
    library: Library, client: Client
) -> None:
    concept("integration", en="Integration", sv="Integration av nyanlända", fr="Intégration")
    rebuild()
    assert [text for _, text, _ in suggest(client, "integ", "sv")] == ["Integration av nyanlända"]
    assert [text for _, text, _ in suggest(client, "integ", "en")] == ["Integration"]


def test_an_organisation_is_found_by_its_names(library: Library, client: Client) -> None:
    Organisation.objects.create(
        slug="mmu", kind="union", names={"en": "Marmara Municipalities Union", "tr": "MBB"}
    )
    rebuild()
    assert suggest(client, "marma") == [
        (
            "organisation",
            "Marmara Municipalities Union",
            "/en/search/?q=Marmara+Municipalities+Union",
        )
    ]


def test_what_a_reader_may_not_see_is_not_suggested(library: Library, client: Client) -> None:
    restrict_page(library.edition("Quorblax secrets"))
    library.edition("Quorblax draft", publish=False)
    rebuild()
    assert suggest(client, "quor") == []
    client.force_login(make_user("member"))
    assert [text for _, text, _ in suggest(client, "quor")] == ["Quorblax secrets"]


def test_one_letter_and_nothing_suggest_nothing(library: Library, client: Client) -> None:
    library.edition("A report")
    rebuild()
    for typed in ("", " ", "r", "  r "):
        assert suggest(client, typed) == []


def test_the_answer_says_how_many_there_are_for_screen_readers(
    library: Library, client: Client
) -> None:
    library.edition("Waste report")
    library.edition("Waste plan")
    rebuild()
    answer = client.get("/en/search/suggest", {"q": "waste"}).json()
    assert answer["status"] == "2 suggestions"
    assert client.get("/en/search/suggest", {"q": "zz"}).json()["status"] == "No suggestions"


def test_without_an_index_terms_are_still_suggested(client: Client, library: Library) -> None:
    concept("integration", en="Integration")
    assert suggest(client, "integ") == [("concept", "Integration", "/en/search/?q=Integration")]


class Speller:
    """An engine that only spells."""

    def __init__(self, **better: str) -> None:
        self.better = better

    def spell(self, words: Any) -> dict[str, str]:
        return {word: self.better[word] for word in words if word in self.better}


@pytest.mark.parametrize(
    ("typed", "better", "expected"),
    [
        ("wste plan", {"wste": "waste"}, "waste plan"),
        ("wste wsted wste", {"wste": "waste"}, "waste wsted waste"),
        ('wste "exact wste" -plan', {"wste": "waste"}, 'waste "exact waste" -plan'),
        ("a.b wste", {"wste": r"\1"}, r"a.b \1"),
        ("fine words", {}, ""),
    ],
)
def test_a_corrected_question_changes_the_wrong_words_alone(
    typed: str, better: dict[str, str], expected: str
) -> None:
    engine: Engine = Speller(**better)  # type: ignore[assignment]
    assert corrected_question(typed, parse(typed), engine) == expected


def test_a_word_of_the_glossary_is_not_corrected(db: None) -> None:
    cache.clear()
    concept = Concept.objects.create(slug="camp")
    Label.objects.create(concept=concept, language="en", text="refugee camp")
    engine: Engine = Speller(camps="lamps", wste="waste", camp="lamp")  # type: ignore[assignment]
    assert corrected_question("camps", parse("camps"), engine) == ""
    assert corrected_question("wste camps", parse("wste camps"), engine) == "waste camps"
    concept.delete()
    cache.clear()
    assert corrected_question("camps", parse("camps"), engine) == "lamps"


def test_before_anything_is_typed_the_themes_of_the_latest_works_are_offered(
    library: Library, client: Client
) -> None:
    for slug, label in (("housing", "Housing"), ("waste", "Waste"), ("secret", "Secret")):
        concept(slug, en=label)
    editions = [library.edition(title) for title in ("Homes", "Rubbish", "Members only")]
    for edition, slug in zip(editions, ("housing", "waste", "secret"), strict=True):
        edition.work.themes.set([Concept.objects.get(slug=slug)])
    restrict_page(editions[2])
    assert suggest(client, "") == [
        ("theme", "Waste", "/en/search/?theme=waste"),
        ("theme", "Housing", "/en/search/?theme=housing"),
    ]
