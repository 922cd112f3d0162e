"""The board of works and languages: states, filters, actions, and what a user may not see or do."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from glossary.models import Concept, Label
from publications.models import Edition, SectionPage
from tests.library import Library, make_user, restrict_page
from tests.translations.helpers import publish, say, target, translate, translator
from translations.models import MachineDraft, TranslationRequest
from translations.requests import UnknownLanguage, ask_for
from translations.states import State, find_rows

pytestmark = pytest.mark.django_db

BOARD = "/admin/translations/"


class Board:
    """The board as a user's browser sees it."""

    def __init__(self, client: Client, **query: Any) -> None:
        self.response = client.get(BOARD, query)
        assert self.response.status_code == 200
        self.tree = html.fromstring(self.response.content.decode())

    def titles(self) -> list[str]:
        return [text.strip() for text in self.tree.xpath("//tbody//th//bdi[@lang]/text()")]

    def cell(self, title: str, column: int) -> Any:
        path = f"//tr[th//bdi[text()='{title}']]/td[{column}]"
        return self.tree.xpath(path)[0]

    def states(self, title: str) -> list[str]:
        path = f"//tr[th//bdi[text()='{title}']]/td/*[contains(@class,'w-status')][1]"
        return [" ".join(node.text_content().split()) for node in self.tree.xpath(path)]

    def buttons(self, title: str) -> list[str]:
        return list(self.tree.xpath(f"//tr[th//bdi[text()='{title}']]//button/@formaction"))


@pytest.fixture
def chief(client: Client) -> User:
    user = make_user("chief", superuser=True)
    client.force_login(user)
    return user


def test_each_state_is_told(library: Library, client: Client, chief: User) -> None:
    original = library.edition("A report", body="<p>One.</p>")
    turkish = library.edition("Bir rapor", language="tr", of=original, body="<p>Bir.</p>")
    library.edition("تقرير", language="ar", of=original, publish=False)
    assert Board(client).states("A report") == [
        "Original",
        "Translated",
        "Begun, not published",
        "Missing",
    ]
    publish(original, body="<p>Two.</p>")
    ask_for(original.work_id, "sv", user=chief)
    MachineDraft.objects.create(
        edition=Edition.objects.get(work=original.work, locale__language_code="ar"),
        translator="LibreTranslate",
    )
    assert Board(client).states("A report") == [
        "Original",
        "Out of date",
        "Machine draft",
        "Asked for",
    ]
    assert str(turkish.pk) in Board(client).cell("A report", 2).xpath(".//a/@href")[0]


def test_what_wagtail_localize_translates_from_is_the_original(library: Library) -> None:
    first = library.edition("Bir rapor", language="tr")
    second = library.edition("A report", of=first)
    translate(second, "sv")
    row = find_rows([first.work_id])[first.work_id]
    assert row.cells["en"].state == State.ORIGINAL
    assert row.cells["tr"].state == State.TRANSLATED
    assert row.cells["sv"].state == State.BEGUN


def test_an_alias_counts_as_no_edition(library: Library) -> None:
    original = library.edition("A report")
    locale = library.sections["sv"].locale
    original.copy_for_translation(locale, alias=True)
    assert find_rows([original.work_id])[original.work_id].cells["sv"].state == State.MISSING


def test_filters_narrow_by_language_state_theme_section_and_number(
    library: Library, client: Client, chief: User
) -> None:
    water = Concept.objects.create(slug="water", is_theme=True)
    Label.objects.create(concept=water, language="en", text="Water")
    wet, dry = library.edition("Wet"), library.edition("Dry")
    wet.work.themes.add(water)
    library.edition("Torr", language="sv", of=dry)
    other = (
        library.sections["en"]
        .get_parent()
        .add_child(
            instance=SectionPage(title="Other", slug="other", locale=library.sections["en"].locale)
        )
    )
    dry.move(other, pos="last-child")

    assert Board(client).titles() == ["Dry", "Wet"]
    assert Board(client, theme=water.pk).titles() == ["Wet"]
    assert Board(client, language="sv", state="missing").titles() == ["Wet"]
    assert Board(client, language="sv", state="translated").titles() == ["Dry"]
    assert Board(client, state="missing").titles() == ["Dry", "Wet"]
    assert Board(client, section=other.pk).titles() == ["Dry"]
    assert Board(client, work=wet.work_id).titles() == ["Wet"]
    cells = Board(client, language="sv").tree.xpath("count(//tr[th//bdi[text()='Dry']]/td)")
    assert cells == 1


def test_the_number_of_queries_does_not_grow_with_the_works(
    library: Library, client: Client, chief: User
) -> None:
    def queries(**query: Any) -> int:
        with CaptureQueriesContext(connection) as captured:
            Board(client, **query)
        return len(captured)

    first = library.edition("First")
    library.edition("İlk", language="tr", of=first)
    Board(client)
    few, few_filtered = queries(), queries(language="sv", state="missing")
    for number in range(12):
        edition = library.edition(f"Report {number}")
        library.edition(f"Rapor {number}", language="tr", of=edition)
        ask_for(edition.work_id, "ar")
    assert queries() <= few
    assert queries(language="sv", state="missing") <= few_filtered


def test_the_board_is_cut_into_pages(
    library: Library, client: Client, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from translations.board import TranslationBoard

    monkeypatch.setattr(TranslationBoard, "paginate_by", 2)
    for number in range(3):
        library.edition(f"Report {number}")
    assert Board(client).titles() == ["Report 2", "Report 1"]
    assert Board(client, p=2).titles() == ["Report 0"]


def test_a_click_begins_a_missing_translation(
    library: Library, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    original = library.edition("A report")
    user = translator(library, "sv")
    client.force_login(user)
    begin = f"/admin/translations/begin/{original.work_id}/sv/"
    assert begin in Board(client).buttons("A report")
    response = client.post(begin)
    made = Edition.objects.get(work=original.work, locale__language_code="sv")
    assert response.url == f"/admin/pages/{made.pk}/edit/"
    assert (made.live, made.owner) == (False, user)
    assert client.get(response.url).status_code == 200
    again = client.post(begin)
    assert again.url == response.url
    assert Edition.objects.filter(work=original.work).count() == 2


def test_a_translator_begins_nothing_in_another_language(library: Library, client: Client) -> None:
    original = library.edition("A report")
    client.force_login(translator(library, "sv"))
    begin = f"/admin/translations/begin/{original.work_id}/tr/"
    assert begin not in Board(client).buttons("A report")
    assert client.post(begin).status_code in (302, 403)
    assert Edition.objects.filter(work=original.work).count() == 1


def test_a_cell_leads_to_editing_only_where_the_user_may(library: Library, client: Client) -> None:
    original = library.edition("A report")
    swedish = library.edition("En rapport", language="sv", of=original)
    library.edition("Bir rapor", language="tr", of=original, publish=False)
    client.force_login(translator(library, "sv"))
    board = Board(client)
    assert board.cell("A report", 1).xpath(".//a/@href") == [original.number_path()]
    assert board.cell("A report", 4).xpath(".//a/@href") == [f"/admin/pages/{swedish.pk}/edit/"]
    assert board.cell("A report", 2).xpath(".//a/@href") == []
    assert "Bir rapor" not in board.response.content.decode()


def test_the_board_shows_no_draft_and_no_restricted_work_of_others(
    library: Library, client: Client
) -> None:
    draft = library.edition("Secret draft", publish=False)
    hidden = library.edition("Secret report")
    restrict_page(hidden, "groups")
    library.edition("A report")
    client.force_login(translator(library, "sv"))
    assert Board(client).titles() == ["A report"]
    for work in (draft.work_id, hidden.work_id):
        for action in ("begin", "ask"):
            # The site looks for what is not there below a language's address, too.
            client.post(f"/admin/translations/{action}/{work}/sv/")
        assert Edition.objects.filter(work=work).count() == 1
    assert not TranslationRequest.objects.exists()


def test_without_a_page_permission_there_is_no_board(library: Library, client: Client) -> None:
    from tests.translations.helpers import admin_group

    client.force_login(make_user("guest", admin_group("Guests")))
    assert client.get(BOARD).status_code in (302, 403)
    client.logout()
    assert client.get(BOARD).status_code == 302


def test_a_translation_is_asked_for_once_and_done_when_it_is_published(
    library: Library, client: Client, chief: User
) -> None:
    original = library.edition("A report")
    ask = f"/admin/translations/ask/{original.work_id}/sv/"
    assert ask in Board(client).buttons("A report")
    client.post(ask)
    client.post(ask)
    (request,) = TranslationRequest.objects.all()
    assert (request.language, request.asked_by, request.origin) == ("sv", chief, "editor")
    assert ask not in Board(client).buttons("A report")
    draft = library.edition("En rapport", language="sv", of=original, publish=False)
    request.refresh_from_db()
    assert request.done_at is None
    publish(draft)
    request.refresh_from_db()
    assert request.done_at is not None
    ask_for(original.work_id, "sv")
    assert TranslationRequest.objects.count() == 2


def test_a_search_without_a_result_may_ask_too(library: Library) -> None:
    work = library.edition("A report").work
    request = ask_for(work, "ar", "تصريف مياه الأمطار")
    assert request.origin == "search"
    assert ask_for(work, "ar", user=make_user("later")).pk == request.pk
    with pytest.raises(UnknownLanguage):
        ask_for(work, "fr")


def test_buttons_want_a_post(library: Library, client: Client, chief: User) -> None:
    work = library.edition("A report").work_id
    assert client.get(f"/admin/translations/ask/{work}/sv/").status_code == 405
    assert client.get(f"/admin/translations/begin/{work}/sv/").status_code == 405
    assert not TranslationRequest.objects.exists()


def test_a_person_says_that_a_translation_is_still_right(library: Library, client: Client) -> None:
    original = library.edition("A report", body="<p>One.</p>")
    swedish = library.edition("En rapport", language="sv", of=original)
    turkish = library.edition("Bir rapor", language="tr", of=original)
    publish(original, body="<p>One!</p>")
    client.force_login(translator(library, "sv"))
    assert Board(client).buttons("A report")[-1] == f"/admin/translations/confirm/{swedish.pk}/"
    client.post(f"/admin/translations/confirm/{swedish.pk}/")
    client.post(f"/admin/translations/confirm/{turkish.pk}/")
    cells = find_rows([original.work_id])[original.work_id].cells
    assert cells["sv"].state == State.TRANSLATED
    assert cells["tr"].state == State.OUT_OF_DATE


def test_a_header_of_an_edition_asks_with_one_click(
    library: Library, client: Client, chief: User
) -> None:
    edition = library.edition("A report")
    text = client.get(f"/admin/pages/{edition.pk}/edit/").content.decode()
    assert f"/admin/translations/ask/{edition.work_id}/sv/?next=" in text
    assert f"/admin/translations/?work={edition.work_id}" in text
    client.post(f"/admin/translations/ask/{edition.work_id}/sv/")
    text = client.get(f"/admin/pages/{edition.pk}/edit/").content.decode()
    assert f"/admin/translations/ask/{edition.work_id}/sv/?next=" not in text


def test_the_home_page_shows_what_waits_in_the_users_languages(
    library: Library, client: Client
) -> None:
    original = library.edition("A report", body="<p>One.</p>")
    library.edition("En rapport", language="sv", of=original)
    library.edition("Bir rapor", language="tr", of=original)
    other = library.edition("Another report")
    publish(original, body="<p>Two.</p>")
    ask_for(other.work_id, "sv", "drainage")
    ask_for(original.work_id, "ar", "for Arabic readers")
    client.force_login(translator(library, "sv"))
    text = client.get("/admin/").content.decode()
    assert "Translations out of date" in text
    assert "En rapport" in text
    assert "Bir rapor" not in text
    assert "drainage" in text
    assert "for Arabic readers" not in text


def test_a_complete_walk_ends_with_a_translation_up_to_date(
    library: Library, django_capture_on_commit_callbacks: Any
) -> None:
    original = library.edition("A report")
    translation = translate(original, "tr")
    say(translation, {"A report": "Bir rapor"})
    with django_capture_on_commit_callbacks(execute=True):
        translation.save_target(publish=True)
    assert target(translation).title == "Bir rapor"
    row = find_rows([original.work_id])[original.work_id]
    assert row.cells["tr"].state == State.TRANSLATED


def test_who_may_change_and_submit_may_begin_without_a_right_to_add(
    library: Library, client: Client
) -> None:
    original = library.edition("A report")
    user = translator(library, "sv", may=("change_page",))
    client.force_login(user)
    begin = f"/admin/translations/begin/{original.work_id}/sv/"
    assert begin in Board(client).buttons("A report")
    response = client.post(begin)
    assert client.get(response.url).status_code == 200
    client.post(f"/admin/translations/begin/{original.work_id}/tr/")
    assert Edition.objects.filter(work=original.work).count() == 2


def test_without_a_right_to_add_or_submit_nothing_is_begun(
    library: Library, client: Client
) -> None:
    original = library.edition("A report")
    user = translator(library, "sv", may=("change_page",))
    group = user.groups.get()
    group.permissions.remove(*group.permissions.filter(codename="submit_translation"))
    client.force_login(user)
    begin = f"/admin/translations/begin/{original.work_id}/sv/"
    assert begin not in Board(client).buttons("A report")
    client.post(begin)
    assert Edition.objects.filter(work=original.work).count() == 1


def test_who_may_only_add_can_edit_what_they_began(library: Library, client: Client) -> None:
    original = library.edition("A report")
    client.force_login(translator(library, "sv", may=("add_page",)))
    response = client.post(f"/admin/translations/begin/{original.work_id}/sv/")
    assert client.get(response.url).status_code == 200


class TestWithdrawing:
    """A request can be taken back by who asked, and by who may change the work."""

    def url(self, edition: Any) -> str:
        return f"/admin/translations/withdraw/{edition.work_id}/sv/"

    def test_by_who_asked(self, library: Library, client: Client) -> None:
        edition = library.edition("A report")
        client.force_login(translator(library, "tr"))
        client.post(f"/admin/translations/ask/{edition.work_id}/sv/")
        assert any(self.url(edition) in place for place in Board(client).buttons("A report"))
        back = client.post(self.url(edition), {"next": BOARD})
        assert back["Location"] == BOARD
        assert not TranslationRequest.objects.exists()
        assert not any("withdraw" in place for place in Board(client).buttons("A report"))
        assert find_rows([edition.work_id])[edition.work_id].cells["sv"].state == State.MISSING

    def test_by_who_may_change_the_work_and_from_its_form(
        self, library: Library, client: Client
    ) -> None:
        edition = library.edition("A report")
        ask_for(edition.work_id, "sv")
        client.force_login(translator(library, "en"))
        form = client.get(f"/admin/pages/{edition.pk}/edit/").content.decode()
        assert self.url(edition) in form
        assert "Withdraw the request for Swedish" in form
        client.post(self.url(edition))
        assert not TranslationRequest.objects.exists()

    def test_by_nobody_else(self, library: Library, client: Client) -> None:
        edition = library.edition("A report")
        ask_for(edition.work_id, "sv", user=make_user("somebody"))
        client.force_login(translator(library, "tr"))
        assert not any("withdraw" in place for place in Board(client).buttons("A report"))
        client.post(self.url(edition))
        hidden = library.edition("Secret", publish=False)
        ask_for(hidden.work_id, "sv")
        assert client.post(self.url(hidden), follow=True).status_code == 404
        assert TranslationRequest.objects.count() == 2

    def test_what_is_done_is_not_withdrawn(
        self, library: Library, client: Client, chief: User
    ) -> None:
        edition = library.edition("A report")
        ask_for(edition.work_id, "sv")
        publish(library.edition("En rapport", language="sv", of=edition))
        client.post(self.url(edition))
        assert TranslationRequest.objects.get().done_at is not None
