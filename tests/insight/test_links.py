"""Links: gathered from what is published, tried politely, never inside our own network."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from home.models import HomePage
from insight.links import checking
from insight.links.checking import broken_links, check_due_links, due_links, note
from insight.links.connecting import is_public
from insight.links.gathering import gather_links, links_of
from insight.links.trying import Outcome, try_address
from insight.models import LinkCheck, LinkUse
from publications.models import WorkIdentifier
from tests.library import Library

pytestmark = pytest.mark.django_db

State = LinkCheck.State
DAY = datetime.timedelta(days=1)


class Handler(BaseHTTPRequestHandler):
    """A server whose paths say what it answers; it remembers what it was asked."""

    def answer(self) -> None:
        self.server.asked.append((self.command, self.path))  # type: ignore[attr-defined]
        name = self.path.strip("/").split("/")[0]
        if name == "gone":
            self.send_response(404)
        elif name == "no-head" and self.command == "HEAD":
            self.send_response(405)
        elif name == "closed":
            self.send_response(403)
        elif name == "round":
            self.send_response(302)
            self.send_header("Location", "/round")
        elif name == "moved":
            self.send_response(301)
            self.send_header("Location", "/fine")
        elif name == "inside":
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
        else:
            self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = answer

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Any]:
    """A web server of this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def web(server: Any, settings: Any) -> str:
    """Its address, where links to this machine may be tried."""
    settings.LINK_CHECKS_PRIVATE = True
    return f"http://127.0.0.1:{server.server_port}"


def link(url: str, **fields: Any) -> LinkCheck:
    from insight.links.gathering import key_of

    return LinkCheck.objects.create(url=url, key=key_of(url), **fields)


class TestTrying:
    @pytest.mark.parametrize(
        ("path", "outcome"),
        [
            ("/fine", Outcome(State.FINE)),
            ("/moved", Outcome(State.FINE)),
            ("/no-head", Outcome(State.FINE)),
            ("/gone", Outcome(State.FAILED, "404")),
            ("/closed", Outcome(State.UNCLEAR, "403")),
            ("/round", Outcome(State.FAILED, "redirects")),
            ("/path with spaces/çöp?q=atık", Outcome(State.FINE)),
        ],
    )
    def test_what_a_server_answers(self, web: str, path: str, outcome: Outcome) -> None:
        assert try_address(web + path) == outcome

    def test_the_page_is_asked_for_only_where_its_head_is_refused(
        self, web: str, server: Any
    ) -> None:
        try_address(f"{web}/fine")
        try_address(f"{web}/no-head")
        assert server.asked == [("HEAD", "/fine"), ("HEAD", "/no-head"), ("GET", "/no-head")]

    def test_a_redirect_leaves_the_web_for_nothing(self, web: str) -> None:
        assert try_address(f"{web}/inside").state == State.FAILED

    def test_a_server_that_is_not_there(self, settings: Any) -> None:
        settings.LINK_CHECKS_PRIVATE = True
        assert try_address("http://127.0.0.1:1/") == Outcome(State.FAILED, "unreachable", True)

    @pytest.mark.parametrize(
        "url", ["ftp://example.org/", "http://", "http://[::1", "http://example.org:port/"]
    )
    def test_what_is_no_address_of_the_web(self, url: str) -> None:
        assert try_address(url).state == State.FAILED


class TestOwnNetwork:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
            "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
            "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
        ],
    )  # fmt: skip
    def test_addresses_that_are_not_public(self, address: str) -> None:
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "::ffff:8.8.8.8"])
    def test_addresses_that_are(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
    def test_no_server_of_this_machine_is_asked(
        self, server: Any, host: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from insight.links import connecting

        monkeypatch.setattr(connecting, "PORTS", (server.server_port,))
        outcome = try_address(f"http://{host}:{server.server_port}/fine")
        assert outcome.state != State.FINE
        assert server.asked == []

    def test_ports_of_other_services_are_not_tried(self, server: Any) -> None:
        assert try_address("http://8.8.8.8:22/") == Outcome(State.UNCLEAR, "not_public")


class TestGathering:
    def test_links_and_identifiers_of_what_is_published(self, library: Library) -> None:
        body = (
            '<p><a href="https://example.org/a#part">a</a> <a linktype="page" id="1">b</a>'
            '<a href="mailto:x@example.org">c</a> <a href="https://example.org/a">d</a></p>'
        )
        edition = library.edition("Report", body=body)
        library.edition("Draft", body='<a href="https://example.org/draft">x</a>', publish=False)
        WorkIdentifier.objects.create(work=edition.work, scheme="doi", value="10.1000/182")
        WorkIdentifier.objects.create(work=edition.work, scheme="isbn", value="9783161484100")
        WorkIdentifier.objects.create(work=edition.work, scheme="other", value="http://o.org/1")
        gather_links()
        urls = {"https://example.org/a", "https://doi.org/10.1000/182", "http://o.org/1"}
        assert set(LinkCheck.objects.values_list("url", flat=True)) == urls
        assert LinkUse.objects.filter(page=edition.page_ptr).count() == 3

    def test_links_to_ourselves_are_not_tried(self, library: Library, settings: Any) -> None:
        settings.WAGTAILADMIN_BASE_URL = "https://library.example.org"
        page = HomePage.objects.first()
        page.body = ""
        edition = library.edition("Report", body='<a href="https://library.example.org/en/">us</a>')
        assert list(links_of(edition)) == []

    def test_what_is_linked_no_more_goes_and_the_rest_keeps_its_state(
        self, library: Library
    ) -> None:
        edition = library.edition(
            "Report", body='<a href="https://a.org/">a</a><a href="https://b.org/">b</a>'
        )
        gather_links()
        LinkCheck.objects.filter(url="https://a.org/").update(state=State.FINE)
        edition.body = '<a href="https://a.org/">a</a>'
        edition.save_revision().publish()
        gather_links()
        assert [(row.url, row.state) for row in LinkCheck.objects.all()] == [
            ("https://a.org/", State.FINE)
        ]
        edition.unpublish()
        gather_links()
        assert not LinkCheck.objects.exists()


class TestBroken:
    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> list[datetime.datetime]:
        now = [timezone.now().replace(hour=12)]
        monkeypatch.setattr(timezone, "now", lambda: now[0])
        return now

    def test_a_link_is_broken_when_it_failed_on_two_days(self, clock: Any) -> None:
        row = link("https://a.org/")
        failed = Outcome(State.FAILED, "404")
        note(row, failed)
        clock[0] += datetime.timedelta(hours=3)
        note(row, failed)
        assert not broken_links().exists()
        clock[0] += DAY
        note(row, failed)
        assert broken_links().get() == row
        assert clock[0] - row.first_failed > DAY

    def test_a_link_that_works_again_begins_anew(self, clock: Any) -> None:
        row = link("https://a.org/")
        for outcome in (State.FAILED, State.FINE, State.FAILED):
            note(row, Outcome(outcome))
            clock[0] += DAY
        assert not broken_links().exists()
        assert row.failed_days == 1

    def test_what_is_closed_to_programs_is_not_broken(self, clock: Any) -> None:
        row = link("https://a.org/")
        for _ in range(3):
            note(row, Outcome(State.UNCLEAR, "403"))
            clock[0] += DAY
        assert not broken_links().exists()

    def test_it_is_tried_again_the_next_day_or_week(self, clock: Any) -> None:
        note(link("https://fine.org/"), Outcome(State.FINE))
        note(link("https://failed.org/"), Outcome(State.FAILED, "404"))
        assert not due_links().exists()
        clock[0] += DAY
        assert [row.url for row in due_links()] == ["https://failed.org/"]
        clock[0] += 6 * DAY
        assert due_links().count() == 2


class TestBatch:
    def test_due_links_are_tried_a_few_of_each_server(
        self, web: str, server: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(checking, "PER_HOST", 2)
        rows = [link(f"{web}/{name}") for name in ("fine", "gone", "third")]
        assert check_due_links(pause_seconds=0) == 2
        for row in rows:
            row.refresh_from_db()
        assert [row.state for row in rows] == [State.FINE, State.FAILED, State.NEW]
        assert check_due_links(pause_seconds=0) == 1

    def test_our_own_network_being_down_breaks_no_link(self, settings: Any) -> None:
        settings.LINK_CHECKS_PRIVATE = True
        for port in (1, 2):
            link(f"http://127.0.0.1:{port}/")
        assert check_due_links(pause_seconds=0) == 0
        assert set(LinkCheck.objects.values_list("state", flat=True)) == {State.NEW}
        assert not due_links().exists(), "they are tried again in a while"

    def test_the_switch(self, web: str, server: Any, settings: Any) -> None:
        settings.LINK_CHECKS = False
        link(f"{web}/fine")
        assert check_due_links() == 0
        assert server.asked == []
