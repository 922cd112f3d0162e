"""The catalogues: ours, and what the libraries round the admin lack in our languages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override
from wagtail.users.models import UserProfile

from cms import admin_messages, messages
from cms.messages import TRANSLATED, catalogue
from tests.conftest import missing
from tests.library import Library, make_user

OWN, ADMIN = map(Path, settings.LOCALE_PATHS)


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A copy of the admin's catalogues."""
    return Path(shutil.copytree(ADMIN, tmp_path / "admin"))


def speaking(client: Client, language: str) -> Client:
    """Somebody in the admin who chose a language."""
    user = make_user(f"speaks-{language}", superuser=True)
    UserProfile.objects.create(user=user, preferred_language=language)
    client.force_login(user)
    return client


def change(folder: Path, language: str, text: str, translation: str) -> None:
    """Write another translation into a catalogue."""
    path = catalogue(folder, language, "django")
    po = polib.pofile(str(path))
    po.find(text).msgstr = translation
    po.save()


def test_nothing_that_the_libraries_lack_is_missing() -> None:
    assert list(admin_messages.problems(ADMIN)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_one_rule_of_plurals_holds_in_all_catalogues_of_a_language(language: str) -> None:
    wagtail = Path(apps.get_app_config("wagtailadmin").path) / "locale"
    rules = {
        polib.pofile(str(path)).metadata["Plural-Forms"].rstrip(";")
        for folder in (OWN, ADMIN, wagtail)
        for path in folder.glob(f"{language}/LC_MESSAGES/*.po")
    }
    assert len(rules) == 1


def test_a_translation_with_another_placeholder_is_found(held: Path) -> None:
    change(held, "tr", "Locale '{0}' created.", "'{1}' oluşturuldu.")
    change(held, "sv", "Cancelled by %(cancelled_by)s", "Avbrutet")

    found = "\n".join(admin_messages.problems(held))

    assert """other placeholders: "Locale '{0}' created.""" in found
    assert "other placeholders: 'Cancelled by %(cancelled_by)s'" in found
    assert "older than its catalogue" in found


def test_the_number_may_be_left_out_of_one_and_of_two_only(held: Path) -> None:
    path = catalogue(held, "tr", "django")
    po = polib.pofile(str(path))
    entry = po.find("Delete 1 document")
    entry.msgstr_plural = {0: "Belgeyi sil", 1: "Belgeleri sil"}
    po.save()

    found = [problem for problem in admin_messages.problems(held) if "placeholders" in problem]
    assert len(found) == 1

    entry.msgstr_plural = {0: "Belgeyi sil", 1: "%(counter)s belgeyi sil"}
    po.save()
    assert not [problem for problem in admin_messages.problems(held) if "placeholders" in problem]


def test_what_is_lacking_or_no_longer_lacking_is_found_and_gathered(held: Path) -> None:
    path = catalogue(held, "tr", "django")
    po = polib.pofile(str(path))
    po.remove(po.find("API tokens"))
    po.append(polib.POEntry(msgid="Save draft", msgstr="Taslağı sakla"))
    po.save()
    found = "\n".join(admin_messages.problems(held))
    assert "lacks 'API tokens'" in found
    assert "no longer lacking: 'Save draft'" in found

    admin_messages.gather(held)

    gathered = polib.pofile(str(path))
    assert gathered.find("Save draft") is None
    assert gathered.find("API tokens").msgstr == ""
    assert gathered.find("Revoke API token").msgstr == "API anahtarını iptal et"
    assert f"{path}: not translated: 'API tokens'" in list(admin_messages.problems(held))


def test_a_correction_stays_until_the_library_says_something_else(held: Path) -> None:
    path = catalogue(held, "sv", "django")
    po = polib.pofile(str(path))
    entry = po.find("'%(object)s' unpublished.")
    assert entry.tcomment == "Instead of: '%(object)s' avschemalagd."
    entry.tcomment = "Instead of: '%(object)s' är borta."
    po.save()
    found = "\n".join(admin_messages.problems(held))
    assert """no longer lacking: "'%(object)s' unpublished.\"""" in found

    admin_messages.gather(held)

    gathered = polib.pofile(str(path))
    assert gathered.find("'%(object)s' unpublished.") is None
    assert gathered.find("Convert page to alias").msgstr == "Konvertera sida till alias"
    with override("sv"):
        assert gettext("Convert page to alias") == "Konvertera sida till alias"


def test_gathering_again_changes_nothing(held: Path) -> None:
    before = {path: path.read_bytes() for path in held.rglob("*.?o")}
    admin_messages.gather(held)
    assert {path: path.read_bytes() for path in held.rglob("*.?o")} == before


def test_the_check_fails_and_leaves_the_catalogues_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not messages.gettext_is_installed():
        missing("GNU gettext")
    own = Path(shutil.copytree(OWN, tmp_path / "locale"))
    po = polib.pofile(str(catalogue(own, "ar", "django")))
    po.append(polib.POEntry(msgid="Said nowhere", msgstr="لا مكان"))
    po.save()
    before = {path: path.read_bytes() for path in (*OWN.rglob("*.?o"), *own.rglob("*.?o"))}
    monkeypatch.setattr(settings, "LOCALE_PATHS", [own, own / "admin"])

    assert "no source has 'Said nowhere'" in "\n".join(messages.problems())
    with pytest.raises(CommandError):
        call_command("check_messages")

    assert {path: path.read_bytes() for path in before} == before


def test_of_what_merged_branches_bring_twice_the_translated_stays(tmp_path: Path) -> None:
    if not messages.gettext_is_installed():
        missing("GNU gettext")
    own = Path(shutil.copytree(OWN, tmp_path / "locale"))
    path = catalogue(own, "sv", "django")
    text = path.read_text("utf-8")
    doubled = 'msgid "Concepts"\nmsgstr ""\n\nmsgid "Concepts"\n'
    path.write_text(text.replace('msgid "Concepts"\n', doubled), "utf-8")
    assert f"{path}: 2 times: 'Concepts'" in list(messages.catalogue_problems(path))

    messages.gather(own)

    assert [entry.msgstr for entry in polib.pofile(str(path)) if entry.msgid == "Concepts"] == [
        "Begrepp"
    ]


def test_numbers_choose_the_form_of_their_language() -> None:
    text = ("Please submit at least %(num)d form.", "Please submit at least %(num)d forms.")
    with override("ar"):
        said = [ngettext(*text, number) % {"num": number} for number in (3, 11)]
    assert said == ["يرجى إرسال 3 نماذج على الأقل.", "يرجى إرسال 11 نموذجًا على الأقل."]


@pytest.mark.django_db
@pytest.mark.parametrize("language", TRANSLATED)
def test_the_form_of_an_edition_says_nothing_that_was_lacking_in_english(
    client: Client, library: Library, language: str
) -> None:
    page = library.edition()
    form = speaking(client, language).get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    html = form.content.decode()
    assert f'lang="{language}"' in html

    po = polib.pofile(str(catalogue(ADMIN, language, "django")))
    sentences = [
        entry.msgid
        for entry in po
        if entry.msgid.count(" ") >= 1 and "%" not in entry.msgid and entry.msgstr != entry.msgid
    ]
    assert len(sentences) > 20
    assert [sentence for sentence in sentences if sentence in html] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "of_wagtail", "of_wagtail_localize"),
    [
        ("tr", "Otomatik kaydediliyor…", "Eksik metinlerin tümünü şununla çevir: "),
        ("sv", "Sparar automatiskt…", "Låser redigeringen"),
        ("ar", "جارٍ الحفظ التلقائي...", "نشر في "),
    ],
)
def test_the_scripts_of_the_admin_have_all_their_texts(
    client: Client, language: str, of_wagtail: str, of_wagtail_localize: str
) -> None:
    address = reverse("wagtailadmin_javascript_catalog")
    script = speaking(client, language).get(address).content.decode()
    assert json.dumps(of_wagtail) in script
    assert json.dumps(of_wagtail_localize) in script


@pytest.mark.django_db
def test_the_menu_is_in_the_language_of_each_who_opens_it(client: Client) -> None:
    english = speaking(client, "en").get(reverse("wagtailadmin_home")).content.decode()
    swedish = speaking(client, "sv").get(reverse("wagtailadmin_home")).content.decode()

    assert '"Translations"' in english
    assert '"Translations"' not in swedish
    assert json.dumps("Översättningar") in swedish
    assert "new in Wagtail" not in english
