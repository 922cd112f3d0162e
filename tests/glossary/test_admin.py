"""The glossary in the admin: labels are checked, files are checked before they are stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from glossary import admin_views
from glossary.models import Concept, GlossaryUpload, Label
from search.concepts import find_concepts
from search.query import parse
from tests.library import make_user

pytestmark = pytest.mark.django_db

CONCEPTS = "wagtailsnippets_glossary_concept"


def editors(*permissions: str) -> Group:
    """A group that enters the admin and may do some things with concepts."""
    group = Group.objects.create(name="-".join(permissions) or "guests")
    names = [f"{name}_concept" for name in permissions]
    group.permissions.set(Permission.objects.filter(codename__in=[*names, "access_admin"]))
    return group


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_user("editor", editors("add", "change")))
    return client


def form(labels: list[tuple[str, str, str]], **values: str) -> dict[str, str]:
    """What the form of a concept sends; labels are language, kind and text."""
    data = {
        "slug": "waste",
        "labels-TOTAL_FORMS": str(len(labels)),
        "labels-INITIAL_FORMS": "0",
        "exact_matches-TOTAL_FORMS": "0",
        "exact_matches-INITIAL_FORMS": "0",
    }
    for number, (language, kind, text) in enumerate(labels):
        data |= {
            f"labels-{number}-language": language,
            f"labels-{number}-kind": kind,
            f"labels-{number}-text": text,
        }
    return data | values


class TestConcept:
    url = property(lambda self: reverse(f"{CONCEPTS}:add"))

    def test_a_concept_is_made_with_its_labels_and_found_at_once(self, editor: Client) -> None:
        labels = [("tr", "preferred", "atık"), ("tr", "alternative", "çöp")]
        match = {"exact_matches-TOTAL_FORMS": "1", "exact_matches-0-uri": "https://v.test/1"}
        assert editor.post(self.url, form(labels, **match)).status_code == 302
        (found,) = find_concepts(parse("çöpler"))
        assert found.labels == {"tr": ("atık", "çöp")}
        assert Concept.objects.get().exact_matches.get().uri == "https://v.test/1"

    @pytest.mark.parametrize(
        ("labels", "values", "message"),
        [
            ([("tr", "preferred", "a"), ("tr", "preferred", "b")], {},
             "Türkçe has a preferred label already"),
            ([("tr", "preferred", "a"), ("tr", "alternative", " A ")], {},
             "This label stands there already"),
            ([("tr", "alternative", "a")], {}, "no preferred label in any language"),
            ([("tr", "preferred", "a")], {"slug": "a b"}, "Use the letters a to z"),
            ([("tr", "preferred", "a")],
             {"exact_matches-TOTAL_FORMS": "1", "exact_matches-0-uri": "water"},
             "Give a whole address"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_said_at_the_label(
        self, editor: Client, labels: Any, values: dict[str, str], message: str
    ) -> None:
        response = editor.post(self.url, form(labels, **values))
        assert message in response.content.decode()
        assert not Concept.objects.exists()

    def test_a_theme_stands_on_top(self, editor: Client) -> None:
        above = Concept.objects.create(slug="above")
        data = form([("en", "preferred", "a")], is_theme="on", broader=str(above.pk))
        assert "A theme has no broader concept" in editor.post(self.url, data).content.decode()

    def test_a_preferred_label_can_change_its_place_with_an_alternative(
        self, editor: Client
    ) -> None:
        concept = Concept.objects.create(slug="waste")
        rows = [
            Label.objects.create(concept=concept, language="en", kind=kind, text=text)
            for kind, text in (("preferred", "refuse"), ("alternative", "waste"))
        ]
        data = form([("en", "alternative", "refuse"), ("en", "preferred", "waste")])
        data["labels-INITIAL_FORMS"] = "2"
        data |= {f"labels-{number}-id": str(row.pk) for number, row in enumerate(rows)}
        response = editor.post(reverse(f"{CONCEPTS}:edit", args=[concept.pk]), data)
        assert response.status_code == 302
        assert Concept.objects.get().label("en") == "waste"

    def test_a_label_of_another_concept_is_allowed_and_told(self, editor: Client) -> None:
        other = Concept.objects.create(slug="river-bank")
        Label.objects.create(concept=other, language="en", text="bank")
        response = editor.post(self.url, form([("en", "preferred", "Bank")]), follow=True)
        assert "“bank” (English) is a label of river-bank too." in response.content.decode()
        assert Concept.objects.count() == 2

    def test_concepts_are_found_by_any_label_and_listed_once(self, editor: Client) -> None:
        concept = Concept.objects.create(slug="waste")
        for text in ("çöp", "çöplük"):
            Label.objects.create(concept=concept, language="tr", text=text, kind="alternative")
        Concept.objects.create(slug="water")
        response = editor.get(reverse(f"{CONCEPTS}:list"), {"q": "çöp"})
        assert [row.slug for row in response.context["object_list"]] == ["waste"]

    def test_a_broader_concept_is_chosen_by_any_label(self, editor: Client) -> None:
        concept = Concept.objects.create(slug="waste")
        for text in ("çöp", "çöplük"):
            Label.objects.create(concept=concept, language="tr", text=text)
            concept.labels.update(kind="alternative")
        Concept.objects.create(slug="water")
        page = editor.get(self.url).content.decode()
        chooser = reverse("wagtailsnippetchoosers_glossary_concept:choose")
        assert chooser in page
        results = reverse("wagtailsnippetchoosers_glossary_concept:choose_results")
        found = editor.get(results, {"q": "çöp"}).context["results"]
        assert [row.slug for row in found] == ["waste"]
        assert len(editor.get(results).context["results"]) == 2

    def test_listing_costs_the_same_however_many_there_are(self, editor: Client) -> None:
        def queries(concepts: range) -> int:
            for number in concepts:
                concept = Concept.objects.create(
                    slug=f"c{number}", broader=Concept.objects.filter(slug="c0").first()
                )
                Label.objects.create(concept=concept, language="en", text=f"text {number}")
            with CaptureQueriesContext(connection) as captured:
                page = editor.get(reverse(f"{CONCEPTS}:list")).content.decode()
            assert f"text {concepts[-1]}" in page
            return len(captured)

        queries(range(2))  # the first request fills caches
        assert queries(range(2, 4)) == queries(range(4, 15))


class TestImport:
    url = property(lambda self: reverse("glossary_import"))

    def upload(self, client: Client, text: str, name: str = "a.csv") -> Any:
        file = SimpleUploadedFile(name, text.encode())
        return client.post(self.url, {"file": file}, follow=True)

    def test_a_file_is_shown_confirmed_and_stored(self, editor: Client) -> None:
        response = self.upload(editor, "id,en,ar\nwaste,waste,نفايات\n")
        page = response.content.decode()
        assert "New: 1" in page
        assert not Concept.objects.exists()
        response = editor.post(response.redirect_chain[-1][0], follow=True)
        assert "New concepts: 1;" in response.content.decode()
        assert [row.slug for row in find_concepts(parse("النفايات"))] == ["waste"]
        assert not GlossaryUpload.objects.exists()
        (entry,) = ModelLogEntry.objects.for_instance(Concept.objects.get())
        assert (entry.action, entry.user.username) == ("wagtail.create", "editor")

    def test_a_wrong_file_says_where_and_cannot_be_confirmed(self, editor: Client) -> None:
        response = self.upload(editor, "id,en\nwaste,waste\nwater,\n")
        page = response.content.decode()
        assert "Line 3" in page
        assert "no preferred label" in page
        assert "Store these changes" not in page
        editor.post(response.redirect_chain[-1][0])
        assert not Concept.objects.exists()

    def test_what_became_wrong_meanwhile_is_not_stored(self, editor: Client) -> None:
        other = Concept.objects.create(slug="other")
        Label.objects.create(concept=other, language="en", text="other")
        response = self.upload(editor, "id,en,broader\nwaste,waste,other\n")
        other.delete()
        page = editor.post(response.redirect_chain[-1][0]).content.decode()
        assert "is no concept of this file or of the glossary" in page
        assert not Concept.objects.exists()

    def test_labels_and_names_are_shown_as_text(self, editor: Client) -> None:
        page = self.upload(editor, "id,en\nx,<script>alert(1)</script>\n").content.decode()
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page

    @pytest.mark.parametrize(("name", "message"), [("a.exe", "must end in"), ("a.csv", "larger")])
    def test_other_files_are_refused_at_once(
        self, editor: Client, monkeypatch: pytest.MonkeyPatch, name: str, message: str
    ) -> None:
        monkeypatch.setattr(admin_views, "MAX_BYTES", 5)
        assert message in self.upload(editor, "id,en\n", name).content.decode()
        assert not GlossaryUpload.objects.exists()

    def test_a_long_report_is_cut(self, editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(admin_views, "SHOWN_ROWS", 2)
        rows = "".join(f"c{number},text {number}\n" for number in range(5))
        page = self.upload(editor, f"id,en\n{rows}").content.decode()
        assert "Rows that are not shown: 3" in page

    def test_only_who_uploaded_a_file_sees_it(self, editor: Client) -> None:
        address = self.upload(editor, "id,en\nwaste,waste\n").redirect_chain[-1][0]
        editor.force_login(make_user("other", superuser=True))
        assert editor.get(address, follow=True).status_code == 404
        assert editor.post(address, follow=True).status_code == 404
        assert not Concept.objects.exists()

    def test_forgotten_files_go(self, editor: Client) -> None:
        self.upload(editor, "id,en\nwaste,waste\n")
        GlossaryUpload.objects.update(created_at=timezone.now() - timedelta(days=2))
        editor.force_login(make_user("other", superuser=True))
        self.upload(editor, "id,en\nwater,water\n")
        assert GlossaryUpload.objects.get().owner.username == "other"

    @pytest.mark.parametrize("permissions", [(), ("add",), ("change",), ("view",)])
    def test_it_needs_the_right_to_add_and_to_change(
        self, client: Client, permissions: tuple[str, ...]
    ) -> None:
        client.force_login(make_user("guest", editors(*permissions)))
        assert client.get(self.url).status_code == 302
        self.upload(client, "id,en\nwaste,waste\n")
        assert not GlossaryUpload.objects.exists()
        assert self.url not in client.get(reverse("wagtailadmin_home")).content.decode()

    def test_the_menu_and_the_list_lead_here(self, editor: Client) -> None:
        assert self.url in editor.get(reverse("wagtailadmin_home")).content.decode()
        assert self.url in editor.get(reverse(f"{CONCEPTS}:list")).content.decode()


class TestExport:
    @pytest.mark.parametrize(
        ("format_", "media_type"),
        [("csv", "text/csv"), ("turtle", "text/turtle"), ("rdf-xml", "application/rdf+xml"),
         ("json-ld", "application/ld+json")],
    )  # fmt: skip
    def test_every_format_downloads(self, client: Client, format_: str, media_type: str) -> None:
        client.force_login(make_user("reader", editors("view")))
        concept = Concept.objects.create(slug="waste")
        Label.objects.create(concept=concept, language="ar", text="نفايات")
        response = client.get(reverse("glossary_export", args=[format_]))
        assert response["Content-Type"].startswith(media_type)
        assert response["Content-Disposition"].startswith('attachment; filename="glossary-')
        assert "نفايات" in response.content.decode()

    def test_it_is_for_people_of_the_glossary(self, client: Client) -> None:
        client.force_login(make_user("guest", editors()))
        assert client.get(reverse("glossary_export", args=["csv"])).status_code == 302

    def test_an_unknown_format_is_not_there(self, editor: Client) -> None:
        url = reverse("glossary_export", args=["xlsx"])
        assert editor.get(url, follow=True).status_code == 404
