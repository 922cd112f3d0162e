"""An officer offers a practice: step by step, sent, returned, published."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from contributions.models import Contribution
from contributions.sending import CannotSend, send
from contributions.steps import MAX_TEXT
from contributions.texts import to_plain_text
from network.models import Role
from publications.completeness import missing, scored
from publications.markdown import markdown_to_rich_text
from publications.models import GoodPractice, LibraryDocument, Work
from tests.contributions.union import Union, person
from tests.library import make_user, pdf_bytes

pytestmark = pytest.mark.django_db

TEXTS = {
    "challenge": "Too much waste.\n\nAnd <script>alert(1)</script> too little room.",
    "actions": "- We asked people\n- We listened",
    "results": "A third less.",
    "costs": "One person.",
    "copy": "",
}


def path(name: str, *args: Any, language: str = "en") -> str:
    with translation.override(language):
        return reverse(name, args=args)


def begin(client: Client, **fields: str) -> Contribution:
    union = Contribution._meta.get_field("organisation").related_model
    data = {
        "language": "en",
        "organisation": str(union._default_manager.get(slug="north").pk),
        "title": "Less waste",
        "summary": "How we did it.",
        **fields,
    }
    response = client.post(path("contribution_new"), data)
    assert response.status_code == 302, response.context["form"].errors
    return Contribution.objects.latest("pk")


def write(client: Client, contribution: Contribution) -> None:
    for name, text in TEXTS.items():
        field = "transferability" if name == "copy" else name
        url = path("contribution_step", contribution.pk, name)
        response = client.post(url, {field: text, "contact_role": "", "next": ""})
        assert response.status_code == 302


def sent(client: Client, contribution: Contribution) -> GoodPractice:
    url = path("contribution_step", contribution.pk, "send")
    assert client.post(url, {"send": ""}).status_code == 302
    contribution.refresh_from_db()
    assert contribution.page is not None
    return contribution.page


def decide(page: GoodPractice, moderator: Any, action: str, comment: str = "") -> None:
    state = GoodPractice.objects.get(pk=page.pk).current_workflow_task_state
    state.task.specific.on_action(state, moderator, action, comment=comment)


@pytest.fixture
def officer(union: Union, client: Client) -> Client:
    client.force_login(union.officer)
    return client


class TestWriting:
    def test_every_step_is_kept_as_it_is_left(self, union: Union, officer: Client) -> None:
        contribution = begin(officer)
        url = path("contribution_step", contribution.pk, "challenge")
        response = officer.post(url, {"challenge": "Half a thought", "leave": ""})
        assert response["Location"] == path("contributions")
        assert "Half a thought" in officer.get(url).content.decode()
        response = officer.post(url, {"challenge": "A thought", "next": ""})
        assert response["Location"].endswith("/actions")
        response = officer.post(url, {"challenge": "A thought", "back": ""})
        assert response["Location"].endswith("/start")

    def test_going_to_another_step_keeps_what_was_written(
        self, union: Union, officer: Client
    ) -> None:
        contribution = begin(officer)
        url = path("contribution_step", contribution.pk, "challenge")
        assert 'name="to" value="costs"' in officer.get(url).content.decode()
        response = officer.post(url, {"challenge": "A thought", "to": "costs"})
        assert response["Location"] == path("contribution_step", contribution.pk, "costs")
        contribution.refresh_from_db()
        assert contribution.challenge == "A thought"

    def test_lines_count_once_as_the_browser_counts_them(
        self, union: Union, officer: Client
    ) -> None:
        contribution = begin(officer)
        url = path("contribution_step", contribution.pk, "challenge")
        text = "12345678\r\n" * (MAX_TEXT // 9)
        assert officer.post(url, {"challenge": text, "next": ""}).status_code == 302
        assert officer.post(url, {"challenge": "x" * (MAX_TEXT + 1)}).status_code == 422

    def test_a_practice_without_a_title_is_not_kept_and_the_summary_says_why(
        self, union: Union, officer: Client
    ) -> None:
        data = {"language": "en", "organisation": union.organisation.pk, "title": " "}
        response = officer.post(path("contribution_new"), data)
        assert response.status_code == 422
        assert 'href="#id_title"' in response.content.decode()
        assert not Contribution.objects.exists()

    def test_it_is_nobody_elses(self, union: Union, officer: Client) -> None:
        contribution = begin(officer)
        others = [person("other", "contributors", union.organisation), union.editor]
        others.append(make_user("boss", superuser=True))
        for user in others:
            officer.force_login(user)
            for name, *more in (
                ("contribution_step", "challenge"),
                ("contribution_step", "files"),
                ("contribution_remove",),
            ):
                assert officer.get(path(name, contribution.pk, *more)).status_code == 404
            assert officer.post(path("contribution_change", contribution.pk)).status_code == 404

    def test_only_ones_own_union_can_be_chosen(self, union: Union, officer: Client) -> None:
        other = type(union.organisation).objects.get(slug="south")
        data = {"language": "en", "organisation": other.pk, "title": "Less waste"}
        assert officer.post(path("contribution_new"), data).status_code == 422

    def test_who_has_no_union_is_told_so_and_can_send_nothing(
        self, union: Union, client: Client
    ) -> None:
        client.force_login(make_user("stranger"))
        page = client.get(path("contributions"))
        assert "belongs to no union" in page.content.decode()
        assert client.get(path("contribution_new")).status_code == 403

    def test_without_an_account_one_is_asked_to_log_in(self, union: Union, client: Client) -> None:
        response = client.get(path("contributions", language="ar"), follow=True)
        text = response.content.decode()
        assert response.request["PATH_INFO"] == "/ar/account/login"
        assert 'dir="rtl"' in text
        assert 'autocomplete="current-password"' in text


class TestFiles:
    def add(self, client: Client, contribution: Contribution, content: bytes, name: str) -> Any:
        url = path("contribution_step", contribution.pk, "files")
        return client.post(url, {"add": "", "title": "", "file": SimpleUploadedFile(name, content)})

    def test_a_file_is_kept_in_the_unions_collection(self, union: Union, officer: Client) -> None:
        contribution = begin(officer)
        assert self.add(officer, contribution, pdf_bytes("quokka"), "r.pdf").status_code == 302
        document = contribution.files.get().document
        assert document.collection.name == "Union of the North"
        assert document.uploaded_by_user == union.officer
        assert document.reading.state == "waiting"

    def test_it_goes_along_when_another_union_is_chosen_unless_that_ones_pages_use_it(
        self, union: Union, officer: Client
    ) -> None:
        other = type(union.organisation).objects.get(slug="south")
        person("second", "contributors", other)
        union.officer.groups.add(Role.objects.get(kind="contributors", organisation=other).group)
        contribution = begin(officer)
        self.add(officer, contribution, pdf_bytes("quokka"), "r.pdf")
        self.add(officer, contribution, pdf_bytes("numbat"), "s.pdf")
        _moved, used = (row.document for row in contribution.files.all())
        union.library.attach(union.library.edition("Theirs"), used)
        start = path("contribution_step", contribution.pk, "start")
        data = {"language": "en", "organisation": str(other.pk), "title": "T", "next": ""}
        assert officer.post(start, data).status_code == 302
        names = [row.document.collection.name for row in contribution.files.all()]
        assert names == ["South", "Union of the North"]

    @pytest.mark.parametrize(
        ("name", "content"),
        [("r.pdf", b"not a PDF at all"), ("r.exe", b"MZ"), ("r.pdf", b"")],
        ids=["disagrees", "type", "empty"],
    )
    def test_what_an_editor_may_not_upload_is_refused(
        self, union: Union, officer: Client, name: str, content: bytes
    ) -> None:
        contribution = begin(officer)
        response = self.add(officer, contribution, content, name)
        assert response.status_code == 422
        assert response.context["form"].errors["file"]
        assert not LibraryDocument.objects.exists()

    @pytest.mark.parametrize(
        ("button", "step"),
        [({"next": ""}, "send"), ({"back": ""}, "copy"), ({"to": "start"}, "start")],
    )
    def test_one_that_was_only_chosen_is_kept_whichever_button_is_pressed(
        self, union: Union, officer: Client, button: dict[str, str], step: str
    ) -> None:
        contribution = begin(officer)
        url = path("contribution_step", contribution.pk, "files")
        file = SimpleUploadedFile("r.pdf", pdf_bytes("quokka"))
        response = officer.post(url, {"title": "", "file": file, **button})
        assert response["Location"] == path("contribution_step", contribution.pk, step)
        assert contribution.files.get().document.title == "r"
        refused = SimpleUploadedFile("r.exe", b"MZ")
        assert officer.post(url, {"title": "", "file": refused, **button}).status_code == 422

    def test_the_form_is_in_the_language_of_the_page(self, union: Union, officer: Client) -> None:
        url = path("contribution_step", begin(officer).pk, "files", language="tr")
        text = officer.get(url).content.decode()
        assert "One of these types" not in text
        assert "PDF, DOCX" in text

    def test_it_can_be_taken_away_again(self, union: Union, officer: Client) -> None:
        contribution = begin(officer)
        self.add(officer, contribution, pdf_bytes("quokka"), "r.pdf")
        file = contribution.files.get()
        officer.post(path("contribution_drop_file", contribution.pk, file.pk))
        assert not LibraryDocument.objects.exists()


class TestSending:
    def test_what_is_missing_is_said_and_nothing_is_sent(
        self, union: Union, officer: Client
    ) -> None:
        contribution = begin(officer)
        url = path("contribution_step", contribution.pk, "send")
        response = officer.post(url, {"send": ""})
        text = response.content.decode()
        assert path("contribution_step", contribution.pk, "results") in text
        assert not GoodPractice.objects.exists()

    def test_it_arrives_as_a_draft_in_the_unions_section_in_moderation(
        self, union: Union, officer: Client
    ) -> None:
        contribution = begin(officer)
        TestFiles().add(officer, contribution, pdf_bytes("quokka"), "r.pdf")
        write(officer, contribution)
        page = sent(officer, contribution)
        draft = page.get_latest_revision_as_object()
        assert not page.live
        assert page.get_parent().specific == union.library.sections["en"]
        assert page.owner == union.officer
        assert page.workflow_in_progress
        assert draft.actions == "<ul><li>We asked people</li><li>We listened</li></ul>"
        assert "<script" not in draft.challenge
        assert [file.document.title for file in draft.files.all()] == ["r"]
        assert draft.facts["publishers"] == [union.organisation.pk]
        assert draft.facts["validation"] == "self-reported"
        assert [message.to for message in mail.outbox] == [["moderator@example.org"]]
        work = scored(Work.objects.filter(pk=page.work_id)).get()
        assert not {"summary", "text", "publisher"} & {row.name for row in missing(work)}

    def test_in_any_of_the_languages(self, union: Union, officer: Client) -> None:
        contribution = begin(officer, language="ar", title="نفايات أقل")
        write(officer, contribution)
        page = sent(officer, contribution)
        assert page.locale.language_code == "ar"
        assert page.get_parent().specific == union.library.sections["ar"]

    def test_it_cannot_be_sent_twice_or_changed_while_it_is_read(
        self, union: Union, officer: Client
    ) -> None:
        contribution = begin(officer)
        write(officer, contribution)
        sent(officer, contribution)
        with pytest.raises(CannotSend):
            send(contribution)
        url = path("contribution_step", contribution.pk, "challenge")
        officer.post(url, {"challenge": "Something else"})
        contribution.refresh_from_db()
        assert "Something else" not in contribution.challenge
        assert GoodPractice.objects.count() == 1
        assert officer.post(path("contribution_remove", contribution.pk)).status_code == 403

    def test_published_the_officer_sees_the_link_and_gets_mail(
        self, union: Union, officer: Client, django_capture_on_commit_callbacks: Any
    ) -> None:
        contribution = begin(officer)
        write(officer, contribution)
        page = sent(officer, contribution)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            decide(page, union.moderator, "approve")
        page.refresh_from_db()
        assert page.live
        assert page.work.validation == "self-reported"
        text = officer.get(path("contributions")).content.decode()
        assert page.permanent_path() in text
        assert [message.to for message in mail.outbox] == [["officer@example.org"]]
        assert "/admin/" not in mail.outbox[0].body

    def test_returned_the_officer_reads_why_changes_it_and_sends_it_again(
        self, union: Union, officer: Client, django_capture_on_commit_callbacks: Any
    ) -> None:
        contribution = begin(officer)
        TestFiles().add(officer, contribution, pdf_bytes("quokka"), "r.pdf")
        write(officer, contribution)
        page = sent(officer, contribution)
        draft = page.get_latest_revision_as_object()
        draft.summary = "An editor's better summary."
        draft.save_revision(user=union.editor)
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            decide(page, union.moderator, "reject", "How much did it cost?")
        assert "How much did it cost?" in mail.outbox[0].body
        text = officer.get(path("contributions")).content.decode()
        assert "How much did it cost?" in text
        officer.post(path("contribution_change", contribution.pk))
        contribution.refresh_from_db()
        assert contribution.summary == "An editor's better summary."
        assert contribution.actions == TEXTS["actions"]
        officer.post(
            path("contribution_step", contribution.pk, "costs"),
            {"costs": "Two people.", "next": ""},
        )
        again = sent(officer, contribution)
        assert again.pk == page.pk
        new = again.get_latest_revision_as_object()
        assert new.costs == "<p>Two people.</p>"
        assert new.files.count() == 1
        assert again.workflow_in_progress
        decide(again, union.moderator, "approve")
        again.refresh_from_db()
        assert again.live


@pytest.mark.parametrize(
    "text",
    [
        "One.\n\nTwo.",
        "- a\n- b",
        "Before.\n\n- a\n- b\n\nAfter.",
        "1. a\n2. b",
        "",
        "Çöp & “atık”",
        "A **bold** word, an *odd* one.",
        "See [the plan](https://example.org/plan) and **[here](https://example.org)**.",
    ],
)
def test_texts_come_back_as_they_were_written(text: str) -> None:
    assert to_plain_text(markdown_to_rich_text(text)) == text


def test_what_an_editor_linked_and_stressed_is_there_when_it_is_sent_again(
    union: Union, officer: Client
) -> None:
    other = union.library.edition("The plan", slug="plan")
    contribution = begin(officer)
    write(officer, contribution)
    page = sent(officer, contribution)
    draft = page.get_latest_revision_as_object()
    link = f'<a linktype="page" id="{other.pk}">the plan</a>'
    draft.actions = f"<p>As in {link}, <b>step by step </b>.</p>"
    draft.save_revision()
    decide(page, union.moderator, "reject", "Say more.")
    officer.post(path("contribution_change", contribution.pk))
    contribution.refresh_from_db()
    address = other.permanent_path()
    assert contribution.actions == f"As in [the plan]({address}), **step by step** ."
    more = {"actions": contribution.actions + "\n\nAnd more.", "next": ""}
    officer.post(path("contribution_step", contribution.pk, "actions"), more)
    sent(officer, contribution)
    again = GoodPractice.objects.get(pk=page.pk).get_latest_revision_as_object()
    assert f'<a href="{address}">the plan</a>, <b>step by step</b>' in again.actions


class TestReturned:
    """Both the author and an editor change a practice that a moderator returned."""

    @pytest.fixture
    def contribution(self, union: Union, officer: Client) -> Contribution:
        """One that was sent and returned."""
        contribution = begin(officer)
        write(officer, contribution)
        decide(sent(officer, contribution), union.moderator, "reject", "Say more.")
        contribution.refresh_from_db()
        return contribution

    def edit(self, union: Union, contribution: Contribution, **fields: Any) -> None:
        """What an editor does in the page meanwhile."""
        page = GoodPractice.objects.get(pk=contribution.page_id)
        draft = page.get_latest_revision_as_object()
        for name, value in fields.items():
            setattr(draft, name, value)
        draft.save_revision(user=union.editor)

    def answer(self, client: Client, contribution: Contribution, name: str, text: str) -> None:
        url = path("contribution_step", contribution.pk, name)
        assert client.post(url, {name: text, "next": ""}).status_code == 302

    def send(self, client: Client, contribution: Contribution, **choices: str) -> Any:
        url = path("contribution_step", contribution.pk, "send")
        page = client.get(url)
        seen = page.context["contribution"].page.latest_revision_id
        named = {f"choice-{name}": choice for name, choice in choices.items()}
        return client.post(url, {"send": "", "seen": str(seen), **named})

    def draft(self, contribution: Contribution) -> Any:
        page = GoodPractice.objects.get(pk=contribution.page_id)
        return page.get_latest_revision_as_object()

    def test_what_both_changed_is_the_authors_to_choose_and_nothing_is_lost(
        self, union: Union, officer: Client, contribution: Contribution
    ) -> None:
        officer.post(path("contribution_change", contribution.pk))
        self.answer(officer, contribution, "costs", "Two people.")
        self.answer(officer, contribution, "results", "My half.")
        self.edit(union, contribution, results="<h3>Their half</h3>", costs="<p>Nine people.</p>")
        text = officer.get(path("contribution_step", contribution.pk, "send")).content.decode()
        assert "Nine people." in text
        assert "Two people." in text
        response = self.send(officer, contribution, costs="own")
        assert response.status_code == 422
        assert self.draft(contribution).costs == "<p>Nine people.</p>"
        response = self.send(officer, contribution, costs="page", results="both")
        assert response.status_code == 302
        draft = self.draft(contribution)
        assert draft.costs == "<p>Nine people.</p>"
        assert "Their half" in draft.results
        assert "My half" in draft.results
        assert GoodPractice.objects.get(pk=draft.pk).workflow_in_progress
        history = [row.as_object().costs for row in draft.revisions.all()]
        assert "<p>Two people.</p>" in history

    def test_what_only_an_editor_changed_is_told_and_stays(
        self, union: Union, officer: Client, contribution: Contribution
    ) -> None:
        officer.post(path("contribution_change", contribution.pk))
        self.answer(officer, contribution, "costs", "Two people.")
        self.edit(union, contribution, summary="An editor's better summary.")
        response = officer.get(path("contribution_step", contribution.pk, "send"))
        (difference,) = response.context["changed"]
        assert (difference.name, difference.chosen) == ("summary", "page")
        # A click of a page that was open before is not a choice.
        url = path("contribution_step", contribution.pk, "send")
        assert officer.post(url, {"send": ""}).status_code == 422
        assert self.send(officer, contribution, summary="page").status_code == 302
        draft = self.draft(contribution)
        assert draft.summary == "An editor's better summary."
        assert draft.costs == "<p>Two people.</p>"

    def test_another_change_while_choosing_is_told_too(
        self, union: Union, officer: Client, contribution: Contribution
    ) -> None:
        self.answer(officer, contribution, "costs", "Two people.")
        self.edit(union, contribution, costs="<p>Nine people.</p>")
        seen = GoodPractice.objects.get(pk=contribution.page_id).latest_revision_id
        self.edit(union, contribution, costs="<p>Ten people.</p>")
        url = path("contribution_step", contribution.pk, "send")
        response = officer.post(url, {"send": "", "seen": str(seen), "choice-costs": "own"})
        assert response.status_code == 422
        assert "Ten people." in response.content.decode()
        assert self.draft(contribution).costs == "<p>Ten people.</p>"

    def test_what_the_author_wrote_and_did_not_send_yet_is_there_when_it_is_opened_again(
        self, union: Union, officer: Client, contribution: Contribution
    ) -> None:
        officer.post(path("contribution_change", contribution.pk))
        self.answer(officer, contribution, "costs", "Two people.")
        self.edit(union, contribution, costs="<p>Nine people.</p>")
        officer.post(path("contribution_change", contribution.pk))
        contribution.refresh_from_db()
        assert contribution.costs == "Two people."

    def test_untouched_answers_follow_the_page_and_keep_its_editors_form(
        self, union: Union, officer: Client, contribution: Contribution
    ) -> None:
        html = "<h3>Why</h3><p>Too much waste.</p>"
        self.edit(union, contribution, challenge=html)
        page = officer.get(path("contribution_step", contribution.pk, "challenge"))
        assert "Why" in page.content.decode()
        self.answer(officer, contribution, "costs", "Two people.")
        assert self.send(officer, contribution).status_code == 302
        assert self.draft(contribution).challenge == html

    def test_facts_and_files_that_editors_changed_are_kept(
        self, union: Union, officer: Client
    ) -> None:
        contribution = begin(officer)
        TestFiles().add(officer, contribution, pdf_bytes("quokka"), "r.pdf")
        write(officer, contribution)
        page = sent(officer, contribution)
        town = type(union.organisation).objects.create(
            slug="town", kind="municipality", names={"en": "Town"}
        )
        draft = page.get_latest_revision_as_object()
        draft.facts = {**draft.facts, "municipality": town.pk, "validation": "reviewed"}
        draft.files.set([])
        draft.save_revision(user=union.editor)
        decide(page, union.moderator, "reject", "Say more.")
        officer.post(path("contribution_change", contribution.pk))
        self.answer(officer, contribution, "costs", "Two people.")
        assert self.send(officer, contribution).status_code == 302
        draft = self.draft(contribution)
        assert draft.facts["municipality"] == town.pk
        assert draft.facts["validation"] == "reviewed"
        assert draft.files.count() == 0
        assert contribution.files.count() == 1

    def test_a_file_added_since_is_sent(
        self, union: Union, officer: Client, contribution: Contribution
    ) -> None:
        TestFiles().add(officer, contribution, pdf_bytes("quokka"), "r.pdf")
        assert self.send(officer, contribution).status_code == 302
        assert [file.document.title for file in self.draft(contribution).files.all()] == ["r"]
