"""From suggestions to drafts: with the corpus, and what nobody may do."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from intake.drafting import Chosen, NotDrafted, make_drafts
from intake.models import IncomingFile, Kinship, Suggestion
from publications.models import Edition, GoodPractice, LibraryDocument, Publication
from tests.intake.unions import (
    Union,
    client_of,
    drop,
    review_url,
    shown_form,
    upload,
    work_off,
)
from tests.library import Library, pdf_bytes

pytestmark = pytest.mark.django_db

THREE = ("rapor-1.tr.pdf", "taqrir-1.ar.pdf", "report-1.en.pdf")


@pytest.fixture
def editor(union: Union) -> Client:
    return client_of(union.editor("ayla"))


def corpus(test_data: Path, *names: str) -> list[Path]:
    return [test_data / "corpus" / name for name in names]


def draft(client: Client, file: IncomingFile, **changes: str) -> None:
    data = shown_form(client, file) | {"action": "draft"} | changes
    answer = client.post(review_url(file), data)
    assert answer.status_code == 302, answer.context["form"].errors


def test_one_click_makes_a_draft_that_nobody_sees(
    union: Union, editor: Client, test_data: Path
) -> None:
    (file,) = drop(editor, union.sections["en"], *corpus(test_data, "report-2.en.pdf"))
    draft(editor, file)
    file.refresh_from_db()
    page = Publication.objects.get()
    assert file.state == IncomingFile.State.DRAFTED
    assert file.edition_id == page.pk
    assert not page.live
    assert page.get_parent().specific == union.sections["en"]
    assert page.title == file.suggestions.get(field="title").value
    assert page.summary == file.suggestions.get(field="summary").value
    assert [row.document for row in page.files.all()] == [file.document]
    assert page.cover is not None
    assert page.cover.collection == union.collection
    assert page.facts["publishers"] == [union.organisation.pk]
    assert not page.work.work_organisations.exists()
    assert Client().get(page.permanent_path()).status_code == 404
    page.get_latest_revision().publish()
    assert [row.organisation for row in page.work.work_organisations.all()] == [union.organisation]


def test_what_is_changed_or_refused_is_remembered(union: Union, editor: Client) -> None:
    text = "A plan\n\nPrepared by: Ada Berg and Can Su\n\nISBN 978-0-306-40615-7\n\nMay 2021"
    upload(editor, union.sections["en"], ("plan.en.pdf", pdf_bytes(text)))
    (file,) = work_off(IncomingFile.objects.get().batch_id)
    authors = {row.value: row for row in file.suggestions.filter(field="authors")}
    date = file.suggestions.get(field="date")
    data = shown_form(editor, file) | {f"value-{date.pk}": "2021-06", "action": "draft"}
    del data[f"take-{authors['Can Su'].pk}"]
    editor.post(review_url(file), data)
    facts = Publication.objects.get().facts
    assert facts["authors"] == ["Ada Berg"]
    assert (facts["date"], facts["date_precision"]) == ("2021-06-01", "month")
    assert facts["identifiers"] == [["isbn", "978-0-306-40615-7"]]
    states = Suggestion.State
    assert Suggestion.objects.get(pk=authors["Can Su"].pk).state == states.REFUSED
    assert Suggestion.objects.get(pk=authors["Ada Berg"].pk).state == states.TAKEN
    date.refresh_from_db()
    assert (date.state, date.chosen) == (states.CHANGED, "2021-06")


def test_a_text_that_cannot_be_is_explained_and_nothing_is_made(
    union: Union, editor: Client
) -> None:
    upload(editor, union.sections["en"], ("plan.en.pdf", pdf_bytes("A plan\n\nMay 2021")))
    (file,) = work_off(IncomingFile.objects.get().batch_id)
    date = file.suggestions.get(field="date")
    data = shown_form(editor, file) | {f"value-{date.pk}": "spring", "action": "draft"}
    answer = editor.post(review_url(file), data)
    assert f"value-{date.pk}" in answer.context["form"].errors
    assert not Edition.objects.exists()


def test_two_clicks_make_one_draft(union: Union, editor: Client, test_data: Path) -> None:
    (file,) = drop(editor, union.sections["en"], *corpus(test_data, "report-2.en.pdf"))
    url, data = review_url(file), shown_form(editor, file) | {"action": "draft"}
    editor.post(url, data)
    assert editor.post(url, data).status_code == 302
    assert Publication.objects.count() == 1
    chosen = Chosen(file, title="Again", language="en")
    with pytest.raises(NotDrafted):
        make_drafts(file.batch.owner, [chosen], {})


class TestOneWorkInThreeLanguages:
    @pytest.fixture
    def files(
        self, union: Union, editor: Client, test_data: Path, fast_encoder: None
    ) -> list[IncomingFile]:
        others = ("report-2.en.pdf", "taqrir-3.ar.pdf")
        return drop(editor, union.sections["en"], *corpus(test_data, *THREE, *others))

    def test_they_are_proposed_and_joined_by_one_click(
        self, union: Union, editor: Client, files: list[IncomingFile]
    ) -> None:
        batch = reverse("intake_batch", args=[files[0].batch_id])
        (proposal,) = editor.get(batch).context["proposals"]
        assert {file.name for file in proposal.files} == set(THREE)
        assert proposal.reasons
        assert len({file.work_key for file in files}) == 5

        keys = [file.pk for file in proposal.files]
        answer = editor.post(batch, {"file": keys, "action": "join"})
        assert answer.url == review_url(files[0])
        draft(editor, files[0])

        editions = list(Edition.objects.order_by("pk"))
        assert {edition.language for edition in editions} == {"tr", "ar", "en"}
        assert len({edition.work_id for edition in editions}) == 1
        for edition in editions:
            assert edition.get_parent().specific == union.sections[edition.language]
            assert not edition.live
        titles = {edition.language: edition.title for edition in editions}
        assert "kanser" in titles["tr"]
        assert "السرطان" in titles["ar"]

    def test_a_later_file_joins_the_draft(
        self, union: Union, editor: Client, test_data: Path, fast_encoder: None
    ) -> None:
        (first,) = drop(editor, union.sections["en"], *corpus(test_data, THREE[0]))
        draft(editor, first)
        (later,) = drop(editor, union.sections["en"], *corpus(test_data, THREE[2]))
        kinship = later.kinships.get()
        assert kinship.work == Edition.objects.get().work
        answer = editor.post(review_url(later), {"join": kinship.pk})
        assert answer.url == review_url(later)
        draft(editor, later)
        assert {edition.language for edition in Edition.objects.all()} == {"tr", "en"}
        assert len(set(Edition.objects.values_list("work_id", flat=True))) == 1

    def test_what_is_written_in_a_review_is_there_after_joining_and_apart_again(
        self, union: Union, editor: Client, test_data: Path, fast_encoder: None
    ) -> None:
        (first,) = drop(editor, union.sections["en"], *corpus(test_data, THREE[0]))
        draft(editor, first)
        (later,) = drop(editor, union.sections["en"], *corpus(test_data, THREE[2]))
        read = {"file": later, "source": Suggestion.Source.TEXT, "order": 99}
        date = Suggestion.objects.create(**read, field="date", value="2021-05")
        refused = Suggestion.objects.create(**read, field="authors", value="Nobody")
        written = shown_form(editor, later) | {
            f"title-{later.pk}": "  My own title",
            f"summary-{later.pk}": "",
            f"value-{date.pk}": "in spring",
        }
        written.pop(f"take-{refused.pk}")
        own = review_url(later)
        answer = editor.post(own, written | {"join": later.kinships.get().pk})
        later.refresh_from_db()
        assert answer.url == review_url(later) != own
        assert shown_form(editor, later) == written
        answer = editor.post(review_url(later), written | {"separate": later.pk})
        later.refresh_from_db()
        assert answer.url == review_url(later)
        assert shown_form(editor, later) == written
        # What one editor has not saved is nobody else's.
        other = client_of(union.editor("bahar"))
        assert shown_form(other, later)[f"title-{later.pk}"] != "  My own title"

    def test_what_is_written_is_there_after_refusing_and_gone_with_its_draft(
        self, union: Union, editor: Client, test_data: Path, fast_encoder: None
    ) -> None:
        (first,) = drop(editor, union.sections["en"], *corpus(test_data, THREE[0]))
        draft(editor, first)
        (later,) = drop(editor, union.sections["en"], *corpus(test_data, THREE[2]))
        written = shown_form(editor, later) | {f"title-{later.pk}": "My own title"}
        editor.post(review_url(later), written | {"action": "leave"})
        assert shown_form(editor, later) == written
        editor.post(review_url(later), written | {"refuse": later.kinships.get().pk})
        assert shown_form(editor, later) == written
        draft(editor, later)
        assert Edition.objects.filter(title="My own title").exists()
        assert editor.session["intake_unsaved"] == {}

    def test_refused_they_stay_apart(self, editor: Client, files: list[IncomingFile]) -> None:
        batch = reverse("intake_batch", args=[files[0].batch_id])
        keys = [file.pk for file in files[:3]]
        editor.post(batch, {"file": keys, "action": "apart"})
        assert editor.get(batch).context["proposals"] == []
        assert len({file.work_key for file in IncomingFile.objects.all()}) == 5


def test_without_an_encoder_numbers_tell_a_translation(
    union: Union, editor: Client, test_data: Path
) -> None:
    others = ("report-2.en.pdf", "taqrir-3.ar.pdf")
    files = drop(editor, union.sections["en"], *corpus(test_data, *THREE, *others))
    batch = reverse("intake_batch", args=[files[0].batch_id])
    (proposal,) = editor.get(batch).context["proposals"]
    assert {file.name for file in proposal.files} == set(THREE)

    again = drop(editor, union.sections["en"], *corpus(test_data, *THREE))
    batch = reverse("intake_batch", args=[again[0].batch_id])
    (proposal,) = editor.get(batch).context["proposals"]
    assert proposal.files == again


def test_without_an_encoder_names_and_identifiers_still_tell(
    union: Union, editor: Client, settings: object
) -> None:
    imprint = "ISBN 978-0-306-40615-7\n\nA text of its own."
    files = [
        ("plan.en.pdf", pdf_bytes("A plan for all")),
        ("plan.sv.pdf", pdf_bytes("En plan om allt")),
        ("one.pdf", pdf_bytes(imprint)),
        ("other.pdf", pdf_bytes("Another cover", imprint)),
        ("third.pdf", pdf_bytes("Nothing of that")),
    ]
    upload(editor, union.sections["en"], *files, script=False)
    work_off(IncomingFile.objects.first().batch_id)  # type: ignore[union-attr]
    found = {
        frozenset((row.file.name, row.other.name)): row.reason
        for row in Kinship.objects.select_related("file", "other")
        if row.other
    }
    assert found == {
        frozenset(("plan.en.pdf", "plan.sv.pdf")): "name",
        frozenset(("one.pdf", "other.pdf")): "identifier",
    }


class TestAnotherUnionsWork:
    @pytest.fixture
    def theirs(self, library: Library, other_union: Union, test_data: Path) -> Edition:
        """A published work of another union, one file of which is in Turkish."""
        page = Publication(
            title="Onların raporu", slug="theirs", locale=other_union.sections["tr"].locale
        )
        other_union.sections["tr"].add_child(instance=page)
        page.save_revision().publish()
        return page

    def test_its_editors_alone_may_add_editions(
        self, union: Union, editor: Client, theirs: Edition
    ) -> None:
        upload(editor, union.sections["en"], ("plan.pdf", pdf_bytes("A plan")))
        (file,) = work_off(IncomingFile.objects.get().batch_id)
        row = Kinship.objects.create(file=file, work=theirs.work, reason="meaning", score=0.9)
        (kin,) = editor.get(review_url(file)).context["kin"]
        assert kin.title == theirs.title
        assert not kin.may_join
        answer = editor.post(review_url(file), {"join": row.pk})
        assert answer.status_code in (302, 403)
        file.refresh_from_db()
        assert file.work_key != theirs.translation_key

    def test_a_draft_of_theirs_is_not_mentioned(
        self, union: Union, editor: Client, theirs: Edition
    ) -> None:
        theirs.unpublish()
        upload(editor, union.sections["en"], ("plan.pdf", pdf_bytes("A plan")))
        (file,) = work_off(IncomingFile.objects.get().batch_id)
        Kinship.objects.create(file=file, work=theirs.work, reason="meaning", score=0.9)
        page = editor.get(review_url(file))
        assert page.context["kin"] == []
        assert theirs.title not in page.content.decode()

    def test_a_forged_key_makes_no_edition_of_it(
        self, union: Union, editor: Client, theirs: Edition
    ) -> None:
        upload(editor, union.sections["en"], ("plan.en.pdf", pdf_bytes("A plan")))
        (file,) = work_off(IncomingFile.objects.get().batch_id)
        IncomingFile.objects.update(work_key=theirs.translation_key)
        file.refresh_from_db()
        editor.post(review_url(file), shown_form(editor, file) | {"action": "draft"})
        assert Edition.objects.count() == 1
        assert IncomingFile.objects.get().state == IncomingFile.State.READY


def test_a_file_in_a_language_that_is_there_goes_among_the_editions_files(
    union: Union, editor: Client, test_data: Path
) -> None:
    (first,) = drop(editor, union.sections["en"], *corpus(test_data, "report-2.en.pdf"))
    draft(editor, first)
    (annex,) = drop(editor, union.sections["en"], *corpus(test_data, "report-3.en.pdf"))
    page = Publication.objects.get()
    IncomingFile.objects.filter(pk=annex.pk).update(work_key=page.translation_key)
    draft(editor, annex)
    page = Publication.objects.get()
    documents = [row.document for row in page.get_latest_revision_as_object().files.all()]
    assert documents == [first.document, annex.document]


def test_who_may_not_change_facts_suggests_none(union: Union, test_data: Path) -> None:
    translator = client_of(union.editor("tove", facts=False))
    (file,) = drop(translator, union.sections["en"], *corpus(test_data, "report-2.en.pdf"))
    assert translator.get(review_url(file)).context["form"].facts == []
    draft(translator, file)
    assert Publication.objects.get().facts == {}


def test_personal_data_are_warned_of_and_suggested_nowhere(union: Union, editor: Client) -> None:
    text = (
        "Ask Ada Berg at ada.berg@example.org or +46 8 452 71 00 about the collection of waste. "
        "The municipality collects the waste of all settlements every second day of the week."
    )
    upload(editor, union.sections["en"], ("plan.en.pdf", pdf_bytes("A plan", text)))
    (file,) = work_off(IncomingFile.objects.get().batch_id)
    assert [(row["kind"], row["number"]) for row in file.personal] == [("mail", 2), ("phone", 2)]
    page = editor.get(review_url(file)).content.decode()
    assert "ad…@example.org" in page
    draft(editor, file)
    edition = Publication.objects.get()
    assert "@" not in edition.summary + edition.title + str(edition.facts)


def test_a_good_practice_can_be_the_kind(union: Union, editor: Client) -> None:
    upload(editor, union.sections["en"], ("p.en.pdf", pdf_bytes("A plan")), kind="good_practice")
    (file,) = work_off(IncomingFile.objects.get().batch_id)
    draft(editor, file)
    assert GoodPractice.objects.count() == 1


def test_a_scan_can_be_drafted_and_says_why_nothing_was_read(
    union: Union, editor: Client, test_data: Path
) -> None:
    (file,) = drop(editor, union.sections["en"], test_data / "hostile" / "scan.tr.pdf")
    details = editor.get(review_url(file)).context["files"]
    assert not details[0].was_read
    assert details[0].message
    draft(editor, file)
    assert Publication.objects.get().language == "tr"


def test_a_file_left_out_goes_with_its_document(union: Union, editor: Client) -> None:
    upload(editor, union.sections["en"], ("plan.pdf", pdf_bytes("A plan")))
    (file,) = work_off(IncomingFile.objects.get().batch_id)
    question = editor.post(review_url(file), {"action": "leave"}).content.decode()
    assert "Leave this file out?" in question
    assert LibraryDocument.objects.exists()
    editor.post(review_url(file), {"action": "leave_out"})
    assert not LibraryDocument.objects.exists()
    assert IncomingFile.objects.get().state == IncomingFile.State.LEFT_OUT
    assert not Edition.objects.exists()
