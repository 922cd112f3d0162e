"""The demonstration: its sources, its finished files, loading and removing it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from wagtail.models import Collection, Page, Revision

from cms.languages import CODES
from glossary.models import Concept
from home.models import InformationPage
from network.models import Organisation
from publications.demo import loader
from publications.demo.sources import DEMO, FileSource, WorkSource, read_catalogue, read_works
from publications.demo.typeset import build_document
from publications.demo.typeset.blocks import Heading, Item, Paragraph, Run, Table, parse_blocks
from publications.demo.typeset.check import check_file
from publications.demo.typeset.docx import write_docx
from publications.demo.typeset.pdf import write_pdf
from publications.extraction import Limits, read_file
from publications.markdown import markdown_to_rich_text
from publications.models import (
    Edition,
    GoodPractice,
    Guidance,
    LibraryDocument,
    Publication,
    SectionPage,
    Work,
)

WORKS = read_works()
FILES = [(work, file) for work in WORKS for file in work.files]


def of(slug: str) -> WorkSource:
    """A work of the demonstration."""
    return next(work for work in WORKS if work.slug == slug)


def load(*slugs: str) -> None:
    """Load the demonstration with only some works."""
    call_command("load_demo", *(f"--work={slug}" for slug in slugs), verbosity=0)


# --- sources -------------------------------------------------------------------------------


def test_there_are_enough_works_files_and_languages() -> None:
    assert len(WORKS) >= 24
    assert len({work.slug for work in WORKS if work.files}) >= 16
    assert {file.language for _work, file in FILES} == set(CODES)
    assert {file.format for _work, file in FILES if file.language != "fr"} == {"pdf", "docx"}
    assert {len(work.editions) for work in WORKS} == {1, 2, 3, 4}


def test_every_language_has_both_formats() -> None:
    for code in ("tr", "ar", "sv", "en"):
        assert {file.format for _w, file in FILES if file.language == code} == {"pdf", "docx"}


def test_every_text_says_that_it_is_demonstration() -> None:
    words = ("demonstration", "gösterim", "توضيحي", "démonstration", "demonstrasyon", "hayalî")
    for work, file in FILES:
        first_page = build_document(work, file).notice
        assert any(word in first_page.casefold() for word in words), file.name


# --- finished files ------------------------------------------------------------------------


@pytest.mark.parametrize(("work", "file"), FILES, ids=[file.name for _work, file in FILES])
def test_a_finished_file_gives_its_text_back(work: WorkSource, file: FileSource) -> None:
    check = check_file(file, build_document(work, file))
    assert check.is_good, f"{check}\n" + "\n".join(check.missing)
    if file.format == "pdf":
        assert check.extraction.page_count in range(2, 9)


def test_the_first_page_says_what_the_file_is() -> None:
    for work, file in FILES:
        first = read_file(file.path, file.name, Limits()).sections[0].text
        assert build_document(work, file).notice.split(":")[0].strip() in " ".join(first.split())


def test_no_file_lies_there_that_no_work_has() -> None:
    there = {path.name for path in (DEMO / "files").iterdir()}
    assert there == {file.name for _work, file in FILES}


@pytest.mark.parametrize("format_", ["pdf", "docx"])
def test_setting_a_file_twice_gives_the_same_bytes(tmp_path: Path, format_: str) -> None:
    work, file = next(
        (work, file) for work, file in FILES if file.language == "ar" and file.format == format_
    )
    write = write_pdf if format_ == "pdf" else write_docx
    one, two = tmp_path / "one", tmp_path / "two"
    write(build_document(work, file), one)
    write(build_document(work, file), two)
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes() == file.path.read_bytes()  # else run “make demo-files”


def test_blocks_of_a_text() -> None:
    text = "# T\n\nOne **two** three\nfour.\n\n- a\n  - b\n- c\n\n3. x\n\n"
    text += "| h | i |\n|---|---|\n| 1 | 2 |"
    assert parse_blocks(text) == (
        Heading(1, (Run("T"),)),
        Paragraph((Run("One "), Run("two", bold=True), Run(" three four."))),
        Item((Run("a"),)),
        Item((Run("b"),), level=1),
        Item((Run("c"),)),
        Item((Run("x"),), number=3),
        Table((((Run("h"),), (Run("i"),)), ((Run("1"),), (Run("2"),)))),
    )


def test_what_cannot_be_typeset_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be typeset"):
        parse_blocks("# T\n\n```\ncode\n```\n")


# --- rich text -----------------------------------------------------------------------------


def test_markdown_becomes_the_html_that_wagtail_keeps() -> None:
    text = "## A\n\nSome **bold**, *italic* and `code`.\n\n1. one\n2. two\n\n> said"
    assert markdown_to_rich_text(text) == (
        "<h2>A</h2><p>Some <b>bold</b>, <i>italic</i> and <b>code</b>.</p>"
        "<ol><li>one</li><li>two</li></ol><blockquote><p>said</p></blockquote>"
    )


def test_markdown_brings_in_nothing_dangerous() -> None:
    html = markdown_to_rich_text(
        "<script>alert(1)</script> [x](javascript:alert(1)) ![i](http://e/x.png)\n\n"
        '<p onclick="x()">y</p> [ok](https://example.org)'
    )
    assert "<script" not in html
    assert "<p onclick" not in html
    assert 'href="javascript' not in html
    assert "<img" not in html
    assert '<a href="https://example.org">ok</a>' in html


# --- loading -------------------------------------------------------------------------------

PARK = "designing-a-park-with-children"
WASTE = "waste-collection-in-tent-settlements"
WATER = "water-supply-under-population-pressure"


@pytest.mark.django_db
def test_loading_again_changes_nothing() -> None:
    def state() -> tuple[object, ...]:
        pages = Page.objects.order_by("pk").values_list("pk", "path", "latest_revision_id")
        works = Work.objects.order_by("pk").values_list("pk", "facts_version")
        return list(pages), list(works), Revision.objects.count(), LibraryDocument.objects.count()

    load(PARK, WASTE)
    before = state()
    load(PARK, WASTE)
    assert state() == before


@pytest.mark.django_db
def test_loading_again_leaves_what_an_editor_wrote_and_makes_what_is_missing() -> None:
    load(PARK)
    work = Work.objects.get(translation_key=loader.translation_key(of(PARK)))
    page = work.editions.get(locale__language_code="en").specific
    page.title = "Parks, by an editor"
    page.save_revision().publish()
    work.editions.get(locale__language_code="sv").delete()
    load(PARK)
    assert work.editions.get(locale__language_code="en").title == "Parks, by an editor"
    assert work.editions.get(locale__language_code="sv").live
    assert work.editions.count() == 4


@pytest.mark.django_db
def test_an_unknown_work_is_named() -> None:
    with pytest.raises(CommandError, match="no work nothing"):
        load("nothing")


@pytest.mark.django_db
def test_a_work_with_an_unknown_theme_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(of(PARK).facts, "themes", ["astrology"])
    monkeypatch.setattr("home.management.commands.load_demo.read_works", lambda: WORKS)
    with pytest.raises(CommandError, match=f"{PARK}.*no theme “astrology”"):
        load(PARK)


@pytest.mark.django_db
def test_a_failure_leaves_neither_rows_nor_files(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path

    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError("the disk is full")

    load(PARK)
    monkeypatch.setattr(Guidance, "save_revision", fail)
    before = sorted(tmp_path.rglob("*.*"))
    assert len(before) == len(of(PARK).files)
    with pytest.raises(OSError, match="the disk is full"):
        load(WASTE)
    assert not Work.objects.filter(translation_key=loader.translation_key(of(WASTE))).exists()
    assert sorted(tmp_path.rglob("*.*")) == before


@pytest.mark.django_db
def test_removing_takes_works_files_and_section_and_leaves_the_rest() -> None:
    load(PARK, WASTE)
    call_command("load_demo", "--remove", verbosity=0)
    assert not GoodPractice.objects.exists()
    assert not Guidance.objects.exists()
    assert not LibraryDocument.objects.exists()
    assert not SectionPage.objects.filter(is_demonstration=True).exists()
    assert not Collection.objects.filter(name="RESLOG Library (demonstration)").exists()
    assert Work.objects.count() == len(read_catalogue())
    assert Publication.objects.exists()
    assert Organisation.objects.filter(slug=loader.DEMONSTRATION).exists()
    assert Concept.objects.count() == 174
    assert InformationPage.objects.exists()


@pytest.mark.django_db
def test_removing_leaves_what_editors_made_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    load("volunteer-first-contact-line", WASTE)
    swedish_only = of("volunteer-first-contact-line")
    assert list(swedish_only.editions) == ["sv"]
    page = Edition.objects.get(translation_key=loader.translation_key(swedish_only)).specific
    section = SectionPage.objects.get(is_demonstration=True, locale__language_code="en")
    mine = type(page)(
        title="Translated by an editor",
        slug="translated",
        translation_key=page.translation_key,
        locale=section.locale,
    )
    section.add_child(instance=mine)
    document = LibraryDocument.objects.filter(title__contains="Fält").get()
    document.uploaded_by_user = User.objects.create_user("editor")
    document.save()
    call_command("load_demo", "--remove")
    out = capsys.readouterr().out
    assert "the edition “Translated by an editor”" in out
    assert f"the file “{document.title}”" in out
    assert Edition.objects.get(pk=mine.pk).work_id == page.work_id
    assert LibraryDocument.objects.get().pk == document.pk


@pytest.mark.django_db
def test_a_removed_demonstration_loads_again_under_new_numbers() -> None:
    load(PARK)
    before = set(Work.objects.values_list("pk", flat=True))
    call_command("load_demo", "--remove", verbosity=0)
    load(PARK)
    work = Work.objects.get(translation_key=loader.translation_key(of(PARK)))
    assert work.pk not in before
