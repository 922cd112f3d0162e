"""From draft to published: the workflow, its mail, its due dates, the times of a page."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry, Workflow

from cms.jobs import publish_scheduled
from home.models import ModerationTaskState
from home.moderation import remind_moderators
from publications.models import EditionFile, GoodPractice, Work
from tests.contributions.union import Union, person
from tests.library import pdf_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(union: Union) -> GoodPractice:
    page = union.library.edition("Less waste", kind="good_practice", publish=False)
    page.owner = union.editor
    page.save()
    page.save_revision(user=union.editor)
    return page


def submit(page: GoodPractice, user: Any) -> ModerationTaskState:
    page.get_workflow().start(page, user)
    return GoodPractice.objects.get(pk=page.pk).current_workflow_task_state


def approve(state: ModerationTaskState, user: Any) -> None:
    state.task.specific.on_action(state, user, "approve")


class TestTheWay:
    def test_an_editor_sends_moderators_get_mail_and_one_publishes(
        self, union: Union, draft: GoodPractice, client: Client
    ) -> None:
        client.force_login(union.editor)
        url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
        form = form_of(client.get(url)) | {"action-submit": "1"}
        assert client.post(url, form).status_code == 302
        assert [message.to for message in mail.outbox] == [["moderator@example.org"]]
        state = GoodPractice.objects.get(pk=draft.pk).current_workflow_task_state
        action = reverse("wagtailadmin_pages:workflow_action", args=[draft.pk, "approve", state.pk])
        client.post(action)
        assert not GoodPractice.objects.get(pk=draft.pk).live
        client.force_login(union.moderator)
        client.post(action)
        assert GoodPractice.objects.get(pk=draft.pk).live
        assert mail.outbox[-1].to == ["editor@example.org"]
        log = PageLogEntry.objects.filter(page=draft.pk)
        assert set(log.filter(user=union.moderator).values_list("action", flat=True)) >= {
            "wagtail.workflow.approve",
            "wagtail.publish",
        }
        assert log.get(action="wagtail.workflow.start").user == union.editor

    def test_while_moderators_read_its_editor_cannot_change_it(
        self, union: Union, draft: GoodPractice
    ) -> None:
        submit(draft, union.editor)
        page = GoodPractice.objects.get(pk=draft.pk)
        assert page.get_lock().for_user(union.editor)
        assert not page.get_lock().for_user(union.moderator)

    def test_one_workflow_stands_in_every_library_and_an_administrators_choice_stays(
        self, union: Union
    ) -> None:
        for section in union.library.sections.values():
            assert section.get_workflow().name == "Moderation"
        library = union.library.sections["sv"].get_parent()
        library.workflowpage.workflow = Workflow.objects.exclude(name="Moderation").first()
        library.workflowpage.save()
        from home.roles import make_roles

        make_roles()
        assert union.library.sections["sv"].get_workflow().name != "Moderation"

    def test_publishing_at_a_time_and_expiry_hold_in_the_workflow(
        self, union: Union, draft: GoodPractice
    ) -> None:
        now = timezone.now()
        draft.go_live_at = now + datetime.timedelta(hours=1)
        draft.expire_at = now + datetime.timedelta(hours=2)
        draft.save_revision(user=union.editor)
        approve(submit(draft, union.editor), union.moderator)
        page = GoodPractice.objects.get(pk=draft.pk)
        assert not page.live
        assert page.approved_schedule
        revision = page.scheduled_revision
        revision.approved_go_live_at = now - datetime.timedelta(minutes=1)
        revision.content["go_live_at"] = (now - datetime.timedelta(minutes=1)).isoformat()
        revision.save()
        publish_scheduled()
        page.refresh_from_db()
        assert page.live
        GoodPractice.objects.filter(pk=page.pk).update(expire_at=now)
        publish_scheduled()
        page.refresh_from_db()
        assert not page.live


class TestDueDates:
    def overdue(self, union: Union, draft: GoodPractice) -> ModerationTaskState:
        state = submit(draft, union.editor)
        state.due_on = timezone.localdate() - datetime.timedelta(days=1)
        state.save()
        mail.outbox.clear()
        return state

    def test_it_is_due_a_week_after_it_was_sent(self, union: Union, draft: GoodPractice) -> None:
        state = submit(draft, union.editor)
        assert state.due_on == timezone.localdate() + datetime.timedelta(days=7)
        assert not state.is_overdue

    def test_moderators_are_reminded_once(self, union: Union, draft: GoodPractice) -> None:
        state = submit(draft, union.editor)
        mail.outbox.clear()
        assert remind_moderators() == 0
        ModerationTaskState.objects.filter(pk=state.pk).update(
            due_on=timezone.localdate() - datetime.timedelta(days=1)
        )
        assert remind_moderators() == 1
        assert remind_moderators() == 0
        assert [message.to for message in mail.outbox] == [["moderator@example.org"]]
        assert "Less waste" in mail.outbox[0].subject

    def test_what_was_decided_is_not_reminded_of(self, union: Union, draft: GoodPractice) -> None:
        state = self.overdue(union, draft)
        approve(state, union.moderator)
        assert remind_moderators() == 0

    def test_the_moderators_home_shows_what_waits_and_since_when(
        self, union: Union, draft: GoodPractice, client: Client
    ) -> None:
        self.overdue(union, draft)
        client.force_login(union.moderator)
        assert "Overdue since" in client.get(reverse("wagtailadmin_home")).content.decode()
        assert "Overdue since" in client.get(reverse("moderation_report")).content.decode()
        client.force_login(union.editor)
        text = client.get(reverse("wagtailadmin_home")).content.decode()
        assert "Waiting for your decision" not in text

    def test_who_takes_part_may_change_the_day_and_nobody_else(
        self, union: Union, draft: GoodPractice, client: Client
    ) -> None:
        state = self.overdue(union, draft)
        url = reverse("moderation_due", args=[state.pk])
        south = type(union.organisation).objects.get(slug="south")
        stranger = person("southern", "editors", south)
        day = timezone.localdate() + datetime.timedelta(days=3)
        for user, allowed in ((stranger, False), (union.editor, True), (union.moderator, True)):
            client.force_login(user)
            assert (client.get(url).status_code == 200) is allowed
            client.post(url, {"due_on": day.isoformat()})
            state.refresh_from_db()
            assert (state.due_on == day) is allowed


def test_the_history_names_the_facts_that_were_published_and_by_whom(
    union: Union, draft: GoodPractice, client: Client
) -> None:
    client.force_login(union.moderator)
    url = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    form = form_of(client.get(url)) | {"licence": "cc0-1.0", "action-publish": "1"}
    client.post(url, form)
    entry = PageLogEntry.objects.get(page=draft.pk, action="publications.facts_changed")
    assert entry.user == union.moderator
    assert entry.data == {"facts": ["licence"]}
    history = client.get(reverse("wagtailadmin_pages:history", args=[draft.pk]))
    assert "Changed facts about the work: Licence" in history.content.decode()


def test_comparing_revisions_shows_facts_and_files(
    union: Union, draft: GoodPractice, client: Client
) -> None:
    first = draft.get_latest_revision()
    page = GoodPractice.objects.get(pk=draft.pk).get_latest_revision_as_object()
    document = union.library.document(pdf_bytes("quokka"), "r.pdf", title="The annex")
    page.files.add(EditionFile(document=document))
    page.facts = {"licence": Work.Licence.CC0.value, "authors": ["Ayşe Yılmaz"]}
    page.facts_base = {"licence": "", "authors": []}
    second = page.save_revision(user=union.editor)
    client.force_login(union.editor)
    url = reverse("wagtailadmin_pages:revisions_compare", args=[draft.pk, first.pk, second.pk])
    text = client.get(url).content.decode()
    assert "The annex" in text
    assert "Ayşe Yılmaz" in text


def form_of(response: Any) -> dict[str, str]:
    """What the edit form of a page sends when nothing is changed."""
    from lxml import html

    form = html.fromstring(response.content.decode()).get_element_by_id("page-edit-form")
    return {key: value for key, value in form.form_values() if key}
