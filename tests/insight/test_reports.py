"""Reports and the editors' home: each editor sees what they may change, and nothing else."""

from __future__ import annotations

import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission

from glossary.models import Concept, Label
from insight.links.gathering import key_of
from insight.models import LinkCheck, LinkUse, QueryCount, Review, WeekCount
from insight.reviews import still_right, works_to_review
from publications.models import Edition, Reading
from search.concepts import find_concepts
from search.query import parse
from tests.library import Library, make_user, pdf_bytes
from translations.models import TranslationRequest

pytestmark = pytest.mark.django_db

WEEK = datetime.date(2026, 3, 2)
LONG_AGO = timezone.now() - datetime.timedelta(days=800)


def editor(name: str, page: Any = None, *permissions: str, rights: str = "add change") -> User:
    """Somebody who enters the admin, with rights on the pages below one, and further ones."""
    group = Group.objects.create(name=name)
    wanted = Permission.objects.filter(codename__in=["access_admin", *permissions])
    group.permissions.set(wanted)
    for right in rights.split() if page is not None else ():
        GroupPagePermission.objects.create(
            group=group, page=page, permission=Permission.objects.get(codename=f"{right}_page")
        )
    return make_user(name, group)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def searches(db: None) -> list[QueryCount]:
    WeekCount.objects.create(week=WEEK, language="tr", visits=20, nothing=4)
    rows = [
        QueryCount(week=WEEK, language="tr", text="çöp toplama", visits=9, nothing=9),
        QueryCount(week=WEEK, language="en", text="shelter", visits=7, by_meaning=7, opened=2),
        QueryCount(week=WEEK, language="en", text="budget", visits=5),
        QueryCount(week=WEEK, language="en", mark="ff", visits=2),
    ]
    return QueryCount.objects.bulk_create(rows)


class TestSearches:
    url = "/admin/reports/searches/"

    def texts(self, client: Client, **params: str) -> list[str]:
        response = client.get(self.url, params)
        assert response.status_code == 200
        return [row.text for row in response.context["object_list"]]

    def test_the_most_frequent_searches_come_first_with_the_sums(
        self, library: Library, searches: Any
    ) -> None:
        client = logged_in(editor("editor", library.sections["tr"]))
        assert self.texts(client) == ["çöp toplama", "shelter", "budget"]
        assert "All searches of the last weeks" in client.get(self.url).content.decode()

    @pytest.mark.parametrize(
        ("params", "texts"),
        [
            ({"language": "tr"}, ["çöp toplama"]),
            ({"outcome": "nothing"}, ["çöp toplama"]),
            ({"outcome": "meaning"}, ["shelter"]),
            ({"outcome": "unopened"}, ["budget"]),
            ({"week": "2026-03-02", "language": "en"}, ["shelter", "budget"]),
            ({"q": "shel"}, ["shelter"]),
        ],
    )
    def test_filters(self, searches: Any, params: dict[str, str], texts: list[str]) -> None:
        client = logged_in(make_user("chief", superuser=True))
        assert self.texts(client, **params) == texts

    @pytest.mark.parametrize("rights", ["add", "publish"])
    def test_editors_and_moderators_may_see_it(
        self, library: Library, searches: Any, rights: str
    ) -> None:
        client = logged_in(editor("someone", library.sections["tr"], rights=rights))
        assert client.get(self.url).status_code == 200

    def test_others_may_not(self, library: Library, searches: Any) -> None:
        translator = editor("translator", library.sections["tr"], rights="change")
        for client in (Client(), logged_in(make_user("reader")), logged_in(translator)):
            for address in (self.url, f"{self.url}results/", f"{self.url}?export=csv"):
                response = client.get(address)
                assert response.status_code == 302
                assert "/login" in response.url or response.url == "/admin/"

    def test_export(self, searches: Any) -> None:
        client = logged_in(make_user("chief", superuser=True))
        csv = b"".join(client.get(self.url, {"export": "csv"}).streaming_content).decode()
        assert "çöp toplama" in csv
        assert len(csv.splitlines()) == 4
        xlsx = b"".join(client.get(self.url, {"export": "xlsx"}).streaming_content)
        sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).active
        assert [row[2].value for row in sheet][1:] == ["çöp toplama", "shelter", "budget"]

    def test_what_readers_typed_is_escaped(self, searches: Any) -> None:
        QueryCount.objects.create(
            week=WEEK, language="en", text="<script>alert(1)</script>", visits=50, nothing=50
        )
        client = logged_in(make_user("chief", superuser=True))
        assert "<script>alert(1)" not in client.get(self.url).content.decode()


class TestFromASearch:
    def links(self, client: Client) -> list[str]:
        page = client.get("/admin/reports/searches/").content.decode()
        return [part.split('"')[0] for part in page.split('href="')[1:]]

    def test_a_search_becomes_a_new_concept(self, searches: Any) -> None:
        client = logged_in(make_user("chief", superuser=True))
        url = reverse("wagtailsnippets_glossary_concept:add")
        (link,) = [link for link in self.links(client) if link.startswith(f"{url}?")]
        page = client.get(link.replace("&amp;", "&")).content.decode()
        assert 'value="çöp toplama"' in page
        assert 'value="cop-toplama"' in page

    def test_a_search_becomes_a_label_of_a_concept(self, searches: Any) -> None:
        client = logged_in(make_user("chief", superuser=True))
        concept = Concept.objects.create(slug="waste")
        label = Label.objects.create(concept=concept, language="tr", text="atık")
        url = reverse("insight_to_concept", args=[searches[0].pk])
        assert url in self.links(client)
        assert "çöp toplama" in client.get(url).content.decode()
        response = client.post(url, {"concept": str(concept.pk)})
        form = client.get(response.url)
        assert 'value="çöp toplama"' in form.content.decode()
        assert Label.objects.count() == 1, "nothing is stored before it is saved"
        sent = {
            "slug": "waste",
            "labels-TOTAL_FORMS": "2",
            "labels-INITIAL_FORMS": "2",
            "labels-0-id": str(label.pk),
            "labels-0-language": "tr",
            "labels-0-kind": "preferred",
            "labels-0-text": "atık",
            "labels-1-id": "",
            "labels-1-language": "tr",
            "labels-1-kind": "alternative",
            "labels-1-text": "çöp toplama",
            "exact_matches-TOTAL_FORMS": "0",
            "exact_matches-INITIAL_FORMS": "0",
        }
        edit = reverse("wagtailsnippets_glossary_concept:edit", args=[concept.pk])
        assert client.post(edit, sent).status_code == 302
        assert [found.slug for found in find_concepts(parse("çöp toplama"))] == ["waste"]

    def test_a_search_becomes_a_recommended_work(self, searches: Any) -> None:
        client = logged_in(make_user("chief", superuser=True))
        url = reverse("wagtailsnippets_search_promotion:add")
        (link,) = [link for link in self.links(client) if link.startswith(f"{url}?")]
        assert 'value="çöp toplama"' in client.get(link.replace("&amp;", "&")).content.decode()

    def test_a_search_becomes_a_translation_to_be_made(
        self, library: Library, searches: Any
    ) -> None:
        edition = library.edition("Avfall", language="sv")
        user = make_user("chief", superuser=True)
        client = logged_in(user)
        url = reverse("insight_ask_for_translation", args=[searches[0].pk])
        assert url in self.links(client)
        response = client.post(url, {"edition": str(edition.pk)}, follow=True)
        assert "Avfall" in response.content.decode(), "on the board"
        request = TranslationRequest.objects.get()
        assert (request.work, request.language, request.asked_by) == (edition.work, "tr", user)
        assert "çöp toplama" in request.reason

    def test_a_work_that_is_there_in_the_language_is_not_asked_for(
        self, library: Library, searches: Any
    ) -> None:
        edition = library.edition("Atık", language="tr")
        url = reverse("insight_ask_for_translation", args=[searches[0].pk])
        client = logged_in(make_user("chief", superuser=True))
        page = client.post(url, {"edition": str(edition.pk)}).content.decode()
        assert "is there in Turkish already" in page
        assert not TranslationRequest.objects.exists()

    def test_only_what_an_editor_may_do_is_offered(self, library: Library, searches: Any) -> None:
        client = logged_in(editor("editor", library.sections["tr"]))
        links = self.links(client)
        assert not [link for link in links if "label=" in link or "phrase=" in link]
        url = reverse("insight_to_concept", args=[searches[0].pk])
        assert url not in links
        assert client.get(url).status_code == 302
        assert client.get(url, follow=True).redirect_chain[0][0] == "/admin/"


def broken(page: Any, url: str = "https://gone.example.org/") -> LinkCheck:
    """A link on a page that failed on two days."""
    link = LinkCheck.objects.create(
        key=key_of(url),
        url=url,
        state="failed",
        problem="404",
        failed_days=2,
        first_failed=LONG_AGO,
    )
    LinkUse.objects.create(link=link, page_id=page.pk)
    return link


def published_long_ago(edition: Edition) -> Edition:
    Edition.objects.filter(pk=edition.pk).update(last_published_at=LONG_AGO)
    return edition


class TestBrokenLinks:
    def test_each_editor_sees_the_links_of_their_pages(self, library: Library) -> None:
        broken(library.edition("Turkish report", language="tr"))
        client = logged_in(editor("turkish", library.sections["tr"]))
        page = client.get("/admin/reports/broken-links/").content.decode()
        assert "https://gone.example.org/" in page
        assert "The page is not there any more." in page
        other = logged_in(editor("swedish", library.sections["sv"]))
        assert "gone.example.org" not in other.get("/admin/reports/broken-links/").content.decode()
        assert b"gone" not in b"".join(
            other.get("/admin/reports/broken-links/", {"export": "csv"}).streaming_content
        )


class TestReviews:
    def test_works_that_nobody_looked_at_are_due(self, library: Library) -> None:
        old = published_long_ago(library.edition("Old", language="tr"))
        library.edition("New", language="tr")
        looked_at = published_long_ago(library.edition("Looked at", language="tr"))
        user = editor("editor", library.sections["tr"])
        still_right(looked_at.work, user)
        assert [work.pk for work in works_to_review(user)] == [old.work_id]

    def test_a_new_edition_in_another_language_is_a_look_at_the_work(
        self, library: Library
    ) -> None:
        old = published_long_ago(library.edition("Old", language="tr"))
        library.edition("Old in English", of=old)
        assert not works_to_review(make_user("chief", superuser=True)).exists()

    def test_an_old_look_is_no_look(self, library: Library) -> None:
        old = published_long_ago(library.edition("Old", language="tr"))
        user = make_user("chief", superuser=True)
        still_right(old.work, user)
        Review.objects.update(at=LONG_AGO)
        assert [work.pk for work in works_to_review(user)] == [old.work_id]

    def test_one_click_says_that_a_work_is_still_right(self, library: Library) -> None:
        old = published_long_ago(library.edition("Old report", language="tr"))
        user = editor("editor", library.sections["tr"])
        client = logged_in(user)
        assert "Old report" in client.get("/admin/reports/reviews/").content.decode()
        response = client.post(reverse("insight_still_right", args=[old.work_id]), follow=True)
        assert "is marked as still right" in response.content.decode()
        assert "Old report" not in client.get("/admin/reports/reviews/results/").content.decode()
        assert Review.objects.get().by == user

    def test_nobody_says_so_of_a_work_of_others(self, library: Library) -> None:
        old = published_long_ago(library.edition("Old report", language="tr"))
        client = logged_in(editor("swedish", library.sections["sv"]))
        assert "Old report" not in client.get("/admin/reports/reviews/").content.decode()
        client.post(reverse("insight_still_right", args=[old.work_id]))
        assert not Review.objects.exists()
        assert client.get(reverse("insight_still_right", args=[old.work_id])).status_code == 405

    def test_the_button_needs_the_form_s_token(self, library: Library) -> None:
        old = published_long_ago(library.edition("Old report", language="tr"))
        client = Client(enforce_csrf_checks=True)
        client.force_login(make_user("chief", superuser=True))
        page = client.get("/admin/reports/reviews/").content.decode()
        url = reverse("insight_still_right", args=[old.work_id])
        assert client.post(url).status_code == 403
        form = page[page.index(f'action="{url}"') :]
        token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        assert client.post(url, {"csrfmiddlewaretoken": token}).status_code == 302
        assert Review.objects.exists()


class TestHome:
    def test_an_editor_is_shown_what_waits(self, library: Library) -> None:
        published_long_ago(library.edition("Old report", language="tr"))
        broken(library.edition("Report with a link", language="tr"))
        document = library.document(pdf_bytes("x"), "scan.pdf", title="A scan")
        Reading.objects.filter(document=document).update(state=Reading.State.NO_TEXT)
        page = logged_in(make_user("chief", superuser=True)).get("/admin/").content.decode()
        for text in ("Old report", "Report with a link", "A scan", "No text (a scan)"):
            assert text in page

    def test_nobody_is_shown_what_is_others(self, library: Library) -> None:
        published_long_ago(library.edition("Old report", language="tr"))
        broken(library.edition("Report with a link", language="tr"))
        document = library.document(pdf_bytes("x"), "scan.pdf", title="A scan")
        Reading.objects.filter(document=document).update(state=Reading.State.NO_TEXT)
        page = logged_in(editor("swedish", library.sections["sv"])).get("/admin/").content.decode()
        for text in ("Old report", "gone.example.org", "A scan"):
            assert text not in page

    def test_there_is_no_panel_without_rows(self, library: Library) -> None:
        page = logged_in(make_user("chief", superuser=True)).get("/admin/").content.decode()
        assert "Links that broke" not in page
