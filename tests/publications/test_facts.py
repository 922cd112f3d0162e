"""The work's facts: filled in an edition's form, written on publishing, never overwritten."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission, PageLogEntry
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from network.models import Country
from publications.facts import empty_facts, merge_facts, read_facts, write_facts
from publications.models import Publication, Work
from tests.library import Library, make_user

pytestmark = pytest.mark.django_db


def form_data(page: Publication, **changes: Any) -> dict[str, Any]:
    """What a browser posts for an edition's form that was just opened."""
    facts = read_facts(page.work)
    data = {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "body": rich_text(page.body or "<p></p>"),
        "files": inline_formset([]),
        "comments": inline_formset([]),
        "authors": "\n".join(facts["authors"]),
        "identifiers": "",
        "date": (facts["date"] or "")[:4],
        "facts_seen": json.dumps(facts),
    }
    return nested_form_data(data) | changes


def publish_latest(page: Publication) -> None:
    """Publish the newest draft, as a moderator does."""
    Publication.objects.get(pk=page.pk).get_latest_revision().publish()


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(make_user("chief", superuser=True))
    return client


def edit(client: Client, page: Publication, **data: Any) -> Any:
    return client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), form_data(page, **data))


def test_a_draft_keeps_its_facts_to_itself_until_it_is_published(
    library: Library, editor: Client
) -> None:
    page = library.edition()
    Country.objects.create(code="SE", names={"en": "Sweden"})

    response = edit(editor, page, date="2021-05", authors="A. Kaya\nB. Öz", countries=["SE"])
    assert response.status_code == 302
    assert Work.objects.get(pk=page.work_id).authors == []

    publish_latest(page)
    work = Work.objects.get(pk=page.work_id)
    assert work.authors == ["A. Kaya", "B. Öz"]
    assert work.date == datetime.date(2021, 5, 1)
    assert work.date_precision == "month"
    assert [country.code for country in work.countries.all()] == ["SE"]


def test_the_form_of_another_edition_shows_the_published_facts(
    library: Library, editor: Client
) -> None:
    english = library.edition()
    turkish = library.edition("Rapor", language="tr", of=english)
    write_facts(english.work, {"authors": ["A. Kaya"], "date": "2021-01-01"})

    response = editor.get(reverse("wagtailadmin_pages:edit", args=[turkish.pk]))

    form = response.context["form"]
    assert form["authors"].value() == "A. Kaya"
    assert form["date"].value() == "2021"


def test_a_newer_change_by_another_is_shown_and_not_overwritten(
    library: Library, editor: Client
) -> None:
    page = library.edition()
    seen = form_data(page, authors="Mine")
    write_facts(page.work, {"authors": ["Theirs"]})

    response = editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), seen)

    assert response.status_code == 200
    assert "Theirs" in str(response.context["form"].errors["authors"])
    assert Work.objects.get(pk=page.work_id).authors == ["Theirs"]

    shown = response.context["form"]
    again = {**seen, "facts_seen": shown["facts_seen"].value()}
    assert editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), again).status_code == 302
    publish_latest(page)
    assert Work.objects.get(pk=page.work_id).authors == ["Mine"]


def test_publishing_an_older_draft_keeps_what_was_published_meanwhile(
    library: Library, editor: Client
) -> None:
    page = library.edition()
    edit(editor, page, authors="Mine", date="2020")
    write_facts(page.work, {"authors": ["Theirs"]})

    publish_latest(page)

    work = Work.objects.get(pk=page.work_id)
    assert work.authors == ["Theirs"]
    assert work.date == datetime.date(2020, 1, 1)
    entry = PageLogEntry.objects.get(action="publications.facts_kept")
    assert entry.data["facts"]["authors"] == [["Mine"], ["Theirs"]]


def test_after_publishing_the_form_follows_the_work_again(library: Library, editor: Client) -> None:
    page = library.edition()
    edit(editor, page, authors="Mine")
    publish_latest(page)
    write_facts(page.work, {"authors": ["Newer"]})

    response = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert response.context["form"]["authors"].value() == "Newer"


def test_who_may_not_change_facts_sees_them_to_read(library: Library, client: Client) -> None:
    page = library.edition()
    write_facts(page.work, {"authors": ["Ayhan Kaya"]})
    translators = Group.objects.create(name="Translators")
    translators.permissions.add(Permission.objects.get(codename="access_admin"))
    GroupPagePermission.objects.create(
        group=translators,
        page=page.get_parent(),
        permission=Permission.objects.get(
            codename="change_page", content_type__app_label="wagtailcore"
        ),
    )
    client.force_login(make_user("translator", translators))

    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))

    assert "authors" not in response.context["form"].fields
    assert "Ayhan Kaya" in response.content.decode()

    edit(client, page, title="New title", authors="Somebody else")
    publish_latest(page)
    assert Work.objects.get(pk=page.work_id).authors == ["Ayhan Kaya"]


def test_a_wrong_isbn_is_refused_and_everything_else_is_kept(
    library: Library, editor: Client
) -> None:
    page = library.edition()

    response = edit(editor, page, identifiers="ISBN 978-91-986575-4-9", authors="A. Kaya")

    form = response.context["form"]
    assert "978-91-986575-4-9" in str(form.errors["identifiers"])
    assert form["authors"].value() == "A. Kaya"


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "changes", "conflicts"),
    [
        ("a", "a", "b", {}, []),
        ("a", "b", "a", {"licence": "b"}, []),
        ("a", "b", "b", {}, []),
        ("a", "b", "c", {}, ["licence"]),
    ],
    ids=["only they", "only I", "both alike", "both apart"],
)
def test_facts_are_merged_three_ways(
    base: str, mine: str, theirs: str, changes: dict[str, str], conflicts: list[str]
) -> None:
    merge = merge_facts({"licence": base}, {"licence": mine}, empty_facts() | {"licence": theirs})

    assert merge.changes == changes
    assert list(merge.conflicts) == conflicts


def test_facts_survive_the_way_to_the_database_and_back(library: Library) -> None:
    page = library.edition()
    Country.objects.create(code="TR", names={"en": "Türkiye"})
    facts = empty_facts() | {
        "date": "2021-03-01",
        "date_precision": "month",
        "authors": ["A", "B"],
        "countries": ["TR"],
        "identifiers": [["isbn", "978-91-986575-4-8"], ["other", "X 1"]],
        "licence": "cc-by-4.0",
        "period_start": 2020,
    }

    write_facts(page.work, facts)

    assert read_facts(Work.objects.get(pk=page.work_id)) == facts
