"""Searches that were answered only in a language the reader did not ask in."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from glossary.models import Concept, Label
from search.indexing.rebuild import rebuild
from tests.library import Library, make_user, restrict_page
from tests.translations.helpers import translator
from translations.elsewhere import count_answer, prune, week_of
from translations.models import AnsweredElsewhere

pytestmark = pytest.mark.django_db

REPORT = "/admin/reports/answered-elsewhere/"


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


def concept(slug: str, *, theme: bool = False, **labels: str) -> Concept:
    made = Concept.objects.create(slug=slug, is_theme=theme)
    for language, text in labels.items():
        Label.objects.create(concept=made, language=language, text=text)
    return made


@pytest.fixture
def drainage(library: Library) -> Any:
    """An English report that a Swedish word leads to by way of the glossary."""
    concept("drainage", en="drainage", sv="dagvatten", tr="yağmur suyu")
    edition = library.edition("Drainage of rain", summary="About drainage")
    rebuild()
    return edition


def counted() -> list[tuple[str, int, int]]:
    rows = AnsweredElsewhere.objects.order_by("language")
    return list(rows.values_list("language", "work_id", "count"))


def test_a_good_answer_in_another_language_is_counted(drainage: Any, client: Client) -> None:
    client.get("/sv/search/", {"q": "dagvatten"})
    client.get("/sv/search/", {"q": "dagvatten"})
    client.get("/tr/search/", {"q": "yağmur suyu"})
    assert counted() == [("sv", drainage.work_id, 2), ("tr", drainage.work_id, 1)]
    assert AnsweredElsewhere.objects.first().week == week_of(timezone.localdate())  # type: ignore[union-attr]


def test_nothing_of_the_question_is_kept(drainage: Any, client: Client) -> None:
    client.get("/sv/search/", {"q": "dagvatten"})
    columns = {field.name for field in AnsweredElsewhere._meta.fields}
    assert columns == {"id", "week", "language", "work", "count"}


def test_a_reader_who_asked_in_the_language_of_the_answer_missed_nothing(
    drainage: Any, client: Client
) -> None:
    client.get("/sv/search/", {"q": "drainage"})
    client.get("/en/search/", {"q": "drainage"})
    assert counted() == []


def test_an_answer_in_the_language_of_the_page_is_enough(
    library: Library, drainage: Any, client: Client
) -> None:
    library.edition("Om dagvatten", language="sv")
    rebuild()
    client.get("/sv/search/", {"q": "dagvatten"})
    assert counted() == []


def test_narrowed_and_unanswered_searches_do_not_count(drainage: Any, client: Client) -> None:
    client.get("/sv/search/", {"q": "dagvatten", "language": "en"})
    client.get("/sv/search/", {"q": "dagvatten", "sort": "date"})
    client.get("/sv/search/", {"q": "dagvatten", "own": "1"})
    client.get("/sv/search/", {"q": "ingenting"})
    client.get("/sv/search/")
    assert counted() == []


def test_counting_costs_one_update(drainage: Any) -> None:
    count_answer(drainage.work_id, "sv")
    with CaptureQueriesContext(connection) as captured:
        count_answer(drainage.work_id, "sv")
    assert len(captured) == 1
    assert captured[0]["sql"].startswith("UPDATE")


def test_old_counters_are_removed(library: Library) -> None:
    work = library.edition("A report").work
    today = timezone.localdate()
    for days in (0, 380, 420):
        AnsweredElsewhere.objects.create(
            week=week_of(today - datetime.timedelta(days=days)), language="sv", work=work, count=1
        )
    prune()
    assert AnsweredElsewhere.objects.count() == 2


def test_the_report_says_what_to_translate_next(library: Library, client: Client) -> None:
    water = concept("water", theme=True, en="Water")
    wet, dry = library.edition("Wet"), library.edition("Dry")
    wet.work.themes.add(water)
    last_week = week_of(timezone.localdate()) - datetime.timedelta(days=7)
    AnsweredElsewhere.objects.create(week=last_week, language="sv", work=wet.work, count=3)
    count_answer(wet.work_id, "sv")
    count_answer(wet.work_id, "tr")
    count_answer(dry.work_id, "sv")
    client.force_login(make_user("chief", superuser=True))

    def rows(**query: Any) -> list[tuple[str, str, str]]:
        table = client.get(REPORT, query).context["table"]
        return [(row.title, row.asked_in, row.count) for row in table.data]

    assert rows() == [
        ("Wet", "Swedish", "4"),
        ("Wet", "Turkish", "1"),
        ("Dry", "Swedish", "1"),
    ]
    assert rows(language="tr") == [("Wet", "Turkish", "1")]
    assert ("Dry", "Swedish", "1") not in rows(theme=water.pk)
    text = client.get(REPORT).content.decode()
    assert "Water: 5 searches" in text
    assert f"/admin/translations/begin/{wet.work_id}/sv/" in text
    assert "Wet" in client.get("/admin/").content.decode()


def test_the_report_names_no_work_that_the_user_may_not_know_of(
    library: Library, client: Client
) -> None:
    hidden = library.edition("Secret report")
    restrict_page(hidden, "groups")
    count_answer(hidden.work_id, "sv")
    client.force_login(translator(library, "sv"))
    assert "Secret report" not in client.get(REPORT).content.decode()
    assert "Secret report" not in client.get("/admin/").content.decode()
