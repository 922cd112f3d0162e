"""What was translated by hand stays, and what changed in the original is marked."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail_localize.models import StringTranslation, Translation

from publications.models import Edition
from tests.library import Library, make_user, restrict_page
from tests.translations.helpers import publish, say, target, translate, translator
from translations.models import EditionText
from translations.texts import waiting_segments

pytestmark = pytest.mark.django_db(transaction=True)

BODY = "<p>Rain floods the streets.</p><p>The city built ponds.</p>"


def translated(library: Library) -> tuple[Any, Translation]:
    """An English original with a Swedish translation, complete and published."""
    original = library.edition("A report", summary="In short", body=BODY, slug="a-report")
    translation = translate(original, "sv")
    say(
        translation,
        {
            "A report": "En rapport",
            "In short": "Kort sagt",
            "Rain floods the streets.": "Regn svämmar över gatorna.",
            "The city built ponds.": "Staden byggde dammar.",
        },
    )
    translation.save_target(publish=True)
    return original, translation


def is_out_of_date(edition: Edition) -> bool:
    return EditionText.objects.out_of_date().filter(edition=edition).exists()


def test_a_translation_begins_as_a_draft(library: Library) -> None:
    translation = translate(library.edition("A report"), "sv")
    assert not target(translation).live


def test_a_change_marks_the_segments_it_touches_and_leaves_the_translation(
    library: Library,
) -> None:
    original, translation = translated(library)
    assert not is_out_of_date(target(translation))
    publish(original, body=BODY.replace("built ponds", "built nine ponds"))
    translation.refresh_from_db()
    (waiting,) = waiting_segments(translation)
    assert waiting.string.data == "The city built nine ponds."
    assert "Staden byggde dammar." in target(translation).body
    assert is_out_of_date(target(translation))


def test_publishing_again_keeps_the_translation_of_the_older_wording(library: Library) -> None:
    original, translation = translated(library)
    publish(original, body=BODY.replace("built ponds", "built nine ponds"))
    translation.refresh_from_db()
    translation.save_target(publish=True)
    edition = target(translation)
    assert "Staden byggde dammar." in edition.body
    assert "nine" not in edition.body
    assert is_out_of_date(edition)
    say(translation, {"The city built nine ponds.": "Staden byggde nio dammar."})
    translation.save_target(publish=True)
    assert "nio" in target(translation).body
    assert not is_out_of_date(edition)


def test_a_new_paragraph_takes_nobodys_translation(library: Library) -> None:
    original, translation = translated(library)
    publish(original, body=f"<p>Money came from the province.</p>{BODY}")
    translation.refresh_from_db()
    (waiting,) = waiting_segments(translation)
    assert waiting.string.data == "Money came from the province."
    assert not StringTranslation.objects.filter(translation_of=waiting.string).exists()


def test_a_change_taken_back_makes_nothing_out_of_date(library: Library) -> None:
    original, translation = translated(library)
    publish(original, summary="Briefly")
    assert is_out_of_date(target(translation))
    publish(original, summary="In short")
    assert not is_out_of_date(target(translation))
    assert target(translation).summary == "Kort sagt"


def test_what_is_not_text_makes_nothing_out_of_date(library: Library) -> None:
    original, translation = translated(library)
    publish(original, slug="another-address")
    assert not is_out_of_date(target(translation))


def test_an_edition_made_by_hand_is_out_of_date_when_its_original_says_something_else(
    library: Library,
) -> None:
    original = library.edition("A report", body="<p>One.</p>")
    turkish = library.edition("Bir rapor", language="tr", of=original, body="<p>Bir.</p>")
    assert not is_out_of_date(turkish)
    publish(original, body="<p>Two.</p>")
    assert is_out_of_date(turkish)
    publish(turkish)
    assert is_out_of_date(turkish)
    publish(turkish, body="<p>İki.</p>")
    assert not is_out_of_date(turkish)


def test_the_original_is_never_out_of_date(library: Library) -> None:
    original = library.edition("A report")
    turkish = library.edition("Bir rapor", language="tr", of=original)
    publish(turkish, title="Başka bir rapor")
    assert not is_out_of_date(original)


def test_submitting_a_section_leaves_editions_made_by_hand_alone(
    library: Library, client: Client
) -> None:
    original = library.edition("A report")
    swedish = library.edition("En rapport", language="sv", of=original)
    client.force_login(make_user("chief", superuser=True))
    locale = swedish.locale_id
    for page in (library.sections["en"], library.sections["en"].get_parent()):
        client.post(
            f"/admin/localize/submit/page/{page.pk}/",
            {"locales": [locale], "include_subtree": "on"},
        )
    swedish = Edition.objects.get(pk=swedish.pk)
    assert swedish.title == "En rapport"
    assert not Translation.objects.filter(source__object_id=original.translation_key).exists()


def test_an_edition_made_by_hand_cannot_be_submitted_over(library: Library, client: Client) -> None:
    original = library.edition("A report")
    swedish = library.edition("En rapport", language="sv", of=original)
    client.force_login(make_user("chief", superuser=True))
    client.post(f"/admin/localize/submit/page/{original.pk}/", {"locales": [swedish.locale_id]})
    assert Edition.objects.get(pk=swedish.pk).title == "En rapport"


def test_a_translation_that_an_import_rewrote_is_not_written_over(
    library: Library, client: Client
) -> None:
    original, translation = translated(library)
    publish(target(translation), body="<p>Skrivet för hand.</p>")
    translation.refresh_from_db()
    assert not translation.enabled
    client.force_login(make_user("chief", superuser=True))
    client.post(f"/admin/localize/update/{translation.source_id}/", {"publish_translations": "on"})
    assert target(translation).body == "<p>Skrivet för hand.</p>"
    publish(original, body="<p>Another text.</p>")
    assert is_out_of_date(target(translation))


def test_a_stopped_translation_is_not_begun_again_over_what_was_written_since(
    library: Library, client: Client
) -> None:
    _original, translation = translated(library)
    client.force_login(make_user("chief", superuser=True))
    edition = target(translation)
    edit = f"/admin/pages/{edition.pk}/edit/"
    client.post(f"/admin/localize/translate/{translation.pk}/disable/", {"next": edit})
    client.post(edit, {"localize-restart-translation": "1"})
    translation.refresh_from_db()
    assert translation.enabled, "nothing was written since"

    client.post(f"/admin/localize/translate/{translation.pk}/disable/", {"next": edit})
    edition.body = "<p>Skrivet för hand.</p>"
    edition.save_revision()
    response = client.post(edit, {"localize-restart-translation": "1"}, follow=True)
    translation.refresh_from_db()
    assert not translation.enabled
    assert "written by hand since" in response.content.decode()


@pytest.mark.parametrize("way", ["edit", "update"])
def test_publishing_a_translation_keeps_its_own_privacy(
    library: Library, client: Client, way: str
) -> None:
    _original, translation = translated(library)
    edition = target(translation)
    group = Group.objects.create(name="Swedish partners")
    restrict_page(edition, "groups", group)
    say(translation, {"In short": "I korthet"})
    client.force_login(make_user("chief", superuser=True))
    if way == "edit":
        client.post(f"/admin/pages/{edition.pk}/edit/", {"action": "publish"})
    else:
        url = f"/admin/localize/update/{translation.source_id}/"
        client.post(url, {"publish_translations": "on"})
    assert target(translation).summary == "I korthet"
    restriction = edition.view_restrictions.get()
    assert restriction.restriction_type == "groups"
    assert list(restriction.groups.all()) == [group]


def test_an_editor_is_told_which_parts_wait(library: Library, client: Client) -> None:
    original, translation = translated(library)
    client.force_login(translator(library, "sv"))
    edit = f"/admin/pages/{target(translation).pk}/edit/"
    assert "waits for a translation" not in client.get(edit).content.decode()
    publish(original, summary="Briefly")
    assert "waits for a translation: Summary" in client.get(edit).content.decode()


def test_restoring_texts_for_editions_published_before(library: Library) -> None:
    from translations.texts import remember_missing_texts

    original = library.edition("A report")
    turkish = library.edition("Bir rapor", language="tr", of=original)
    EditionText.objects.all().delete()
    assert remember_missing_texts() == 2
    assert remember_missing_texts() == 0
    assert not is_out_of_date(turkish)
    publish(original, title="Another report")
    assert is_out_of_date(turkish)
