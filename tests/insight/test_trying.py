"""Trying labels: the searches that would change, before and after, and nothing stored."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission

from glossary.models import Concept, Label
from insight import trying
from insight.keys import week_of
from insight.models import QueryCount
from insight.trying import try_labels
from search.indexing.rebuild import rebuild
from tests.library import Library, make_user, restrict_page

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


def searched(text: str, visits: int = 3, language: str = "en", weeks: int = 0) -> None:
    week = week_of(timezone.localdate()) - datetime.timedelta(weeks=weeks)
    QueryCount.objects.create(week=week, language=language, text=text, visits=visits)


@pytest.fixture
def refuse(library: Library) -> Concept:
    """A concept with one label, and works that hold this label or another name of it."""
    library.edition("Waste in the city")
    library.edition("Refuse in the city")
    restrict_page(library.edition("Secret refuse"))
    rebuild()
    concept = Concept.objects.create(slug="refuse")
    Label.objects.create(concept=concept, language="en", text="refuse")
    return concept


def test_a_new_label_brings_works_to_the_searches_that_name_it(refuse: Concept) -> None:
    for text, visits in (("waste", 5), ("budget", 9), ("refuse", 3)):
        searched(text, visits)
    trial = try_labels("refuse", {"en": ("refuse", "waste")})
    assert trial.examined == 3
    assert [difference.text for difference in trial.tried] == ["waste", "refuse"]
    waste = trial.tried[0]
    assert (waste.visits, waste.before.total, waste.after.total) == (5, 1, 2)
    assert [hit.title for hit in waste.after.hits if hit.work in waste.coming] == [
        "Refuse in the city"
    ], "and no work that not everybody may see"
    assert waste.is_seen
    assert [label.text for label in waste.after.labels] == ["refuse"]


def test_a_label_that_goes_takes_works_away(refuse: Concept) -> None:
    Label.objects.create(concept=refuse, language="en", kind="alternative", text="waste")
    searched("waste")
    (difference,) = try_labels("refuse", {"en": ("refuse",)}).tried
    assert (difference.before.total, difference.after.total) == (2, 1)
    assert len(difference.going) == 1


def test_the_same_labels_change_nothing(refuse: Concept) -> None:
    searched("refuse")
    trial = try_labels("refuse", {"en": ("refuse",)})
    assert (trial.examined, trial.affected, trial.tried) == (1, 0, ())


def test_older_searches_play_no_part(refuse: Concept) -> None:
    searched("waste", weeks=6)
    assert try_labels("refuse", {"en": ("refuse", "waste")}).examined == 0


def test_the_most_frequent_are_tried(refuse: Concept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trying, "MAX_TRIED", 1)
    searched("old waste", 3)
    searched("waste", 30)
    trial = try_labels("refuse", {"en": ("refuse", "waste")})
    assert trial.affected == 2
    assert [difference.text for difference in trial.tried] == ["waste"]


class TestButton:
    @pytest.fixture
    def client(self, library: Library) -> Client:
        group = Group.objects.create(name="Editors of concepts")
        names = ["access_admin", "change_concept", "add_concept"]
        group.permissions.set(Permission.objects.filter(codename__in=names))
        GroupPagePermission.objects.create(
            group=group,
            page=library.sections["en"],
            permission=Permission.objects.get(codename="add_page"),
        )
        client = Client()
        client.force_login(make_user("editor", group))
        return client

    @staticmethod
    def sent(*texts: str, concept: Concept | None = None, slug: str = "refuse") -> dict[str, str]:
        """The form of a concept with English labels, the first one preferred."""
        stored = list(concept.labels.order_by("pk")) if concept else []
        data = {
            "slug": slug,
            "labels-TOTAL_FORMS": str(len(texts)),
            "labels-INITIAL_FORMS": str(len(stored)),
            "exact_matches-TOTAL_FORMS": "0",
            "exact_matches-INITIAL_FORMS": "0",
        }
        for number, text in enumerate(texts):
            data |= {
                f"labels-{number}-id": str(stored[number].pk) if number < len(stored) else "",
                f"labels-{number}-language": "en",
                f"labels-{number}-kind": "alternative" if number else "preferred",
                f"labels-{number}-text": text,
            }
        return data

    def test_the_form_sends_itself_to_be_tried(self, client: Client, refuse: Concept) -> None:
        page = client.get(reverse("wagtailsnippets_glossary_concept:edit", args=[refuse.pk]))
        url = reverse("insight_try_labels", args=[refuse.pk])
        assert f'formaction="{url}"' in page.content.decode()
        page = client.get(reverse("wagtailsnippets_glossary_concept:add"))
        assert f'formaction="{reverse("insight_try_new_labels")}"' in page.content.decode()

    def test_the_page_says_what_would_change_and_stores_nothing(
        self, client: Client, refuse: Concept
    ) -> None:
        searched("waste")
        url = reverse("insight_try_labels", args=[refuse.pk])
        page = client.post(url, self.sent("refuse", "waste", concept=refuse)).content.decode()
        assert "“waste”" in page
        assert "Refuse in the city" in page
        assert [label.text for label in Label.objects.all()] == ["refuse"]

    def test_a_new_concept_is_tried_too(self, client: Client, refuse: Concept) -> None:
        searched("waste")
        data = self.sent("waste", "refuse", slug="rubbish")
        page = client.post(reverse("insight_try_new_labels"), data).content.decode()
        assert "Refuse in the city" in page
        assert Concept.objects.count() == 1

    def test_unchanged_labels_change_nothing_in_whatever_order(
        self, client: Client, refuse: Concept
    ) -> None:
        for text in ("zzz", "aaa"):
            Label.objects.create(concept=refuse, language="en", kind="alternative", text=text)
        searched("refuse")
        data = self.sent("refuse", "zzz", "aaa", concept=refuse)
        url = reverse("insight_try_labels", args=[refuse.pk])
        assert "None of the 1 searches" in client.post(url, data).content.decode()

    def test_a_form_with_mistakes_is_not_tried(self, client: Client, refuse: Concept) -> None:
        url = reverse("insight_try_labels", args=[refuse.pk])
        page = client.post(url, self.sent("", concept=refuse)).content.decode()
        assert "mend them first" in page

    def test_it_is_for_who_may_change_concepts(self, refuse: Concept) -> None:
        group = Group.objects.create(name="Guests")
        group.permissions.set(Permission.objects.filter(codename="access_admin"))
        client = Client()
        client.force_login(make_user("guest", group))
        for url in (
            reverse("insight_try_labels", args=[refuse.pk]),
            reverse("insight_try_new_labels"),
        ):
            assert client.post(url, self.sent("refuse", "waste")).status_code == 302
