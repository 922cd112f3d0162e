"""A translator of one language can do nothing in another, by whatever address."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from wagtail.models import Locale
from wagtail_localize.models import (
    SegmentOverride,
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)

from home.models import SiteTexts
from network.models import Role
from publications.models import Edition
from tests.contributions.union import Union
from tests.library import Library, make_user, restrict_page
from tests.translations.helpers import EDIT, publish, say, target, translate, translator

pytestmark = pytest.mark.django_db


@pytest.fixture
def original(library: Library) -> Any:
    return library.edition("A report", body='<p>See <a href="https://example.org">it</a>.</p>')


@pytest.fixture
def turkish(original: Any) -> Translation:
    """A Turkish translation, begun by somebody else."""
    return translate(original, "tr")


@pytest.fixture
def swede(library: Library, client: Client) -> User:
    user = translator(library, "sv")
    client.force_login(user)
    return user


def locale(code: str) -> int:
    return int(Locale.objects.get(language_code=code).pk)


def refused(response: Any) -> bool:
    """Wagtail sends who is refused to its home page, with a message."""
    return response.status_code == 403 or (
        response.status_code == 302 and response.url == "/admin/"
    )


def test_submitting_is_offered_and_taken_for_ones_own_language_only(
    original: Any, swede: User, client: Client
) -> None:
    url = f"/admin/localize/submit/page/{original.pk}/"
    form = client.get(url).context["form"]
    assert [row.language_code for row in form.fields["locales"].queryset] == ["sv"]
    client.post(url, {"locales": [locale("tr")]})
    client.post(url, {"locales": [locale("tr"), locale("sv")]})
    assert Edition.objects.filter(work=original.work).count() == 1
    client.post(url, {"locales": [locale("sv")]})
    made = Edition.objects.filter(work=original.work).exclude(pk=original.pk)
    assert [edition.language for edition in made] == ["sv"]


def test_a_hidden_page_cannot_be_submitted(library: Library, swede: User, client: Client) -> None:
    draft = library.edition("Secret draft", publish=False)
    hidden = library.edition("Secret report")
    restrict_page(hidden, "groups")
    for page in (draft, hidden):
        response = client.get(f"/admin/localize/submit/page/{page.pk}/")
        assert refused(response)


def test_without_the_right_to_submit_nothing_is_submitted(
    original: Any, library: Library, client: Client
) -> None:
    user = translator(library, "sv")
    user.groups.get().permissions.remove(
        *user.groups.get().permissions.filter(codename="submit_translation")
    )
    client.force_login(user)
    assert refused(client.get(f"/admin/localize/submit/page/{original.pk}/"))


def test_a_translation_in_another_language_is_not_opened_edited_or_published(
    turkish: Translation, swede: User, client: Client
) -> None:
    edition = target(turkish)
    edit = f"/admin/pages/{edition.pk}/edit/"
    assert refused(client.get(edit))
    assert refused(client.post(edit, {"action": "publish"}))
    edition.refresh_from_db()
    assert not edition.live


def test_segments_in_another_language_are_not_written(
    turkish: Translation, swede: User, client: Client
) -> None:
    segment = StringSegment.objects.filter(source=turkish.source).first()
    override = turkish.source.overridablesegment_set.first()
    assert segment is not None
    assert override is not None
    base = f"/admin/localize/translate/{turkish.pk}"
    body = {"data": "value=x", "content_type": "application/x-www-form-urlencoded"}
    strings = client.put(f"{base}/strings/{segment.pk}/edit/", **body)
    overrides = client.put(f"{base}/overrides/{override.pk}/edit/", **body)
    assert strings.status_code == 403
    assert overrides.status_code == 403
    assert not StringTranslation.objects.exists()
    assert not SegmentOverride.objects.exists()


@pytest.mark.parametrize(
    "path", ["pofile/download", "pofile/upload", "machine_translate", "preview", "disable"]
)
def test_other_views_of_a_translation_refuse_another_language(
    turkish: Translation, swede: User, client: Client, path: str, settings: Any
) -> None:
    settings.WAGTAILLOCALIZE_MACHINE_TRANSLATOR = {
        "CLASS": "wagtail_localize.machine_translators.libretranslate.LibreTranslator",
        "OPTIONS": {"LIBRETRANSLATE_URL": "http://127.0.0.1:9", "API_KEY": ""},
    }
    url = f"/admin/localize/translate/{turkish.pk}/{path}/"
    if path in ("pofile/download", "preview"):
        response = client.get(url)
    else:
        response = client.post(url, {"file": io.BytesIO(b"")})
    assert refused(response)
    turkish.refresh_from_db()
    assert turkish.enabled


def test_a_synchronisation_that_touches_another_language_is_refused(
    original: Any, turkish: Translation, swede: User, client: Client
) -> None:
    url = f"/admin/localize/update/{turkish.source_id}/"
    assert refused(client.get(url))
    swedish = translate(original, "sv")
    assert client.get(url).status_code == 200
    assert refused(client.post(url, {"publish_translations": "on"}))
    assert not target(turkish).live
    assert not target(swedish).live


def test_who_may_not_publish_does_not_publish_by_synchronising(
    original: Any, library: Library, client: Client
) -> None:
    swedish = translate(original, "sv")
    client.force_login(translator(library, "sv", may=EDIT))
    url = f"/admin/localize/update/{swedish.source_id}/"
    assert client.get(url).status_code == 200
    assert refused(client.post(url, {"publish_translations": "on"}))
    assert not target(swedish).live


def test_an_alias_is_put_in_the_place_of_a_page_by_who_may_publish_it(
    original: Any, library: Library, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    swedish = translate(original, "sv")
    say(swedish, {"A report": "En rapport"})
    with django_capture_on_commit_callbacks(execute=True):
        swedish.save_target(publish=True)
    client.force_login(translator(library, "sv", may=EDIT))
    assert refused(client.post(f"/admin/localize/page/{target(swedish).pk}/convert_to_alias/"))
    edition = target(swedish)
    assert (edition.alias_of_id, edition.title) == (None, "En rapport")


class TestEndingATranslation:
    """To stop it, or to put an alias in its place, is not for the translators' role."""

    @pytest.fixture
    def swedish(self, union: Union) -> Translation:
        return translate(union.library.edition("A report"), "sv")

    @pytest.fixture
    def role(self, union: Union) -> User:
        """A user with the translators' role as the site makes it."""
        return make_user("translator", Role.objects.get(kind="translators", language="sv").group)

    def test_neither_is_offered_to_a_translator_or_done_for_one(
        self, swedish: Translation, role: User, client: Client
    ) -> None:
        page = target(swedish)
        client.force_login(role)
        text = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        assert "translation-bar--keeps" in text
        assert "translation-bar--real" in text
        assert refused(client.post(f"/admin/localize/translate/{swedish.pk}/disable/"))
        assert refused(client.post(f"/admin/localize/page/{page.pk}/convert_to_alias/"))
        swedish.refresh_from_db()
        assert swedish.enabled
        assert target(swedish).alias_of_id is None

    def test_an_editor_may_stop_and_a_moderator_may_do_both(
        self, union: Union, swedish: Translation, client: Client
    ) -> None:
        page = target(swedish)
        client.force_login(union.editor)
        text = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        assert "translation-bar--keeps" not in text
        assert refused(client.post(f"/admin/localize/page/{page.pk}/convert_to_alias/"))
        client.post(f"/admin/localize/translate/{swedish.pk}/disable/")
        swedish.refresh_from_db()
        assert not swedish.enabled
        form = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        assert "localize-convert-to-alias" not in form
        client.force_login(union.moderator)
        form = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
        assert "localize-convert-to-alias" in form
        client.post(f"/admin/localize/page/{page.pk}/convert_to_alias/")
        assert Edition.objects.get(pk=page.pk).alias_of_id is not None

    def test_a_translator_has_no_such_item_in_an_edition_edited_as_a_page(
        self, swedish: Translation, role: User, client: Client
    ) -> None:
        Translation.objects.update(enabled=False)
        client.force_login(role)
        form = client.get(f"/admin/pages/{target(swedish).pk}/edit/").content.decode()
        assert 'name="action-submit"' in form
        assert "localize-convert-to-alias" not in form


def test_the_report_names_no_translation_of_others(
    library: Library, turkish: Translation, swede: User, client: Client
) -> None:
    mine = translate(library.edition("My report"), "sv")
    for url in (
        "/admin/localize/reports/translations/",
        "/admin/localize/reports/translations/results/",
    ):
        response = client.get(url)
        assert list(response.context["object_list"]) == [mine]
        assert "A report" not in response.content.decode()


def test_a_snippet_is_submitted_by_who_may_change_its_kind(
    library: Library, swede: User, client: Client
) -> None:
    texts = SiteTexts.objects.filter(locale=locale("en")).first()
    if texts is None:
        texts = SiteTexts.objects.create(locale_id=locale("en"))
    url = f"/admin/localize/submit/snippet/home/sitetexts/{texts.pk}/"
    assert refused(client.get(url))
    assert refused(client.post(url, {"locales": [locale("sv")]}))
    assert not TranslationSource.objects.exists()


def test_an_editor_of_one_language_confirms_and_accepts_nothing_in_another(
    library: Library, original: Any, swede: User, client: Client
) -> None:
    from translations.models import EditionText, MachineDraft

    turkish = library.edition("Bir rapor", language="tr", of=original)
    MachineDraft.objects.create(edition=turkish, translator="x")
    publish(original, title="Another report")
    assert refused(client.post(f"/admin/translations/accept/{turkish.pk}/"))
    assert refused(client.post(f"/admin/translations/confirm/{turkish.pk}/"))
    assert MachineDraft.objects.get().accepted_at is None
    assert EditionText.objects.out_of_date().filter(edition=turkish).exists()
