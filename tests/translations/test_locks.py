"""A translation that is locked, as in moderation, is not changed by who may not change it."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.models import WorkflowState
from wagtail_localize.models import SegmentOverride, StringSegment, StringTranslation, Translation

from tests.contributions.union import Union
from tests.translations.helpers import EDIT, say, target, translate, translator

pytestmark = pytest.mark.django_db


@pytest.fixture
def swede(union: Union) -> User:
    return translator(union.library, "sv", may=EDIT)


@pytest.fixture
def swedish(union: Union, swede: User, client: Client) -> Translation:
    """A Swedish translation that its translator sent to moderation."""
    body = '<p>See <a href="https://example.org">it</a>.</p>'
    translation = translate(union.library.edition("A report", body=body), "sv")
    say(translation, {"A report": "En rapport"})
    client.force_login(swede)
    client.post(f"/admin/translations/send/{target(translation).pk}/", {"anyway": "1"})
    assert target(translation).workflow_in_progress
    return translation


def put(client: Client, translation: Translation, kind: str, segment: Any) -> Any:
    """Write a segment as wagtail-localize's script does."""
    url = f"/admin/localize/translate/{translation.pk}/{kind}/{segment.pk}/edit/"
    return client.put(url, "value=Ny", content_type="application/x-www-form-urlencoded")


def title(translation: Translation) -> StringSegment:
    return StringSegment.objects.get(source=translation.source, string__data="A report")


def said(translation: Translation) -> str:
    """What the title's segment says."""
    rows = StringTranslation.objects.filter(context=title(translation).context)
    return rows.get(locale=translation.target_locale).data


def editor(client: Client, translation: Translation) -> tuple[str, dict[str, Any]]:
    """The editor's page and what its script is told."""
    text = client.get(f"/admin/pages/{target(translation).pk}/edit/").content.decode()
    found = re.search(r'data-props="([^"]+)"', text)
    assert found is not None
    return text, json.loads(html.unescape(found.group(1)))


def test_its_translator_changes_no_segment_while_a_moderator_has_it(
    swedish: Translation, client: Client
) -> None:
    override = swedish.source.overridablesegment_set.first()
    answers = [
        put(client, swedish, "strings", title(swedish)),
        put(client, swedish, "overrides", override),
        client.delete(f"/admin/localize/translate/{swedish.pk}/strings/{title(swedish).pk}/edit/"),
    ]
    assert {row.status_code for row in answers} == {423}
    assert "It is in moderation" in answers[0].json()["detail"]
    assert said(swedish) == "En rapport"
    assert not SegmentOverride.objects.exists()


def test_nor_by_a_file_by_the_machine_or_by_ending_it(
    swedish: Translation, client: Client, settings: Any
) -> None:
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
        "CLASS": "wagtail_localize.machine_translators.dummy.DummyTranslator"
    }
    base = f"/admin/localize/translate/{swedish.pk}"
    before = StringTranslation.objects.count()
    po = client.get(f"{base}/pofile/download/").content.replace(b"En rapport", b"Ny")
    back = {"next": f"/admin/pages/{target(swedish).pk}/edit/"}
    for path in ("pofile/upload", "machine_translate", "disable"):
        file = SimpleUploadedFile("sv.po", po)
        answer = client.post(f"{base}/{path}/", {"file": file, **back}, follow=True)
        assert answer.redirect_chain == [(back["next"], 302)]
        assert "Nothing was changed. It is in moderation" in answer.content.decode()
    assert said(swedish) == "En rapport"
    assert StringTranslation.objects.count() == before
    swedish.refresh_from_db()
    assert swedish.enabled


def test_the_editor_shows_it_read_only_and_says_why(swedish: Translation, client: Client) -> None:
    text, props = editor(client, swedish)
    assert props["object"]["isLocked"]
    assert not props["perms"]["canPublish"]
    assert not props["perms"]["canUnlock"]
    assert "only moderators can change it until" in text


def test_a_moderator_changes_it_while_deciding(
    union: Union, swedish: Translation, client: Client
) -> None:
    client.force_login(union.moderator)
    text, props = editor(client, swedish)
    assert not props["object"]["isLocked"]
    assert "only moderators can change it" not in text
    assert "Take back" not in text
    assert put(client, swedish, "strings", title(swedish)).status_code == 200
    assert said(swedish) == "Ny"


def test_who_sent_it_takes_it_back_to_go_on(swedish: Translation, client: Client) -> None:
    edition = target(swedish)
    url = f"/admin/translations/take-back/{edition.pk}/"
    assert url in editor(client, swedish)[0]
    answer = client.post(url, {"next": f"/admin/pages/{edition.pk}/edit/"}, follow=True)
    assert "is taken back from moderation" in answer.content.decode()
    states = WorkflowState.objects.for_instance(edition).values_list("status", flat=True)
    assert list(states) == [WorkflowState.STATUS_CANCELLED]
    assert put(client, swedish, "strings", title(swedish)).status_code == 200
    text, props = editor(client, swedish)
    assert not props["object"]["isLocked"]
    assert "Send to moderation" in text
    assert url not in text


def test_nobody_else_takes_it_back(union: Union, swedish: Translation, client: Client) -> None:
    edition = target(swedish)
    for user in (translator(union.library, "sv"), translator(union.library, "tr")):
        client.force_login(user)
        answer = client.post(f"/admin/translations/take-back/{edition.pk}/")
        assert answer.status_code in (302, 403, 404)
        assert target(swedish).workflow_in_progress


def test_who_may_not_edit_hears_nothing_of_the_lock(
    union: Union, swedish: Translation, client: Client
) -> None:
    client.force_login(translator(union.library, "tr"))
    assert put(client, swedish, "strings", title(swedish)).status_code == 403


def test_a_page_that_somebody_locked_is_kept_too(union: Union, swede: User, client: Client) -> None:
    translation = translate(union.library.edition("A report"), "sv")
    say(translation, {"A report": "En rapport"})
    edition = target(translation)
    edition.locked, edition.locked_by = True, union.moderator
    edition.save()
    client.force_login(swede)
    assert put(client, translation, "strings", title(translation)).status_code == 423
    assert editor(client, translation)[1]["object"]["isLocked"]
    client.force_login(union.moderator)
    assert put(client, translation, "strings", title(translation)).status_code == 200


def test_bringing_a_record_up_to_date_publishes_no_locked_translation(
    union: Union, swedish: Translation, client: Client
) -> None:
    client.force_login(translator(union.library, "en", "sv"))
    url = f"/admin/localize/update/{swedish.source_id}/"
    client.post(url, {"publish_translations": "on"})
    assert not target(swedish).live
    assert target(swedish).workflow_in_progress
