"""Attempts to make search show what a reader may not see, through the site's own addresses.

A made-up word stands in one place only. After each kind of change, made as an editor makes it,
it is asked for whole, misspelt by a letter, as a prefix, as a phrase, excluded and in fields.
"""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Collection, Page

from publications.models import Edition, EditionFile, LibraryDocument, Publication
from publications.reading import read_due_document
from search.indexing.drain import drain
from search.indexing.rebuild import rebuild
from search.indexing.reconcile import reconcile
from tests.library import Library, make_user, pdf_bytes, private_collection, restrict_page

pytestmark = pytest.mark.django_db

WORD = "zyrvanquil"
NEIGHBOUR = "quorblax"
"""Stands beside the word and is never typed, as pages repeat what was typed."""

SECRET = f"Public {WORD} {NEIGHBOUR} plan"

QUESTIONS = {
    "whole": WORD,
    "misspelt": "zyrvanqail",
    "prefix": WORD[:6],
    "phrase": f'"public {WORD}"',
    "with another word": f"public {WORD}",
    "in the title": f"title:{WORD}",
}


@pytest.fixture(autouse=True)
def index(tmp_path: Path, settings: Any) -> None:
    settings.SEARCH_FOLDER = tmp_path / "search"
    rebuild()


def settle() -> None:
    """What worker and scheduler do within a minute."""
    reconcile()
    drain(retries=True)


@pytest.fixture
def chief() -> Client:
    client = Client()
    client.force_login(make_user("chief", superuser=True))
    return client


def add_file(library: Library, edition: Edition, text: str, **fields: Any) -> EditionFile:
    collection = fields.pop("collection", None)
    name = "report.pdf"
    document = library.document(pdf_bytes(text), name, title=text, collection=collection)
    library.attach(edition, document, **fields)
    read_due_document(document.pk)
    return EditionFile.objects.get(document=document)


def shown(client: Client) -> Iterator[tuple[str, str, str]]:
    """Everything search answers to the questions: where, the question, the text."""
    for name, question in QUESTIONS.items():
        for language in ("en", "tr"):
            page = client.get(f"/{language}/search/", {"q": question})
            assert page.status_code == 200
            yield f"page, {name}", question, page.content.decode()
    for prefix in (WORD[:4], WORD):
        found = client.get("/en/search/suggest", {"q": prefix})
        yield "suggestions", prefix, json.dumps(found.json()["suggestions"])


def totals(client: Client, question: str) -> int:
    """How many works a question finds."""
    return len(client.get("/en/search/", {"q": question}).context["hits"])


def leaks(client: Client | None = None) -> list[str]:
    """Where the word shows, or counts."""
    client = client or Client()
    found = [
        name
        for name, question, text in shown(client)
        if NEIGHBOUR in text.lower() or (WORD not in question and WORD in text.lower())
    ]
    found += [name for name, question in QUESTIONS.items() if totals(client, question)]
    return found


def in_command() -> int:
    """How many works the command finds, which asks as an anonymous reader."""
    out = io.StringIO()
    call_command("search", WORD, "--json", stdout=out)
    return int(json.loads(out.getvalue())["total"])


def test_the_word_is_found_while_it_is_public(library: Library) -> None:
    add_file(
        library,
        library.edition("A public report"),
        SECRET,
    )
    settle()

    assert totals(Client(), WORD) == 1
    assert totals(Client(), QUESTIONS["phrase"]) == 1
    assert in_command() == 1
    spelling = Client().get("/en/search/", {"q": QUESTIONS["misspelt"]}).content.decode()
    assert WORD in spelling


def _restrict_collection(file: EditionFile, _chief: Client) -> None:
    LibraryDocument.objects.filter(pk=file.document_id).update(collection=private_collection())


def _move_in_bulk(file: EditionFile, chief: Client) -> None:
    url = reverse(
        "wagtail_bulk_action", args=["publications", "librarydocument", "add_to_collection"]
    )
    data = {"collection": private_collection().pk}
    assert chief.post(f"{url}?id={file.document_id}", data).status_code == 302


def _unpublish(file: EditionFile, chief: Client) -> None:
    chief.post(reverse("wagtailadmin_pages:unpublish", args=[file.edition_id]))


def _delete(file: EditionFile, chief: Client) -> None:
    chief.post(reverse("wagtailadmin_pages:delete", args=[file.edition_id]))


def _expire(file: EditionFile, _chief: Client) -> None:
    past = timezone.now() - datetime.timedelta(minutes=1)
    Page.objects.filter(pk=file.edition_id).update(expire_at=past)


def _embargo(file: EditionFile, _chief: Client) -> None:
    future = timezone.now() + datetime.timedelta(days=1)
    EditionFile.objects.filter(pk=file.pk).update(embargo_until=future)


def _restrict_page(file: EditionFile, chief: Client) -> None:
    _set_privacy(chief, file.edition_id)


def _restrict_parent(file: EditionFile, chief: Client) -> None:
    _set_privacy(chief, file.edition.get_parent().pk)


def _set_privacy(chief: Client, page: int) -> None:
    url = reverse("wagtailadmin_pages:set_privacy", args=[page])
    assert chief.post(url, {"restriction_type": "login"}).status_code == 200


def _move_below_a_restricted_section(file: EditionFile, chief: Client) -> None:
    section = file.edition.get_parent()
    hidden = section.copy(recursive=False, update_attrs={"slug": "hidden", "title": "Hidden"})
    restrict_page(hidden, "login")
    url = reverse("wagtailadmin_pages:move_confirm", args=[file.edition_id, hidden.pk])
    assert chief.post(url).status_code == 302


def _move_collection(file: EditionFile, _chief: Client) -> None:
    own = Collection.get_first_root_node().add_child(name="Own")
    LibraryDocument.objects.filter(pk=file.document_id).update(collection=own)
    settle()
    own.move(private_collection(), pos="sorted-child")


def _take_the_file_away(file: EditionFile, _chief: Client) -> None:
    page = Publication.objects.get(pk=file.edition_id)
    page.files.clear()
    page.save_revision().publish()


def _replace_the_file(file: EditionFile, _chief: Client) -> None:
    from django.core.files.base import ContentFile

    document = LibraryDocument.objects.get(pk=file.document_id)
    document.title = "Another"
    document.file.save("b.pdf", ContentFile(pdf_bytes("harmless text")), save=False)
    document._set_document_file_metadata()
    document.save()


CHANGES: list[Callable[[EditionFile, Client], None]] = [
    _restrict_collection,
    _move_in_bulk,
    _unpublish,
    _delete,
    _expire,
    _embargo,
    _restrict_page,
    _restrict_parent,
    _move_below_a_restricted_section,
    _move_collection,
    _take_the_file_away,
    _replace_the_file,
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__.strip("_"))
def test_nothing_shows_after_a_change(
    library: Library, chief: Client, change: Callable[[EditionFile, Client], None]
) -> None:
    file = add_file(
        library,
        library.edition("A public report"),
        SECRET,
    )
    settle()
    assert totals(Client(), WORD) == 1

    change(file, chief)
    settle()

    assert leaks() == []
    assert in_command() == 0


@pytest.mark.parametrize("change", [_expire, _embargo], ids=["expiry", "embargo"])
def test_times_are_compared_when_the_question_is_asked(
    library: Library, change: Callable[[EditionFile, Client], None]
) -> None:
    file = add_file(library, library.edition("A public report"), SECRET)
    soon = timezone.now() + datetime.timedelta(seconds=1.5)
    if change is _expire:
        Page.objects.filter(pk=file.edition_id).update(expire_at=soon)
        visible_now = 1
    else:
        EditionFile.objects.filter(pk=file.pk).update(embargo_until=soon)
        visible_now = 0
    settle()
    assert totals(Client(), WORD) == visible_now

    import time

    time.sleep(2.5)

    assert totals(Client(), WORD) == 1 - visible_now


def test_a_restricted_edition_beside_a_public_one_shows_nothing(library: Library) -> None:
    turkish = library.edition("Açık rapor public", language="tr")
    arabic = library.edition(SECRET, language="ar", of=turkish)
    restrict_page(arabic, "login")
    settle()

    assert leaks() == []
    page = Client().get("/en/search/", {"q": "rapor"})
    assert len(page.context["hits"]) == 1
    languages = next(facet for facet in page.context["facets"] if facet.name == "language")
    assert [value.key for value in languages.values] == ["tr"]
    assert page.context["hits"][0].languages == ("tr",)


def test_a_private_file_beside_a_public_one_shows_nothing(library: Library) -> None:
    edition = library.edition("Public report")
    add_file(library, edition, "harmless public text")
    add_file(
        library,
        edition,
        SECRET,
        collection=private_collection(),
        language="fr",
    )
    settle()

    assert leaks() == []
    page = Client().get("/en/search/", {"q": "harmless"})
    languages = next(facet for facet in page.context["facets"] if facet.name == "language")
    assert [value.key for value in languages.values] == ["en"]
    assert Client().get("/en/search/", {"q": f"harmless -{WORD}"}).context["hits"]


def test_who_belongs_to_the_group_finds_it_and_is_out_at_once(library: Library) -> None:
    group = Group.objects.create(name="Union")
    edition = library.edition("Public report")
    add_file(
        library,
        edition,
        SECRET,
        collection=private_collection("groups", group),
    )
    settle()
    user = make_user("member", group)
    member = Client()
    member.force_login(user)

    assert totals(member, WORD) == 1
    assert leaks() == []

    user.groups.clear()

    assert leaks(member) == []


def test_editors_find_published_works_only_too(library: Library, chief: Client) -> None:
    library.edition(SECRET, publish=False)
    page = library.edition("Public report")
    page.title = SECRET
    page.save_revision()
    settle()

    assert leaks(chief) == []


def test_what_a_password_guards_is_in_nobodys_search(library: Library, chief: Client) -> None:
    edition = library.edition(SECRET)
    restrict_page(edition, "password")
    settle()

    assert leaks() == []
    assert leaks(chief) == []
