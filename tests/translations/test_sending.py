"""A translator who may not publish sends what stands in the translation editor to moderation."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from home.moderation import ensure_moderation
from publications.models import Edition
from publications.tree import all_libraries
from tests.library import Library, make_user
from tests.translations.helpers import EDIT, publish, say, target, translate, translator
from translations.texts import find_translation

pytestmark = pytest.mark.django_db


@pytest.fixture
def swedish(library: Library) -> Any:
    """A Swedish translation, begun."""
    ensure_moderation(all_libraries().values(), Group.objects.create(name="Readers of drafts"))
    return translate(library.edition("A report", summary="In short"), "sv")


def send(client: Client, edition: Edition) -> Any:
    """Send it whatever is left to translate."""
    return client.post(f"/admin/translations/send/{edition.pk}/", {"anyway": ""})


def decide(edition: Edition, action: str) -> Any:
    boss = make_user(f"boss {action} {edition.latest_revision_id}", superuser=True)
    state = Edition.objects.get(pk=edition.pk).current_workflow_task_state
    state.task.specific.on_action(state, boss, action)
    return Edition.objects.get(pk=edition.pk).specific


def test_it_waits_for_a_moderator_and_is_published_as_it_was_sent(
    library: Library, swedish: Any, client: Client
) -> None:
    client.force_login(translator(library, "sv", may=EDIT))
    say(swedish, {"A report": "En rapport"})
    edition = target(swedish)
    form = client.get(f"/admin/pages/{edition.pk}/edit/").content.decode()
    assert f"/admin/translations/send/{edition.pk}/" in form
    sent = client.post(f"/admin/translations/send/{edition.pk}/", {"anyway": ""}, follow=True)
    assert "“En rapport” was sent to moderation" in sent.content.decode()
    edition = target(swedish)
    assert edition.workflow_in_progress
    assert not edition.live
    again = client.get(f"/admin/pages/{edition.pk}/edit/").content.decode()
    assert f"/admin/translations/send/{edition.pk}/" not in again

    edition = decide(edition, "approve")
    assert (edition.live, edition.title, edition.summary) == (True, "En rapport", "In short")
    assert find_translation(edition) is not None  # it goes on segment by segment


def test_readers_see_what_there_was_until_it_is_approved(
    library: Library, swedish: Any, client: Client
) -> None:
    say(swedish, {"A report": "En rapport", "In short": "Kort"})
    swedish.save_target(publish=False)
    edition = publish(target(swedish))
    client.force_login(translator(library, "sv", may=EDIT))
    say(swedish, {"In short": "Kort sagt"})
    send(client, edition)
    assert target(swedish).summary == "Kort"
    assert decide(edition, "reject").summary == "Kort"
    say(swedish, {"In short": "I korthet"})
    send(client, edition)
    assert target(swedish).summary == "Kort"
    assert decide(edition, "approve").summary == "I korthet"


def test_nobody_else_may_send_it(library: Library, swedish: Any, client: Client) -> None:
    edition = target(swedish)
    client.force_login(translator(library, "tr", may=EDIT))
    send(client, edition)
    client.force_login(translator(library, "sv"))  # may publish, and needs no moderator
    send(client, edition)
    assert not target(swedish).workflow_in_progress


def test_what_is_left_to_translate_is_said_before_it_is_sent(
    library: Library, swedish: Any, client: Client
) -> None:
    client.force_login(translator(library, "sv", may=EDIT))
    edition = target(swedish)
    url = f"/admin/translations/send/{edition.pk}/"
    text = client.post(url).content.decode()
    assert "2 parts are not translated yet" in text
    assert "Title, Summary" in text
    assert 'name="anyway"' in text
    say(swedish, {"A report": "En rapport"})
    assert "1 part is not translated yet" in client.post(url).content.decode()
    assert not target(swedish).workflow_in_progress
    say(swedish, {"In short": "Kort"})
    assert client.post(url).status_code == 302
    assert target(swedish).workflow_in_progress


def test_what_makes_no_page_is_not_sent_and_the_translator_hears_why(
    library: Library, swedish: Any, client: Client
) -> None:
    client.force_login(translator(library, "sv", may=EDIT))
    say(swedish, {"A report": "x" * 300, "In short": "Kort"})
    edition = target(swedish)
    response = client.post(f"/admin/translations/send/{edition.pk}/", follow=True)
    assert "It cannot be kept as it is" in response.content.decode()
    assert not target(swedish).workflow_in_progress
