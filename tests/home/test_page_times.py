"""The library that ``bench_pages`` fills and the pages that it asks for."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from glossary.models import Concept, Label
from home.models import InformationPage
from home.page_times import pages
from home.page_times.measuring import NoPage, measure, table
from home.page_times.multiplying import multiply
from home.page_times.pages import PageKind, page_kinds
from network.models import Activity, Country, Organisation, Place
from publications.models import Edition, Work
from search.indexing.rebuild import rebuild
from tests.library import Library

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(library: Library, tmp_path: Any, settings: Any) -> Library:
    """A work in two languages with a file that was read, and one of each thing beside it."""
    settings.SEARCH_FOLDER = tmp_path / "search"
    settings.MEDIA_ROOT = tmp_path / "files"
    english = library.edition("Waste", slug="waste", kind="guidance")
    library.edition("Atık", slug="atik", language="tr", kind="guidance", of=english)
    document = library.document(b"Some text.", "a.txt")
    library.read_text(document, "Some waste.")
    library.attach(english, document)
    country = Country.objects.create(code="TR", names={"en": "Türkiye"})
    place = Place.objects.create(slug="mezitli", names={"en": "Mezitli"}, country=country)
    Organisation.objects.create(
        slug="mezitli", kind="municipality", names={"en": "Mezitli"}, place=place
    )
    Activity.objects.create(slug="meeting", level="local", titles={"en": "Meeting"})
    theme = Concept.objects.create(slug="theme-waste", is_theme=True)
    Label.objects.create(concept=theme, language="en", text="Waste")
    english.work.themes.add(theme)
    home = library.sections["en"].get_parent().get_parent()
    home.add_child(instance=InformationPage(title="About", slug="about", locale=home.locale))
    return library


def test_copies_have_the_editions_files_and_themes_of_their_works(filled: Library) -> None:
    multiply(5, lambda done, total: None)
    assert Work.objects.count() == 5
    assert Edition.objects.live().count() == 10
    copy = Work.objects.latest("pk")
    assert {edition.language for edition in copy.editions.all()} == {"en", "tr"}
    assert [theme.slug for theme in copy.themes.all()] == ["theme-waste"]
    assert copy.editions.get(locale__language_code="en").files.get().number == 1
    assert copy.municipality is not None


def test_every_kind_of_page_is_asked_for_and_measured(
    filled: Library, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "EACH", 2)
    multiply(3, lambda done, total: None)
    rebuild()
    measured = [measure(kind, client) for kind in page_kinds()]
    rows = table(measured).splitlines()[2:]
    assert {"start", "results", "work", "reading", "place", "sitemap"} <= {m.name for m in measured}
    assert all(row.queries and row.whole.p95 >= row.whole.p50 > 0 for row in measured)
    assert [m.name for m in measured if m.without_search] == [
        "results", "results with a filter", "all works",
    ]  # fmt: skip
    assert len(rows) == len(measured)


def test_what_is_no_page_is_not_measured(client: Client, db: None) -> None:
    with pytest.raises(NoPage, match="nowhere"):
        measure(PageKind("nothing", ("/en/nowhere/",)), client)


def test_a_library_with_works_is_left_alone(filled: Library) -> None:
    with pytest.raises(CommandError, match="VAR_DIR"):
        call_command("bench_pages")
    assert Work.objects.count() == 1
