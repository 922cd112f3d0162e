"""What a machine translated is labelled, for editors and readers, until a person accepts it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from wagtail_localize.models import StringTranslation, Translation

from search.indexing.rebuild import rebuild
from tests.library import Library, make_user
from tests.translations import libretranslate
from tests.translations.helpers import EDIT, publish, say, target, translate, translator
from translations.machine import accept_draft
from translations.models import MachineDraft
from translations.states import State, find_rows

pytestmark = pytest.mark.django_db(transaction=True)

LABEL = "Machine translation, not reviewed"
NOTICE = "A machine translated this text"


@pytest.fixture
def server(settings: Any) -> Iterator[libretranslate.Server]:
    """LibreTranslate as the library's machine translator."""
    with libretranslate.running() as running:
        settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
            "CLASS": "wagtail_localize.machine_translators.libretranslate.LibreTranslator",
            "OPTIONS": {
                "LIBRETRANSLATE_URL": running.url,
                "API_KEY": libretranslate.KEY,
                "TIMEOUT": 10,
            },
        }
        yield running


@pytest.fixture
def swedish(library: Library) -> Translation:
    original = library.edition("A report", body="<p>Rain <b>floods</b> the streets.</p>")
    return translate(original, "sv")


@pytest.fixture
def chief(client: Client) -> Any:
    user = make_user("chief", superuser=True)
    client.force_login(user)
    return user


def by_machine(client: Client, translation: Translation) -> Any:
    edit = f"/admin/pages/{target(translation).pk}/edit/"
    url = f"/admin/localize/translate/{translation.pk}/machine_translate/"
    return client.post(url, {"next": edit}, follow=True)


def publish_draft(client: Client, translation: Translation) -> None:
    client.post(f"/admin/pages/{target(translation).pk}/edit/", {"action": "publish"})


def state(translation: Translation) -> State:
    edition = target(translation)
    return find_rows([edition.work_id])[edition.work_id].cells[edition.language].state


def test_it_is_off_unless_the_operator_turns_it_on(
    settings: Any, swedish: Translation, chief: Any, client: Client
) -> None:
    assert settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR is None
    assert by_machine(client, swedish).status_code == 404
    assert not MachineDraft.objects.exists()


def test_settings_that_cannot_work_are_named(settings: Any) -> None:
    def found() -> set[str | None]:
        return {message.id for message in run_checks() if "reslog.E03" in str(message.id)}

    assert found() == set()
    settings.MACHINE_TRANSLATOR = "babelfish"
    assert found() == {"reslog.E030"}
    settings.MACHINE_TRANSLATOR = "libretranslate"
    assert found() == {"reslog.E031"}
    settings.LIBRETRANSLATE_URL = "http://localhost:5000"
    assert found() == set()


def test_a_machine_translates_what_is_left_and_nothing_made_by_hand(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    say(swedish, {"A report": "En rapport"})
    by_machine(client, swedish)
    texts = [text for asked in server.asked for text in asked["q"]]
    assert "Rain <b>floods</b> the streets." in texts
    assert "A report" not in texts
    assert {asked["source"] for asked in server.asked} == {"en"}
    publish_draft(client, swedish)
    edition = target(swedish)
    assert edition.title == "En rapport"
    assert "Rain <b>floods</b> the streets. [sv]" in edition.body


def test_a_draft_is_labelled_on_the_board_and_in_the_editor(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    page = by_machine(client, swedish).content.decode()
    assert state(swedish) == State.MACHINE
    assert "A machine (LibreTranslate) translated text of this edition" in page
    accept = f"/admin/translations/accept/{target(swedish).pk}/"
    assert accept in page
    assert accept in client.get("/admin/translations/").content.decode()


def test_readers_are_told_until_a_person_accepts_it(
    server: libretranslate.Server,
    swedish: Translation,
    chief: Any,
    client: Client,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"
    by_machine(client, swedish)
    work, reader = target(swedish).work_id, Client()

    def labels() -> list[bool]:
        rebuild()
        pages = [
            (target(swedish).url, NOTICE),
            ("/sv/library/section/", LABEL),
            ("/sv/search/?q=report", LABEL),
            (f"/en/works/{work}/a", LABEL),
        ]
        answers = [(reader.get(url, follow=True).content.decode(), text) for url, text in pages]
        return [_in_any_language(text, answer) for answer, text in answers]

    publish_draft(client, swedish)
    assert labels() == [True] * 4
    client.post(f"/admin/translations/accept/{target(swedish).pk}/")
    draft = MachineDraft.objects.get()
    assert draft.accepted_by == chief
    assert draft.accepted_at is not None
    assert labels() == [False] * 4
    assert state(swedish) == State.TRANSLATED


def _in_any_language(text: str, answer: str) -> bool:
    from django.utils import translation
    from django.utils.translation import gettext

    whole = {
        LABEL: LABEL,
        NOTICE: "A machine translated this text, and nobody has reviewed it yet. Where it matters, "
        "look at the original.",
    }[text]
    said = []
    for code in ("en", "sv"):
        with translation.override(code):
            said.append(gettext(whole))
    return any(words in answer for words in said)


def test_a_draft_accepted_before_it_is_published_is_shown_without_a_label(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    by_machine(client, swedish)
    client.post(f"/admin/translations/accept/{target(swedish).pk}/")
    publish_draft(client, swedish)
    assert not MachineDraft.objects.get().shown_unreviewed


def test_readers_see_the_label_until_the_corrected_text_is_published(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    by_machine(client, swedish)
    publish_draft(client, swedish)
    say(swedish, {"A report": "En rapport"}, last_translated_by=chief)
    accept_draft(target(swedish), chief)
    assert MachineDraft.objects.get().shown_unreviewed
    publish_draft(client, swedish)
    assert not MachineDraft.objects.get().shown_unreviewed


def test_a_text_rewritten_by_hand_in_every_part_is_no_machines(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    by_machine(client, swedish)
    say(swedish, {"A report": "En rapport"}, last_translated_by=chief)
    assert MachineDraft.objects.get().accepted_at is None
    for row in StringTranslation.objects.filter(translation_type="machine"):
        row.translation_type, row.last_translated_by = "manual", chief
        row.save()
    assert MachineDraft.objects.get().accepted_by == chief


def test_new_machine_text_after_accepting_is_a_draft_again(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    by_machine(client, swedish)
    accept_draft(target(swedish), chief)
    original = target(swedish).get_translation(swedish.source.locale).specific
    publish(original, body=f"{original.body}<p>Something else altogether.</p>")
    by_machine(client, swedish)
    draft = MachineDraft.objects.get()
    assert (draft.accepted_at, draft.accepted_by) == (None, None)
    assert state(swedish) == State.MACHINE


def test_who_may_not_publish_does_not_take_the_label_from_a_published_text(
    server: libretranslate.Server, library: Library, swedish: Translation, client: Client
) -> None:
    client.force_login(make_user("chief", superuser=True))
    by_machine(client, swedish)
    publish_draft(client, swedish)
    client.force_login(translator(library, "sv", may=EDIT))
    client.post(f"/admin/translations/accept/{target(swedish).pk}/")
    assert MachineDraft.objects.get().accepted_at is None


def test_a_machine_that_fails_is_told_and_changes_nothing(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    server.status = 500
    page = by_machine(client, swedish)
    assert page.status_code == 200
    assert "The machine translator does not answer" in page.content.decode()
    assert not StringTranslation.objects.exists()
    assert not MachineDraft.objects.exists()


def test_a_machine_that_fails_stops_a_synchronisation(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    server.status = 503
    response = client.post(
        f"/admin/localize/update/{swedish.source_id}/",
        {"use_machine_translation": "on", "publish_translations": "on"},
        follow=True,
    )
    assert "The machine translator does not answer" in response.content.decode()
    assert not target(swedish).live


def test_what_a_machine_sends_is_not_trusted(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    server.translate = lambda text, _target: f"<script>alert(1)</script><b onclick=x>{text}</b>"
    by_machine(client, swedish)
    publish_draft(client, swedish)
    edition = target(swedish)
    assert "<script" not in edition.body
    assert "onclick" not in edition.body
    assert "<script>alert(1)" not in Client().get(edition.url).content.decode()


def test_a_synchronisation_with_the_machine_makes_a_draft_too(
    server: libretranslate.Server, swedish: Translation, chief: Any, client: Client
) -> None:
    client.post(
        f"/admin/localize/update/{swedish.source_id}/",
        {"use_machine_translation": "on", "publish_translations": "on"},
    )
    assert target(swedish).live
    assert MachineDraft.objects.get().shown_unreviewed
