"""Questions to a union's editors, and whether a page helped; without following anybody."""

from __future__ import annotations

import csv
import datetime
import io
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contributions.feedback import ANSWERS_A_DAY, QUESTIONS_A_DAY
from contributions.jobs import KEPT, forget_old_messages, send_questions
from contributions.limits import forget_past_days
from contributions.mail import MAX_ATTEMPTS, send_question
from contributions.models import DayCount, DayKey, Helpfulness, Note, Question
from tests.contributions.union import Union, person
from tests.library import restrict_page

pytestmark = pytest.mark.django_db

SENDER = {"name": "Ayşe", "email": "ayse@example.com", "text": "What did it cost?", "website": ""}
ORIGIN = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture
def work(union: Union) -> Any:
    return union.library.edition("Less waste", kind="good_practice", slug="less-waste")


def ask_url(work: Any) -> str:
    return f"/en/works/{work.work_id}/reader/question"


def helped_url(work: Any) -> str:
    return f"/en/works/{work.work_id}/reader/helped"


class TestTheWorksPage:
    def test_it_offers_both_and_sets_no_cookie(self, work: Any, client: Client) -> None:
        response = client.get(work.permanent_path())
        text = response.content.decode()
        assert ask_url(work) in text
        assert helped_url(work) in text
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in text


class TestQuestions:
    def test_one_is_kept_and_mailed_to_the_unions_editors_alone(
        self, union: Union, work: Any, client: Client
    ) -> None:
        person("southern", "editors", type(union.organisation).objects.get(slug="south"))
        response = client.post(ask_url(work), SENDER, follow=True)
        assert "will answer by mail" in response.content.decode()
        question = Question.objects.get()
        assert (question.work, question.organisation) == (work.work, union.organisation)
        send_questions()
        assert send_question(question.pk)
        assert not send_question(question.pk)
        (message,) = mail.outbox
        assert message.to == ["editor@example.org"]
        assert message.reply_to == ["ayse@example.com"]
        assert SENDER["text"] in message.body

    def test_without_editors_it_goes_to_the_moderators(
        self, union: Union, work: Any, client: Client
    ) -> None:
        union.editor.delete()
        client.post(ask_url(work), SENDER)
        send_question(Question.objects.get().pk)
        assert [message.to for message in mail.outbox] == [["moderator@example.org"]]

    def test_a_mail_server_that_is_away_is_tried_again_and_not_for_ever(
        self, union: Union, work: Any, client: Client, settings: Any
    ) -> None:
        client.post(ask_url(work), SENDER)
        question = Question.objects.get()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        for _try in range(MAX_ATTEMPTS):
            with pytest.raises(ConnectionError):
                send_question(question.pk)
        assert not send_question(question.pk)
        question.refresh_from_db()
        assert question.mailed_at is None

    @pytest.mark.parametrize(
        ("name", "value"),
        [("email", "nobody"), ("text", ""), ("text", "x" * 3001), ("name", "")],
    )
    def test_what_is_wrong_is_said_beside_the_field(
        self, work: Any, client: Client, name: str, value: str
    ) -> None:
        response = client.post(ask_url(work), SENDER | {name: value})
        assert response.status_code == 422
        assert f'id="id_{name}_error"' in response.content.decode()
        assert not Question.objects.exists()

    def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(
        self, work: Any, client: Client
    ) -> None:
        response = client.post(ask_url(work), SENDER | {"website": "https://spam.example"})
        assert response.status_code == 302
        assert not Question.objects.exists()

    def test_a_day_has_its_limit_and_no_address_is_kept(self, work: Any, client: Client) -> None:
        for _number in range(QUESTIONS_A_DAY):
            assert client.post(ask_url(work), SENDER, REMOTE_ADDR="10.9.8.7").status_code == 302
        assert client.post(ask_url(work), SENDER, REMOTE_ADDR="10.9.8.7").status_code == 429
        assert client.post(ask_url(work), SENDER, REMOTE_ADDR="10.9.8.6").status_code == 302
        assert Question.objects.count() == QUESTIONS_A_DAY + 1
        assert not [row for row in DayCount.objects.all() if "10.9" in row.token]

    def test_behind_a_proxy_what_the_reader_wrote_is_not_believed(
        self, work: Any, client: Client, settings: Any
    ) -> None:
        settings.TRUSTED_PROXIES = 1
        for number in range(QUESTIONS_A_DAY):
            forged = {"HTTP_X_FORWARDED_FOR": f"1.2.3.{number}, 10.0.0.1"}
            assert client.post(ask_url(work), SENDER, **forged).status_code == 302
        forged = {"HTTP_X_FORWARDED_FOR": "9.9.9.9, 10.0.0.1"}
        assert client.post(ask_url(work), SENDER, **forged).status_code == 429

    def test_a_day_is_forgotten_with_its_key(self, work: Any, client: Client) -> None:
        client.post(ask_url(work), SENDER)
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        DayKey.objects.update(day=yesterday)
        DayCount.objects.update(day=yesterday)
        forget_past_days()
        assert not DayKey.objects.exists()
        assert not DayCount.objects.exists()

    def test_a_request_without_the_forms_token_is_refused(self, work: Any) -> None:
        client = Client(enforce_csrf_checks=True)
        assert client.post(ask_url(work), SENDER, **ORIGIN).status_code == 403

    def test_a_work_that_one_may_not_see_cannot_be_asked_about(
        self, work: Any, client: Client
    ) -> None:
        restrict_page(work, "login")
        for url in (ask_url(work), helped_url(work)):
            assert client.get(url).status_code == 404
            assert client.post(url, SENDER | {"answer": "yes"}, **ORIGIN).status_code == 404
        assert not Helpfulness.objects.exists()

    def test_they_are_forgotten_after_a_year(self, work: Any, client: Client) -> None:
        client.post(ask_url(work), SENDER)
        forget_old_messages()
        assert Question.objects.exists()
        Question.objects.update(sent_at=timezone.now() - KEPT - datetime.timedelta(hours=1))
        forget_old_messages()
        assert not Question.objects.exists()


class TestHelped:
    def test_a_click_on_the_works_page_is_counted(self, work: Any) -> None:
        client = Client(enforce_csrf_checks=True)
        response = client.post(helped_url(work), {"answer": "no"}, **ORIGIN)
        assert response["Location"].endswith("?counted")
        row = Helpfulness.objects.get()
        assert (row.helped, row.did_not, row.language) == (0, 1, "en")

    @pytest.mark.parametrize(
        "headers", [{}, {"HTTP_ORIGIN": "https://evil.example"}, {"HTTP_ORIGIN": "null"}]
    )
    def test_from_elsewhere_it_is_not(self, work: Any, headers: dict[str, str]) -> None:
        client = Client(enforce_csrf_checks=True)
        response = client.post(helped_url(work), {"answer": "yes"}, **headers)
        assert response.status_code == 403
        assert not Helpfulness.objects.exists()

    def test_often_by_one_it_is_counted_a_few_times(self, work: Any, client: Client) -> None:
        for _number in range(ANSWERS_A_DAY + 2):
            client.post(helped_url(work), {"answer": "yes"}, **ORIGIN)
        assert Helpfulness.objects.get().helped == ANSWERS_A_DAY

    def test_a_note_may_follow(self, union: Union, work: Any, client: Client) -> None:
        client.post(helped_url(work), {"text": "The costs are missing.", "website": ""})
        note = Note.objects.get()
        assert (note.text, note.organisation) == ("The costs are missing.", union.organisation)
        client.post(helped_url(work), {"text": "Buy!", "website": "x"})
        assert Note.objects.count() == 1


class TestInTheAdmin:
    REPORTS = ("reader_questions", "reader_notes", "helpfulness")

    @pytest.fixture
    def sent(self, work: Any, client: Client) -> Question:
        client.post(ask_url(work), SENDER)
        client.post(helped_url(work), {"text": "Less waste is fine.", "website": ""})
        client.post(helped_url(work), {"answer": "yes"}, **ORIGIN)
        return Question.objects.get()

    def test_the_unions_editors_see_and_answer_them(
        self, union: Union, sent: Question, client: Client
    ) -> None:
        client.force_login(union.editor)
        for name in self.REPORTS:
            assert "Less waste" in client.get(reverse(name)).content.decode(), name
        url = reverse("reader_question", args=[sent.pk])
        assert "ayse@example.com" in client.get(url).content.decode()
        assert url in client.get(reverse("wagtailadmin_home")).content.decode()
        client.post(url, {"answered": ""})
        sent.refresh_from_db()
        assert sent.answered_by == union.editor
        assert url not in client.get(reverse("wagtailadmin_home")).content.decode()

    @pytest.mark.parametrize("name", ["reader_questions", "reader_notes"])
    def test_what_a_reader_writes_is_no_formula_in_a_spreadsheet(
        self, union: Union, work: Any, client: Client, name: str
    ) -> None:
        formula = '=HYPERLINK("https://evil.example")'
        client.post(ask_url(work), SENDER | {"text": formula, "name": "@SUM(A1)"})
        client.post(helped_url(work), {"text": formula, "website": ""})
        client.force_login(union.editor)
        exported = b"".join(client.get(reverse(name), {"export": "csv"})).decode()
        (row,) = csv.DictReader(io.StringIO(exported))
        assert f"'{formula}" in row.values()
        assert not [cell for cell in row.values() if cell.startswith(("=", "@"))]

    def test_another_unions_editors_do_not(
        self, union: Union, sent: Question, client: Client
    ) -> None:
        south = type(union.organisation).objects.get(slug="south")
        client.force_login(person("southern", "editors", south))
        for name in self.REPORTS:
            assert "Less waste" not in client.get(reverse(name)).content.decode(), name
        url = reverse("reader_question", args=[sent.pk])
        assert "ayse@example.com" not in client.get(url, follow=True).content.decode()
        client.post(url, {"answered": ""}, follow=True)
        sent.refresh_from_db()
        assert sent.answered_at is None

    def test_neither_officers_nor_translators_may_open_them(
        self, union: Union, sent: Question, client: Client
    ) -> None:
        from network.models import Role
        from tests.library import make_user

        translator = make_user("t", Role.objects.get(kind="translators", language="sv").group)
        for user in (union.officer, translator):
            client.force_login(user)
            for name in self.REPORTS:
                assert client.get(reverse(name)).status_code == 302, name
            assert client.get(reverse("reader_question", args=[sent.pk])).status_code != 200
