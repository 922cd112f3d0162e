"""A moderator decides about a translation where it is edited, segment by segment."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from wagtail.models import PageLogEntry, WorkflowState
from wagtail.users.models import UserProfile
from wagtail_localize.models import StringTranslation

from publications.models import Edition
from tests.contributions.union import Union
from tests.translations.helpers import EDIT, say, target, translate, translator

pytestmark = pytest.mark.django_db


@pytest.fixture
def swede(union: Union) -> User:
    return translator(union.library, "sv", may=EDIT)


@pytest.fixture
def swedish(union: Union, swede: User, client: Client) -> Any:
    """A Swedish translation that was sent to moderation."""
    translation = translate(union.library.edition("A report", summary="In short"), "sv")
    say(translation, {"A report": "En rapport", "In short": "Kort"})
    client.force_login(swede)
    client.post(f"/admin/translations/send/{target(translation).pk}/")
    assert target(translation).workflow_in_progress
    return translation


def edit(edition: Edition) -> str:
    return f"/admin/pages/{edition.pk}/edit/"


def buttons(client: Client, edition: Edition) -> dict[str, str]:
    """The addresses of the workflow's buttons in the editor, by their labels."""
    text = client.get(edit(edition)).content.decode()
    found = re.findall(r'data-workflow-action-url="([^"]+)"[^>]*>([^<]+)</button>', text)
    return {label: html.unescape(url) for url, label in found}


def last_state(edition: Edition) -> WorkflowState:
    return WorkflowState.objects.for_instance(edition).latest("created_at")


def test_a_moderator_has_the_workflows_own_buttons_and_approves_what_is_seen(
    union: Union, swedish: Any, client: Client
) -> None:
    edition = target(swedish)
    client.force_login(union.moderator)
    say(swedish, {"In short": "I korthet"})
    urls = buttons(client, edition)
    assert list(urls) == ["Request changes", "Approve", "Approve with comment"]
    response = client.post(urls["Approve"], {"next": edit(edition)})
    assert response["Location"] == edit(edition)
    edition = target(swedish)
    assert (edition.live, edition.title, edition.summary) == (True, "En rapport", "I korthet")
    assert last_state(edition).status == WorkflowState.STATUS_APPROVED


def test_what_was_changed_after_it_was_seen_is_not_approved_unseen(
    union: Union, swedish: Any, client: Client
) -> None:
    edition = target(swedish)
    client.force_login(union.moderator)
    urls = buttons(client, edition)
    say(swedish, {"In short": "Något annat"})
    client.post(urls["Approve"])
    client.post(urls["Approve with comment"], {"comment": "Fine"})
    edition = target(swedish)
    assert not edition.live
    assert edition.workflow_in_progress
    client.post(buttons(client, edition)["Approve"])
    assert target(swedish).summary == "Något annat"


def test_what_the_moderator_mends_there_is_approved_at_once_unless_others_change_it_too(
    union: Union, swede: User, swedish: Any, client: Client
) -> None:
    edition = target(swedish)
    client.force_login(union.moderator)
    url = buttons(client, edition)["Approve"]
    say(swedish, {"In short": "I korthet"}, last_translated_by=union.moderator)
    say(swedish, {"A report": "Rapport"}, last_translated_by=swede)
    client.post(url)
    assert not target(swedish).live
    url = buttons(client, edition)["Approve"]
    say(swedish, {"In short": "Kort sagt"}, last_translated_by=union.moderator)
    StringTranslation.objects.get(data="Rapport").delete()
    client.post(url)
    assert not target(swedish).live
    url = buttons(client, edition)["Approve"]
    say(swedish, {"A report": "En rapport"}, last_translated_by=union.moderator)
    client.post(url)
    edition = target(swedish)
    assert (edition.live, edition.title, edition.summary) == (True, "En rapport", "Kort sagt")


def test_returned_with_a_comment_the_translator_reads_it_and_sends_again(
    union: Union, swede: User, swedish: Any, client: Client
) -> None:
    edition = target(swedish)
    client.force_login(union.moderator)
    url = buttons(client, edition)["Request changes"]
    form = client.get(url, headers={"x-requested-with": "XMLHttpRequest"}).json()["html"]
    assert 'name="comment"' in form
    UserProfile.objects.filter(user=union.moderator).update(preferred_language="tr")
    turkish = client.get(url, headers={"x-requested-with": "XMLHttpRequest"}).json()["html"]
    assert "Yorum" in turkish
    assert "Comment" not in turkish
    assert html.escape(url.split("?")[0]) in form
    client.post(url, {"comment": "Say <b>it</b> shorter."})
    edition = target(swedish)
    assert not edition.live
    assert last_state(edition).status == WorkflowState.STATUS_NEEDS_CHANGES
    client.force_login(swede)
    text = client.get(edit(edition)).content.decode()
    assert "Say &lt;b&gt;it&lt;/b&gt; shorter." in text
    client.post(f"/admin/translations/send/{edition.pk}/")
    assert target(swedish).workflow_in_progress
    assert "shorter" not in client.get(edit(edition)).content.decode()


def test_nobody_else_decides(union: Union, swede: User, swedish: Any, client: Client) -> None:
    edition = target(swedish)
    client.force_login(union.moderator)
    urls = buttons(client, edition)
    client.force_login(swede)
    assert buttons(client, edition) == {}
    for url in urls.values():
        assert client.post(url, {"comment": ""}).status_code in (302, 403)
    assert target(swedish).workflow_in_progress
    other = union.library.edition("Another", language="sv", publish=False)
    other.save_revision()
    other.get_workflow().start(other, swede)
    task = Edition.objects.get(pk=other.pk).current_workflow_task_state.pk
    client.force_login(union.moderator)
    url = f"/admin/translations/decide/{edition.pk}/approve/{task}/"
    assert client.post(url, follow=True).status_code == 404
    assert not Edition.objects.get(pk=other.pk).live


def test_publishing_completes_the_moderation(union: Union, swedish: Any, client: Client) -> None:
    edition = target(swedish)
    client.force_login(union.moderator)
    say(swedish, {"In short": "I korthet"})
    mail.outbox.clear()
    client.post(edit(edition), {"action": "publish"})
    edition = target(swedish)
    assert (edition.live, edition.summary) == (True, "I korthet")
    state = last_state(edition)
    assert state.status == WorkflowState.STATUS_APPROVED
    actions = PageLogEntry.objects.filter(page=edition.pk).values_list("action", flat=True)
    assert "wagtail.workflow.cancel" not in actions


def test_who_may_publish_and_not_approve_does_not_publish_what_is_in_moderation(
    union: Union, swedish: Any, client: Client
) -> None:
    edition = target(swedish)
    client.force_login(translator(union.library, "sv"))
    response = client.post(edit(edition), {"action": "publish"}, follow=True)
    assert "Nothing was changed. It is in moderation" in response.content.decode()
    edition = target(swedish)
    assert not edition.live
    assert edition.workflow_in_progress


def test_what_cannot_be_published_stays_in_moderation_and_the_moderator_hears_why(
    union: Union, swedish: Any, client: Client
) -> None:
    edition = target(swedish)
    client.force_login(union.moderator)
    say(swedish, {"A report": "x" * 300})
    response = client.post(
        buttons(client, edition)["Approve"], {"next": edit(edition)}, follow=True
    )
    assert "It cannot be kept as it is" in response.content.decode()
    client.post(edit(edition), {"action": "publish"})
    assert not target(swedish).live
    assert target(swedish).workflow_in_progress


def test_a_title_that_is_too_long_is_explained_outside_moderation_too(
    union: Union, client: Client
) -> None:
    translation = translate(union.library.edition("A report"), "sv")
    say(translation, {"A report": "x" * 300})
    client.force_login(union.moderator)
    edition = target(translation)
    response = client.post(edit(edition), {"action": "publish"}, follow=True)
    assert "It cannot be kept as it is" in response.content.decode()
    assert not target(translation).live
