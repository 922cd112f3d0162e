"""What is counted of searches, and above all what is not kept."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from lxml import html

from insight import counting
from insight.counting import Outcome, count, count_opened
from insight.keeping import oldest_kept, tidy_up
from insight.models import (
    HashKey,
    InsightSettings,
    MonthCount,
    QueryCount,
    Visit,
    WeekCount,
)
from search.indexing.rebuild import rebuild
from tests.library import Library, make_user

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
MONDAY = datetime.date(2026, 3, 2)
SUNDAY = datetime.date(2026, 3, 8)


class Clock:
    """The day as insight sees it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.day = MONDAY
        patch.setattr(timezone, "localdate", lambda *_args: self.day)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture(autouse=True)
def index_folder(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"


@pytest.fixture
def searchable(library: Library) -> Library:
    library.edition("Waste collection", slug="waste", summary="Bins in the old town.")
    rebuild()
    return library


def ask(q: str, *, address: str = "203.0.113.7", browser: str = FIREFOX, **more: Any) -> Any:
    """A search from somewhere, by some browser."""
    headers = more.pop("headers", {})
    client = more.pop("client", None) or Client()
    response = client.get(
        more.pop("path", "/en/search/"),
        {"q": q, **more},
        REMOTE_ADDR=address,
        headers={"User-Agent": browser, **headers} if browser else headers,
    )
    assert response.status_code == 200
    return response


def seen(text: str, visitors: int, **found: bool) -> None:
    """A question asked by several visitors."""
    for number in range(visitors):
        count(text, "en", Outcome(**found), f"198.51.100.{number}", FIREFOX)


def everything_stored() -> str:
    """All that insight holds, as text and as bytes."""
    rows: list[Any] = []
    for model in apps.get_app_config("insight").get_models():
        rows += model.objects.values_list()
    return " ".join(
        value.hex() + repr(bytes(value)) if isinstance(value, bytes | memoryview) else str(value)
        for row in rows
        for value in row
    )


def totals() -> dict[str, int]:
    row = WeekCount.objects.filter(week=MONDAY, language="en").first()
    names = ("visits", "nothing", "by_meaning", "opened")
    return {name: getattr(row, name) if row else 0 for name in names}


class TestVisits:
    def test_one_visitor_counts_once_a_day_whatever_the_spelling(self, searchable: Library) -> None:
        for typed in ("waste", "Waste", "WASTE"):
            ask(typed)
        assert totals()["visits"] == 1

    def test_another_address_browser_or_question_is_another_visit(
        self, searchable: Library
    ) -> None:
        ask("waste")
        ask("waste", address="203.0.113.8")
        ask("waste", browser=SAFARI)
        ask("bins")
        assert totals()["visits"] == 4

    def test_weeks_and_languages_are_counted_apart(self, searchable: Library, clock: Clock) -> None:
        ask("waste")
        ask("bins", path="/tr/search/")
        ask("waste", path="/tr/search/")  # the same reader in another language: one visit
        clock.day = SUNDAY + datetime.timedelta(days=1)
        ask("waste")
        rows = WeekCount.objects.order_by("week", "language").values_list(
            "week", "language", "visits"
        )
        assert list(rows) == [(MONDAY, "en", 1), (MONDAY, "tr", 1), (clock.day, "en", 1)]

    def test_filters_and_further_pages_are_the_same_visit(self, searchable: Library) -> None:
        ask("waste", kind="publication")
        ask("waste", own="1")
        ask("waste", exact="1")
        ask("waste", related="0")
        assert not WeekCount.objects.exists()

    @pytest.mark.parametrize(
        ("browser", "headers"),
        [
            ("", {}),
            ("curl/8.9.1", {}),
            ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", {}),
            (FIREFOX, {"Sec-Purpose": "prefetch"}),
            (FIREFOX, {"DNT": "1"}),
            (FIREFOX, {"Sec-GPC": "1"}),
        ],
    )
    def test_robots_and_who_asks_to_be_left_alone_do_not_count(
        self, searchable: Library, browser: str, headers: dict[str, str]
    ) -> None:
        response = ask("waste", browser=browser, headers=headers)
        assert not Visit.objects.exists()
        assert not WeekCount.objects.exists()
        assert b"from=" not in response.content

    def test_editors_do_not_count(self, searchable: Library, client: Client) -> None:
        group = Group.objects.create(name="Staff")
        group.permissions.add(Permission.objects.get(codename="access_admin"))
        client.force_login(make_user("editor", group))
        ask("waste", client=client)
        assert not WeekCount.objects.exists()

    def test_too_many_visits_are_not_told_apart_any_more(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(counting, "MAX_VISITS", 2)
        seen("waste", 5)
        assert Visit.objects.count() == 2
        assert totals()["visits"] == 2

    def test_proxies_of_ours_are_believed_and_readers_are_not(
        self, searchable: Library, settings: Any
    ) -> None:
        settings.PROXIES = 1
        for number in range(4):
            told = f"192.0.2.{number}, 203.0.113.99"
            ask("waste", address="127.0.0.1", headers={"X-Forwarded-For": told})
        assert totals()["visits"] == 1
        ask("waste", address="127.0.0.1", headers={"X-Forwarded-For": "203.0.113.98"})
        assert totals()["visits"] == 2
        settings.PROXIES = 0
        for number in range(3):
            told = f"192.0.2.{number}"
            ask("bins", address="198.51.100.1", headers={"X-Forwarded-For": told})
        assert totals()["visits"] == 3


class TestTexts:
    def test_a_text_is_written_down_at_the_third_visit(self) -> None:
        seen("Waste  Collection", 2)
        assert "collection" not in everything_stored().casefold()
        count("waste collection", "en", Outcome(), "203.0.113.1", SAFARI)
        row = QueryCount.objects.get()
        assert (row.text, row.visits) == ("waste collection", 3)

    def test_the_same_visitor_again_and_again_makes_no_third_visit(self) -> None:
        for _ in range(5):
            count("my neighbour", "en", Outcome(), "203.0.113.1", SAFARI)
        assert "neighbour" not in everything_stored()

    def test_visits_of_two_weeks_are_not_added_up(self, clock: Clock) -> None:
        seen("rare question", 2)
        clock.day = SUNDAY + datetime.timedelta(days=1)
        seen("rare question", 2)
        assert "rare question" not in everything_stored()
        assert QueryCount.objects.count() == 1

    @pytest.mark.parametrize(
        "text", ["ali@example.org", "tckn 10000000146", "0532 123 45 67", "٨١١٢٢٨-٩٨٧٤"]
    )
    def test_what_may_be_personal_is_never_stored_nor_hashed(self, text: str) -> None:
        seen(text, 5)
        assert not QueryCount.objects.exists()
        assert not HashKey.objects.filter(purpose=HashKey.Purpose.QUERY).exists()
        assert totals()["visits"] == 5

    def test_too_many_questions_are_not_told_apart_any_more(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(counting, "MAX_QUERIES", 2)
        for word in ("one", "two", "three", "four"):
            seen(word, 1)
        assert QueryCount.objects.count() == 2
        assert totals()["visits"] == 4


class TestKeys:
    def test_neither_address_nor_browser_nor_question_is_stored(self, searchable: Library) -> None:
        ask("waste bins of the old town")
        stored = everything_stored()
        assert Visit.objects.count() == 1
        for secret in ("203.0.113.7", "Firefox", "Mozilla", "old town"):
            assert secret not in stored

    def test_the_day_s_key_and_hashes_are_gone_the_next_day(self, clock: Clock) -> None:
        seen("waste", 1)
        key = bytes(HashKey.objects.get(purpose=HashKey.Purpose.VISIT).key)
        mark = Visit.objects.get().mark
        clock.day += datetime.timedelta(days=1)
        seen("waste", 1)
        stored = everything_stored()
        assert key.hex() not in stored
        assert mark not in stored
        assert HashKey.objects.filter(purpose=HashKey.Purpose.VISIT).count() == 1

    def test_the_same_visitor_has_another_hash_tomorrow(self, clock: Clock) -> None:
        marks = set()
        for _ in range(3):
            seen("waste", 1)
            marks.add(Visit.objects.get().mark)
            clock.day += datetime.timedelta(days=1)
        assert len(marks) == 3

    def test_the_scheduler_forgets_where_nobody_searches(self, clock: Clock) -> None:
        seen("waste", 1)
        clock.day += datetime.timedelta(days=1)
        tidy_up()
        assert not Visit.objects.exists()
        assert not HashKey.objects.filter(purpose=HashKey.Purpose.VISIT).exists()
        assert QueryCount.objects.count() == 1, "the week is not over"

    def test_the_week_s_key_and_hashes_are_gone_the_next_week(self, clock: Clock) -> None:
        seen("often", 3)
        seen("seldom", 2)
        clock.day = SUNDAY
        tidy_up()
        assert QueryCount.objects.count() == 2
        clock.day += datetime.timedelta(days=1)
        tidy_up()
        assert not HashKey.objects.exists()
        row = QueryCount.objects.get()
        assert (row.text, row.visits, row.mark) == ("often", 3, "")
        assert totals()["visits"] == 5

    def test_one_key_serves_a_day(self) -> None:
        seen("waste", 3)
        seen("bins", 3)
        assert HashKey.objects.filter(purpose=HashKey.Purpose.VISIT).count() == 1
        assert HashKey.objects.filter(purpose=HashKey.Purpose.QUERY).count() == 1


class TestOutcomes:
    def test_a_search_without_result_is_told(self, searchable: Library) -> None:
        for number in range(3):
            ask("zebra crossing", address=f"203.0.113.{number}")
        assert totals() == {"visits": 3, "nothing": 3, "by_meaning": 0, "opened": 0}
        assert QueryCount.objects.get().nothing == 3

    def test_a_search_that_only_meaning_answers_is_told(self) -> None:
        from search.engines.base import Hit

        def hit(*reasons: Any) -> Hit:
            return Hit(1, "en", "s", "t", "", "publication", None, 1.0, ("en",), (), reasons)

        assert Outcome.of([hit("meaning")], 1) == Outcome(by_meaning=True)
        assert Outcome.of([hit("meaning"), hit("words", "meaning")], 2) == Outcome()
        assert Outcome.of([], 0) == Outcome(nothing=True)

    def test_nothing_is_counted_while_the_index_is_away(self, library: Library) -> None:
        ask("waste")
        assert not WeekCount.objects.exists()


class TestOpening:
    @staticmethod
    def link(response: Any) -> str:
        return str(html.fromstring(response.content).xpath("//article//h3/a/@href")[0])

    def test_a_result_is_opened_by_a_signed_link_at_its_own_address(
        self, searchable: Library
    ) -> None:
        link = self.link(ask("waste"))
        assert "/waste?from=" in link
        opened = Client().get(link, headers={"User-Agent": FIREFOX})
        assert opened.status_code == 302
        assert opened.headers["Location"] == link.partition("?")[0]
        assert Client().get(opened.headers["Location"]).status_code == 200
        assert totals()["opened"] == 1
        assert QueryCount.objects.get().opened == 1

    def test_a_visit_is_opened_once(self, searchable: Library) -> None:
        link = self.link(ask("waste"))
        for _ in range(3):
            Client().get(link, headers={"User-Agent": FIREFOX})
        assert totals()["opened"] == 1

    @pytest.mark.parametrize("browser", ["", "curl/8", "Mozilla/5.0 (compatible; bingbot/2.0)"])
    def test_robots_open_nothing_and_get_there_all_the_same(
        self, searchable: Library, browser: str
    ) -> None:
        link = self.link(ask("waste"))
        response = Client().get(link, headers={"User-Agent": browser}, follow=True)
        assert response.status_code == 200
        assert totals()["opened"] == 0

    def test_a_token_of_nobody_s_raises_nothing(self, searchable: Library) -> None:
        link = self.link(ask("waste"))
        for token in ("1-1-en.forged", "nonsense", "", "1-1-en"):
            response = Client().get(
                link.partition("?")[0], {"from": token, "q": "a"}, headers={"User-Agent": FIREFOX}
            )
            assert response.headers["Location"] == f"{link.partition('?')[0]}?q=a"
        assert totals()["opened"] == 0

    def test_a_token_of_yesterday_raises_nothing(self, searchable: Library, clock: Clock) -> None:
        token = self.link(ask("waste")).partition("from=")[2]
        clock.day += datetime.timedelta(days=1)
        assert not count_opened(token)
        assert totals()["opened"] == 0

    def test_a_token_says_nothing_of_question_or_visitor(self, searchable: Library) -> None:
        token = self.link(ask("waste")).partition("from=")[2]
        assert token.partition(".")[0].count("-") == 2
        assert "waste" not in token

    def test_other_addresses_keep_a_parameter_of_this_name(self, searchable: Library) -> None:
        assert Client().get("/en/search/suggest", {"q": "wa", "from": "x"}).status_code == 200


class TestKeeping:
    def test_weeks_are_kept_for_thirteen_months_then_summed(self, clock: Clock) -> None:
        old = datetime.date(2025, 1, 27)
        kept = datetime.date(2025, 2, 3)
        for week in (datetime.date(2025, 1, 6), old, kept):
            WeekCount.objects.create(week=week, language="sv", visits=5, nothing=2, opened=1)
            QueryCount.objects.create(week=week, language="sv", visits=5, text="avfall")
        tidy_up()
        month = MonthCount.objects.get()
        assert (month.month, month.language) == (datetime.date(2025, 1, 1), "sv")
        assert (month.visits, month.nothing, month.opened) == (10, 4, 2)
        assert [row.week for row in WeekCount.objects.all()] == [kept]
        assert [row.week for row in QueryCount.objects.all()] == [kept]
        tidy_up()
        assert MonthCount.objects.get().visits == 10

    def test_sums_have_no_place_for_a_text(self) -> None:
        fields = {field.name for field in MonthCount._meta.get_fields()}
        assert fields == {
            "id", "month", "language", "visits", "nothing", "by_meaning", "opened"
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("day", "first"),
        [("2026-03-02", "2025-02-01"), ("2026-01-31", "2024-12-01"), ("2026-02-28", "2025-01-01")],
    )
    def test_the_oldest_month(self, day: str, first: str) -> None:
        fromiso = datetime.date.fromisoformat
        assert oldest_kept(fromiso(day)) == fromiso(first)


class TestSwitch:
    @pytest.fixture(params=["operator", "administrator"])
    def off(self, request: Any, settings: Any) -> None:
        if request.param == "operator":
            settings.INSIGHT = False
        else:
            InsightSettings.objects.create(count_searches=False)

    def test_nothing_is_counted(self, searchable: Library, off: None) -> None:
        response = ask("waste")
        for model in (Visit, WeekCount, QueryCount, HashKey):
            assert not model.objects.exists()
        assert b"from=" not in response.content

    def test_no_link_counts(self, searchable: Library, settings: Any) -> None:
        link = TestOpening.link(ask("waste"))
        settings.INSIGHT = False
        assert Client().get(link, headers={"User-Agent": FIREFOX}).status_code == 302
        assert totals()["opened"] == 0

    def test_keys_and_hashes_go_and_counters_stay(self, settings: Any) -> None:
        seen("waste", 3)
        seen("bins", 1)
        settings.INSIGHT = False
        tidy_up()
        assert not HashKey.objects.exists()
        assert not Visit.objects.exists()
        assert [(row.text, row.mark) for row in QueryCount.objects.all()] == [("waste", "")]
        assert totals()["visits"] == 4


def test_a_search_is_answered_though_counting_fails(
    searchable: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: Any) -> str:
        raise RuntimeError("no counter")

    monkeypatch.setattr(counting, "count", fail)
    assert b"Waste" in ask("waste").content
