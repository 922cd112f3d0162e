"""Importing and exporting in the admin: checked first, stored by the worker, own works only."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    PageLogEntry,
)
from wagtail.users.models import UserProfile

from network.loading import load_network
from network.models import Organisation
from publications.exchange.runs import due_runs, work_on
from publications.models import Edition, ImportRun, Publication, Work
from publications.tree import SectionSpec, ensure_section
from tests.library import Library, make_user, pdf_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def union(library: Library, settings: Any, tmp_path: Path) -> dict[str, Any]:
    """A union's section, beside the one that the editor works in."""
    settings.MEDIA_ROOT = tmp_path / "media"
    load_network()
    return ensure_section(SectionSpec(Organisation.objects.get(slug="mbb")))


@pytest.fixture
def editor(client: Client, library: Library) -> User:
    group = Group.objects.create(name="editors")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    rights = {"content_type__app_label": "wagtailcore"}
    for section in library.sections.values():
        for name in ("add_page", "change_page"):
            permission = Permission.objects.get(codename=name, **rights)
            GroupPagePermission.objects.create(group=group, page=section, permission=permission)
    GroupCollectionPermission.objects.create(
        group=group,
        collection=Collection.get_first_root_node(),
        permission=Permission.objects.get(
            codename="add_document", content_type__app_label="wagtaildocs"
        ),
    )
    user = make_user("editor", group)
    client.force_login(user)
    return user


def archive(**entries: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return buffer.getvalue()


def upload(client: Client, library: Library, content: bytes, name: str = "a.zip") -> ImportRun:
    data = {"file": SimpleUploadedFile(name, content), "section": library.sections["en"].pk}
    response = client.post(reverse("import_works"), data)
    run = ImportRun.objects.get()
    assert response.headers["Location"] == reverse("import_run", args=[run.pk])
    return run


def page_of(client: Client, run: ImportRun) -> str:
    return client.get(reverse("import_run", args=[run.pk])).content.decode()


def test_an_archive_is_checked_shown_and_stored_when_confirmed(
    client: Client, library: Library, union: Any, editor: User
) -> None:
    table = "file,title,date\nplan.en.pdf,The plan,2021\nother.pdf,,\nrest.en.pdf,,in May\n"
    files = {"plan.en.pdf": pdf_bytes("plan"), "rest.en.pdf": pdf_bytes("rest")}
    content = archive(**{"works.csv": table.encode(), **files})
    run = upload(client, library, content)
    assert "http-equiv" in page_of(client, run)

    assert work_on(str(run.pk)) == "checked"
    shown = page_of(client, run)
    assert "The plan" in shown
    assert "Can be imported: 1" in shown
    assert "<td>Imported</td>" not in shown
    assert "The folder has no file “other.pdf”" in shown
    assert "is no date such as" in shown
    assert not Edition.objects.exists()

    client.post(reverse("import_run", args=[run.pk]))
    assert due_runs() == [(str(run.pk),)]
    assert work_on(str(run.pk)) == "done"
    [edition] = Edition.objects.all()
    assert (edition.title, edition.live) == ("The plan", False)
    assert work_on(str(run.pk)) == "nothing to do"


def test_what_an_editor_exports_holds_own_works_and_comes_back(
    client: Client, library: Library, union: Any, editor: User
) -> None:
    own = library.edition("Own report")
    foreign = Publication(title="Foreign report", slug="foreign", locale=union["en"].locale)
    union["en"].add_child(instance=foreign)
    response = client.get(reverse("export_works", args=["zip"]))
    content = b"".join(response)
    table = zipfile.ZipFile(io.BytesIO(content)).read("works.csv").decode()
    assert "Own report" in table
    assert "Foreign report" not in table
    for name in ("csv", "xlsx"):
        assert client.get(reverse("export_works", args=[name])).status_code == 200

    own.delete()
    run = upload(client, library, content)
    assert work_on(str(run.pk)) == "checked"
    client.post(reverse("import_run", args=[run.pk]))
    assert work_on(str(run.pk)) == "done"
    assert Edition.objects.filter(title="Own report", live=False).count() == 1


def test_works_and_sections_of_others_are_refused(
    client: Client, library: Library, union: Any, editor: User
) -> None:
    foreign = Publication(title="Foreign report", slug="foreign", locale=union["en"].locale)
    union["en"].add_child(instance=foreign)
    header = "work,number,kind,section,language,title,slug,state,file_number"
    key = foreign.work.translation_key
    rows = [
        f"{key},1,publication,catalogue,tr,Mine now,mine,published,",
        "5f7e61f4-5f0c-4f57-9c39-d9f2a7a5b0ff,,publication,mbb,en,Planted,planted,published,",
    ]
    run = upload(client, library, "\n".join([header, *rows]).encode(), "works.csv")
    work_on(str(run.pk))
    shown = page_of(client, run)
    assert "This work is in the library and not yours" in shown
    assert "You may not add works to" in shown
    assert "Import these works" not in shown


def test_what_is_wrong_is_said_in_the_editors_language(
    client: Client, library: Library, union: Any, editor: User
) -> None:
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": "tr"})
    table = "file,themes,language,date\nplan.en.pdf,astroloji,xx,dün\nyok.pdf,,,\n"
    content = archive(**{"works.csv": table.encode(), "plan.en.pdf": pdf_bytes("plan")})
    run = upload(client, library, content)
    assert work_on(str(run.pk)) == "checked"
    run.refresh_from_db()
    reasons = " ".join(row["reason"] for row in run.outcomes)
    assert "astroloji" in reasons
    assert "yok.pdf" in reasons
    for word in ("Row", "column", "There is", "not known", "is no date", "The folder"):
        assert word not in reasons


def test_who_imported_and_published_stands_in_the_history(
    client: Client, library: Library, union: Any
) -> None:
    boss = make_user("boss", superuser=True)
    client.force_login(boss)
    table = "file,title\nplan.en.pdf,The plan\n"
    content = archive(**{"works.csv": table.encode(), "plan.en.pdf": pdf_bytes("plan")})
    data = {
        "file": SimpleUploadedFile("a.zip", content),
        "section": library.sections["en"].pk,
        "publish": "on",
    }
    client.post(reverse("import_works"), data)
    run = ImportRun.objects.get()
    work_on(str(run.pk))
    client.post(reverse("import_run", args=[run.pk]))
    assert work_on(str(run.pk)) == "done"
    edition = Edition.objects.get()
    assert edition.live
    assert edition.owner == boss
    assert edition.latest_revision.user == boss
    log = PageLogEntry.objects.filter(page=edition.pk, action="wagtail.publish")
    assert [entry.user for entry in log] == [boss]
    assert reverse("wagtailadmin_pages:edit", args=[edition.pk]) in page_of(client, run)


HEADER = "work,number,kind,section,language,title,slug,state,file_number,period_start,validation"
KEY = "5f7e61f4-5f0c-4f57-9c39-d9f2a7a5b0ff"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{KEY},,publication,catalogue,en,{'T' * 300},a,draft,,,", "longer than 255"),
        (f"{KEY},,publication,catalogue,en,T,a,draft,,{'9' * 30},", "whole number up to 9999"),
        (f"{KEY},,publication,catalogue,en,T,a,draft,,in May,", "whole number up to 9999"),
        (f"{KEY},,publication,catalogue,en,T,a,draft,,,perhaps", "Choose one of: "),
    ],
    ids=["title", "large", "no number", "validation"],
)
def test_what_would_not_fit_is_said_when_the_file_is_checked(
    client: Client, library: Library, union: Any, editor: User, row: str, reason: str
) -> None:
    run = upload(client, library, f"{HEADER}\n{row}\n".encode(), "works.csv")
    assert work_on(str(run.pk)) == "checked"
    shown = page_of(client, run)
    assert reason in shown
    assert "Correct what stands under" in shown
    assert "Import these works" not in shown


def test_a_file_is_not_stored_under_another_kind_of_name(
    client: Client, library: Library, union: Any, editor: User
) -> None:
    names = "work,kind,section,language,title,slug,state,file,file_number,file_name,collection"
    rows = [
        f"{KEY},publication,catalogue,en,T,t,draft,,,,",
        f"{KEY},,,en,,,,a.txt,1,run.bat,Catalogue",
        f"{KEY},,,en,,,,a.txt,{'9' * 30},a.txt,Catalogue",
        f"{KEY},,,en,,,,{'n' * 5000},2,,Catalogue",
    ]
    table = "\n".join([names, *rows]).encode()
    run = upload(client, library, archive(**{"works.csv": table, "a.txt": b"del *.*"}))
    assert work_on(str(run.pk)) == "checked"
    shown = page_of(client, run)
    assert "It must end as the name of the file does." in shown
    assert "This is no number." in shown
    assert "The archive has no file" in shown


def test_a_work_that_was_joined_into_another_does_not_come_back_beside_it(
    client: Client, library: Library, union: Any, editor: User
) -> None:
    kept = library.edition("Kept").work
    gone = Work.objects.create(joined_into=kept)
    row = f"{gone.translation_key},,publication,catalogue,tr,T,t,draft,,,"
    run = upload(client, library, f"{HEADER}\n{row}\n".encode(), "works.csv")
    work_on(str(run.pk))
    assert f"was joined into work {kept.pk}" in page_of(client, run)


def test_a_hostile_archive_ends_in_words(
    client: Client, library: Library, union: Any, editor: User
) -> None:
    run = upload(client, library, archive(**{"../a.txt": b"x"}))
    assert work_on(str(run.pk)) == "failed"
    assert "leads out of it" in page_of(client, run)


def test_nobody_else_sees_an_import(
    client: Client, library: Library, union: Any, editor: User
) -> None:
    run = upload(client, library, archive(**{"plan.en.pdf": pdf_bytes("plan")}))
    client.force_login(make_user("chief", superuser=True))
    response = client.get(reverse("import_run", args=[run.pk]), follow=True)
    assert response.status_code == 404


def test_who_may_add_nothing_may_not_import(client: Client, library: Library) -> None:
    group = Group.objects.create(name="guests")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(make_user("guest", group))
    assert client.get(reverse("import_works")).status_code == 302
    assert client.get(reverse("export_works", args=["csv"])).status_code == 302
    assert "works/import" not in client.get(reverse("wagtailadmin_home")).content.decode()
