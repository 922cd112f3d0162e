"""Joining two works and splitting one: nothing is lost, every address leads somewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, PageLogEntry
from wagtail_localize.models import Translation

from network.models import Country
from publications.exchange.exporting import export_catalogue
from publications.facts import read_facts, write_facts
from publications.joining import CannotJoin, join_works, plan_join, split_work
from publications.models import Edition, EditionFile, Publication, Work
from search.models import OutboxEntry
from tests.library import Library, make_user, pdf_bytes
from tests.translations.helpers import publish, say, target, translate
from translations.texts import waiting_segments

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief() -> User:
    return make_user("chief", superuser=True)


@pytest.fixture
def two(library: Library) -> tuple[Publication, Publication]:
    """A report and its translation that were published as two works."""
    for code in ("SE", "TR"):
        Country.objects.create(code=code, names={"en": code})
    report = library.edition("The report", slug="the-report", summary="Short")
    rapor = library.edition("Rapor", language="tr", slug="rapor")
    library.attach(report, library.document(pdf_bytes("report"), "report.pdf"))
    file = library.attach(rapor, library.document(pdf_bytes("rapor"), "rapor.pdf"))
    library.read_text(file.document, "metin", language="tr")
    write_facts(report.work, {"licence": "cc-by-4.0", "countries": ["SE"]})
    facts = {"licence": "cc0-1.0", "countries": ["TR"], "authors": ["A. Kaya"]}
    write_facts(rapor.work, facts)
    return report, rapor


def join(kept: Edition, gone: Edition, user: User, **chosen: str) -> None:
    join_works(plan_join(fresh(kept), fresh(gone), user), chosen, user)


def fresh(page: Edition) -> Work:
    return Work.objects.get(pk=page.work_id)


def test_the_plan_says_what_is_taken_and_what_must_be_chosen(two: Any, chief: User) -> None:
    report, rapor = two
    plan = plan_join(report.work, rapor.work, chief)
    assert [edition.pk for edition in plan.editions] == [rapor.pk]
    assert plan.taken == {"authors": ["A. Kaya"]}
    assert {conflict.name for conflict in plan.conflicts} == {"licence", "countries"}


def test_a_joined_work_has_both_editions_and_the_chosen_facts(two: Any, chief: User) -> None:
    report, rapor = two
    join(report, rapor, chief, licence="gone", countries="both")
    moved = Publication.objects.get(pk=rapor.pk)
    assert moved.work_id == report.work_id
    assert moved.translation_key == Publication.objects.get(pk=report.pk).translation_key
    facts = read_facts(fresh(report))
    assert (facts["licence"], facts["countries"]) == ("cc0-1.0", ["SE", "TR"])
    assert facts["authors"] == ["A. Kaya"]
    numbers = EditionFile.objects.filter(edition__work=report.work_id)
    assert sorted(numbers.values_list("number", flat=True)) == [1, 2]
    assert PageLogEntry.objects.filter(action="publications.join").count() == 2


def test_the_drafts_of_a_moved_page_belong_to_the_new_work(two: Any, chief: User) -> None:
    report, rapor = two
    draft = Publication.objects.get(pk=rapor.pk)
    draft.title = "Yeni rapor"
    draft.save_revision()
    join(report, rapor, chief)
    Publication.objects.get(pk=rapor.pk).get_latest_revision().publish()
    published = Publication.objects.get(pk=rapor.pk)
    assert (published.title, published.work_id) == ("Yeni rapor", report.work_id)
    assert [file.number for file in published.files.all()] == [2]


def test_the_old_addresses_lead_to_the_new_ones(two: Any, chief: User, client: Client) -> None:
    report, rapor = two
    old, new = rapor.work_id, report.work_id
    join(report, rapor, chief)

    def leads_to(path: str) -> str:
        return str(client.get(path, follow=True).redirect_chain[-1][0])

    assert leads_to(f"/tr/works/{old}") == f"/tr/works/{new}/rapor"
    assert leads_to(f"/tr/works/{old}/rapor") == f"/tr/works/{new}/rapor"
    assert leads_to(f"/tr/works/{old}/files/1/1?q=metin") == f"/tr/works/{new}/files/2/1?q=metin"
    assert leads_to(f"/tr/works/{old}/files/1/download") == f"/tr/works/{new}/files/2/download"
    assert client.get("/tr/works/99999").status_code == 404


def test_both_works_are_written_to_the_index(two: Any, chief: User) -> None:
    report, rapor = two
    old = rapor.work_id
    OutboxEntry.objects.all().delete()
    join(report, rapor, chief)
    assert set(OutboxEntry.objects.values_list("work", flat=True)) >= {report.work_id, old}


def test_joining_and_splitting_again_gives_back_what_was(
    two: Any, chief: User, client: Client
) -> None:
    report, rapor = two
    before = export_catalogue(Edition.objects.all()).rows
    facts = read_facts(fresh(report))
    old, kept = fresh(rapor), fresh(report)
    join(report, rapor, chief)

    back = Work.objects.get(pk=old.pk)
    assert back.joined_editions == [rapor.pk]
    work = split_work(kept, [Publication.objects.get(pk=rapor.pk)], chief, back_to=back)
    assert work.pk == old.pk
    write_facts(kept, facts)  # the editor takes back what was chosen
    after = export_catalogue(Edition.objects.all()).rows
    assert [row | {"last_file": ""} for row in after] == [row | {"last_file": ""} for row in before]
    assert client.get(f"/tr/works/{old.pk}/rapor").status_code == 200
    moved = client.get(f"/tr/works/{kept.pk}/files/2/download")
    assert moved.headers["Location"] == f"/tr/works/{old.pk}/files/1/download"


def test_a_split_work_has_the_same_facts_and_its_addresses_lead_to_it(
    library: Library, chief: User, client: Client
) -> None:
    report = library.edition("The report", slug="the-report")
    rapor = library.edition("Rapor", language="tr", slug="rapor", of=report)
    file = library.attach(rapor, library.document(pdf_bytes("rapor"), "rapor.pdf"))
    write_facts(report.work, {"authors": ["A. Kaya"]})
    new = split_work(report.work, [Publication.objects.get(pk=rapor.pk)], chief)
    assert new.pk != report.work_id
    assert read_facts(new) == read_facts(report.work)
    response = client.get(f"/tr/works/{report.work_id}/rapor")
    assert response.headers["Location"] == f"/tr/works/{new.pk}/rapor"
    response = client.get(f"/tr/works/{report.work_id}/files/{file.number}/download")
    assert response.headers["Location"] == f"/tr/works/{new.pk}/files/1/download"


def test_what_cannot_be_joined_or_split_is_refused_in_words(
    library: Library, chief: User, two: Any
) -> None:
    report, rapor = two
    other = library.edition("Another report")
    with pytest.raises(CannotJoin, match="have an edition in English"):
        plan_join(report.work, other.work, chief)
    practice = library.edition("Uygulama", language="ar", kind="good_practice")
    with pytest.raises(CannotJoin, match="different kinds"):
        plan_join(report.work, practice.work, chief)
    with pytest.raises(CannotJoin, match="at least one"):
        split_work(report.work, [report], chief)
    Publication.objects.filter(pk=rapor.pk).update(locked=True)
    with pytest.raises(CannotJoin, match="locked"):
        plan_join(report.work, rapor.work, chief)


class TestAdmin:
    """The pages for it, for those who may publish both."""

    def test_preview_join_and_split(self, client: Client, chief: User, two: Any) -> None:
        report, rapor = two
        old = rapor.work_id
        write_facts(report.work, {"date": "2023-01-01", "date_precision": "year"})
        write_facts(rapor.work, {"date": "2021-01-01", "date_precision": "year"})
        client.force_login(chief)
        form = client.get(reverse("wagtailadmin_pages:edit", args=[report.pk])).content.decode()
        url = reverse("join_works", args=[report.work_id])
        assert url in form
        preview = client.get(url, {"other": old}).content.decode()
        assert "Rapor" in preview
        assert "(Turkish)" in preview
        assert "(as in the other work)" in preview
        assert "2021" in preview
        assert "2021-01-01" not in preview
        assert 'name="fact-licence"' in preview
        response = client.post(url, {"other": old, "fact-licence": "gone"})
        assert response.status_code == 302
        assert fresh(report).licence == "cc0-1.0"
        assert Edition.objects.get(pk=rapor.pk).work_id == report.work_id

        split = reverse("split_work", args=[report.work_id])
        assert f'value="{rapor.pk}" checked' in client.get(split).content.decode()
        client.post(split, {"editions": [rapor.pk], "number": str(old)})
        assert Edition.objects.get(pk=rapor.pk).work_id == old

    def test_who_may_not_publish_an_edition_may_not_join_it(
        self, client: Client, library: Library, two: Any
    ) -> None:
        report, rapor = two
        group = Group.objects.create(name="english")
        rights = Permission.objects.filter(codename__in=["access_admin", "change_work"])
        group.permissions.set(rights)
        for name in ("change_page", "publish_page"):
            permission = Permission.objects.get(
                codename=name, content_type__app_label="wagtailcore"
            )
            GroupPagePermission.objects.create(
                group=group, page=library.sections["en"], permission=permission
            )
        client.force_login(make_user("english", group))
        url = reverse("join_works", args=[report.work_id])
        assert client.get(url).status_code == 200
        shown = client.get(url, {"other": rapor.work_id}).content.decode()
        assert "no work with this number that you may change" in shown
        client.post(url, {"other": rapor.work_id})
        assert Edition.objects.get(pk=rapor.pk).work_id == rapor.work_id
        assert client.get(reverse("join_works", args=[rapor.work_id])).status_code == 302


class TestTranslationsThatFollow:
    """A work whose translation follows its original, joined with another."""

    @pytest.fixture
    def following(self, library: Library) -> tuple[Edition, Translation]:
        original = library.edition("Plan", language="sv", slug="plan", summary="Kort")
        translation = translate(original, "ar")
        say(translation, {"Plan": "خطة", "Kort": "ملخص"})
        translation.save_target(publish=True)
        return original, translation

    def test_they_go_on_following_in_the_work_that_stays(
        self, two: Any, chief: User, following: Any
    ) -> None:
        (report, _rapor), (original, translation) = two, following
        join(report, original, chief)
        work = fresh(report)
        translation.refresh_from_db()
        assert translation.source.object_id == work.translation_key
        assert {edition.language for edition in work.editions.all()} == {"en", "sv", "ar"}

        published = publish(original, summary="Ännu kortare")
        assert published.work_id == work.pk
        translation.refresh_from_db()
        (waiting,) = waiting_segments(translation)
        assert waiting.string.data == "Ännu kortare"
        say(translation, {"Ännu kortare": "ملخص أقصر"})
        translation.save_target(publish=True)
        edition = target(translation)
        assert edition.summary == "ملخص أقصر"
        assert edition.title == "خطة"
        assert (edition.work_id, edition.translation_key) == (work.pk, work.translation_key)
        assert not Edition.objects.filter(work=original.work_id).exists()

    def test_a_further_one_that_is_begun_is_an_edition_of_the_work_that_stays(
        self, two: Any, chief: User, following: Any
    ) -> None:
        (report, _rapor), (original, _translation) = two, following
        join(report, original, chief)
        made = target(translate(type(original).objects.get(pk=original.pk), "tr"))
        assert (made.language, made.work_id) == ("tr", report.work_id)

    def test_two_works_with_such_translations_are_not_joined(
        self, two: Any, chief: User, following: Any
    ) -> None:
        (report, _rapor), (original, _translation) = two, following
        Edition.objects.get(pk=two[1].pk).delete()
        translate(report, "tr")
        with pytest.raises(CannotJoin, match="follow their original"):
            plan_join(fresh(report), fresh(original), chief)

    def test_a_work_with_such_translations_is_not_split(self, chief: User, following: Any) -> None:
        original, translation = following
        with pytest.raises(CannotJoin, match="Stop those first"):
            split_work(fresh(original), [target(translation)], chief)


def test_a_work_that_was_joined_away_has_no_page_to_join_or_split(
    two: Any, chief: User, client: Client
) -> None:
    report, rapor = two
    gone = rapor.work_id
    join(report, rapor, chief)
    client.force_login(chief)
    for name in ("join_works", "split_work"):
        assert client.get(reverse(name, args=[gone]), follow=True).status_code == 404
