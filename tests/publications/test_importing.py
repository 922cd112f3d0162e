"""Importing folders: grouping by name, metadata, refusals, and going on after a stop."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from glossary.loading import load_glossary
from network.loading import load_network
from network.models import Organisation
from publications.importing.names import find_files
from publications.models import (
    Edition,
    GoodPractice,
    LibraryDocument,
    Publication,
    Reading,
    SectionPage,
    Work,
)
from publications.tree import SectionSpec, ensure_section
from tests.library import Library, docx_bytes, pdf_bytes

ROOT = Path(__file__).resolve().parents[2]

TEXTS = {
    "en": "The municipality collects the waste of the tent settlements twice a week.",
    "tr": "Belediye, çadır yerleşimlerindeki atıkları haftada iki kez toplar.",
    "sv": "Kommunen hämtar avfallet från tältbosättningarna två gånger i veckan.",
    "ar": "تجمع البلدية النفايات من تجمعات الخيام مرتين في الأسبوع.",
    "fr": "La commune collecte les déchets des campements deux fois par semaine.",
}


@pytest.fixture
def tree(library: Library, settings: Any, tmp_path: Path) -> None:
    """The pages above the works; their one section has no organisation: it is the catalogue."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def network(tree: None) -> None:
    """The network, the glossary and a union's section as well."""
    load_network()
    load_glossary()
    ensure_section(SectionSpec(Organisation.objects.get(slug="mbb")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to import."""
    path = tmp_path / "folder"
    path.mkdir()
    return path


def put(folder: Path, *names: str) -> None:
    """Text files in the language that their names say, each different."""
    for name in names:
        code = next((code for code in TEXTS if f".{code}." in name), "en")
        (folder / name).write_text(f"{TEXTS[code]}\n\n{name}\n", encoding="utf-8")


def rows(folder: Path, *options: str) -> dict[str, dict[str, str]]:
    """Import the folder; the report's rows by file."""
    report = folder.parent / "report.csv"
    call_command("import_works", str(folder), "--report", str(report), *options, verbosity=0)
    with report.open(encoding="utf-8-sig", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def write_csv(folder: Path, header: str, *lines: str) -> tuple[str, str]:
    """A CSV beside the folder; gives the option for it."""
    path = folder.parent / "metadata.csv"
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return "--metadata", str(path)


def editions() -> set[tuple[str, str]]:
    """The titles and languages of all editions."""
    return {(page.title, page.language) for page in Edition.objects.select_related("locale")}


# --- names ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "work", "language"),
    [
        ("rapor-1.tr.pdf", "rapor-1", "tr"),
        ("plan.v2.AR.docx", "plan.v2", "ar"),
        ("plan.de.pdf", "plan.de", ""),
        ("plan.pdf", "plan", ""),
        ("tr.pdf", "tr", ""),
        ("2024/plan.sv.odt", "2024/plan", "sv"),
        ("notes", "notes", ""),
    ],
)
def test_a_name_says_work_and_language(folder: Path, name: str, work: str, language: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    [found] = find_files(folder)
    assert (found.name, found.work, found.language) == (name, work, language)


def test_hidden_files_are_passed_over(folder: Path) -> None:
    (folder / ".DS_Store").touch()
    (folder / ".git").mkdir()
    (folder / ".git" / "x.txt").touch()
    assert find_files(folder) == []


# --- the corpus ----------------------------------------------------------------------------


def test_the_corpus_as_it_lies_gives_32_works_and_one_refused_row(
    tree: None, test_data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    call_command("import_works", str(test_data / "corpus"))
    out = capsys.readouterr().out
    assert "32 works; files: 32 imported, 0 skipped, 1 refused." in out
    assert Work.objects.count() == Edition.objects.live().count() == 32
    truth = json.loads((test_data / "corpus" / "truth.json").read_text(encoding="utf-8"))
    for entry in truth:
        file = Edition.objects.get(files__document__title=entry["file"]).files.get()
        assert file.language == entry["language"]
        assert file.edition.language == entry["language"]
        assert Reading.objects.get(document=file.document).state == "waiting"
    assert {file.number for edition in Edition.objects.all() for file in edition.files.all()} == {1}


def test_the_corpus_under_names_that_group_it_gives_8_works_of_4_editions(
    network: None, test_data: Path, folder: Path
) -> None:
    for path in (test_data / "corpus").glob("*-*.*.*"):
        number = path.name.split("-")[1]
        shutil.copy(path, folder / f"haber-{number}")
    report = rows(folder, "--section=mbb")
    assert len(report) == 32
    assert {row["status"] for row in report.values()} == {"imported"}
    assert Work.objects.count() == 8
    for work in Work.objects.all():
        assert {edition.language for edition in work.editions.all()} == {"tr", "ar", "sv", "en"}
        assert work.last_file_number == 4
        assert [row.slug for row in work.organisations_as("publisher")] == ["mbb"]
    files = LibraryDocument.objects.all()
    assert {file.collection.name for file in files} == {"Marmara Municipalities Union"}


def test_hostile_files_are_refused_with_their_reasons(tree: None, test_data: Path) -> None:
    report_file = Path(os.environ.get("TMPDIR", "/tmp")) / "hostile-report.csv"
    call_command(
        "import_works", str(test_data / "hostile"), "--report", str(report_file), verbosity=0
    )
    with report_file.open(encoding="utf-8-sig", newline="") as file:
        report = {row["file"]: row for row in csv.DictReader(file)}
    report_file.unlink()
    reasons = {
        "empty.pdf": "This file is empty",
        "exe-renamed.docx": "not a type of file the library takes",
        "html-renamed.pdf": "name of this file and its content disagree",
        "nul-bytes.txt": "named as text, but it holds something else",
        "bomb.docx": "too large to be read",
        "entities.docx": "damaged or incomplete",
        "encrypted.pdf": "Locked with a password",
        "zeros.pdf": "damaged or incomplete",
    }
    for name, reason in reasons.items():
        assert report[name]["status"] == "refused", name
        assert reason in report[name]["reason"], name
    assert report["latin5.tr.txt"]["status"] == "imported"
    assert "Şişli" in report["latin5.tr.txt"]["title"]
    assert report["cp1256.ar.txt"]["language"] == "ar"
    assert report["scan.tr.pdf"]["work"] == report["scan.ar.pdf"]["work"] != ""
    assert "No text was found" in report["scan.tr.pdf"]["reason"]
    assert set(report) == {path.name for path in (test_data / "hostile").iterdir()}


# --- editions and files --------------------------------------------------------------------


def test_files_of_one_work_and_language_are_files_of_one_edition(tree: None, folder: Path) -> None:
    (folder / "guide.en.pdf").write_bytes(pdf_bytes(TEXTS["en"]))
    (folder / "guide.en.docx").write_bytes(docx_bytes(TEXTS["en"], "Collecting waste"))
    put(folder, "guide.sv.txt")
    rows(folder)
    [work] = Work.objects.all()
    counts = {edition.language: edition.files.count() for edition in work.editions.all()}
    assert counts == {"en": 2, "sv": 1}
    assert {file.number for edition in work.editions.all() for file in edition.files.all()} == {
        1,
        2,
        3,
    }


def test_the_language_is_read_from_the_text_where_the_name_does_not_say(
    tree: None, folder: Path
) -> None:
    for code in ("tr", "ar", "sv", "en"):
        (folder / f"text-{code}.txt").write_text(TEXTS[code], encoding="utf-8")
    report = rows(folder)
    assert {name: row["language"] for name, row in report.items()} == {
        f"text-{code}.txt": code for code in ("tr", "ar", "sv", "en")
    }


def test_a_file_whose_language_nothing_tells_is_refused_or_gets_the_one_given(
    tree: None, folder: Path
) -> None:
    (folder / "figures.txt").write_text("12 34 56", encoding="utf-8")
    [refused] = rows(folder).values()
    assert refused["status"] == "refused"
    assert "give --language" in refused["reason"]
    assert not Work.objects.exists()
    [imported] = rows(folder, "--language=tr").values()
    assert (imported["status"], imported["language"]) == ("imported", "tr")


def test_a_french_file_goes_with_an_edition_of_its_work(tree: None, folder: Path) -> None:
    put(folder, "eau.fr.txt", "eau.ar.txt", "seul.fr.txt")
    rows(folder)
    assert {edition.language for edition in Edition.objects.all()} == {"ar", "en"}
    water = Edition.objects.get(locale__language_code="ar")
    assert sorted(file.language for file in water.files.all()) == ["ar", "fr"]
    alone = Edition.objects.get(locale__language_code="en")
    assert [file.language for file in alone.files.all()] == ["fr"]


@pytest.mark.parametrize(
    ("name", "content", "title"),
    [
        ("a.en.docx", docx_bytes(TEXTS["en"], "Waste in tents"), "Waste in tents"),
        ("b.en.txt", f"A first line\n\n{TEXTS['en']}".encode(), "A first line"),
        ("yearly_report-2024.en.txt", (TEXTS["en"] * 5).encode(), "yearly report 2024"),
    ],
)
def test_a_title_is_found_in_the_file_or_made_of_its_name(
    tree: None, folder: Path, name: str, content: bytes, title: str
) -> None:
    (folder / name).write_bytes(content)
    rows(folder)
    assert editions() == {(title, "en")}


def test_addresses_are_latin_and_never_taken_twice(tree: None, folder: Path) -> None:
    for name in ("a", "b"):
        text = f"دليل النفايات\n\n{TEXTS['ar']} {name}"
        (folder / f"{name}.ar.txt").write_text(text, encoding="utf-8")
    (folder / "files.en.txt").write_text(f"Files\n\n{TEXTS['en']}", encoding="utf-8")
    rows(folder)
    slugs = set(Edition.objects.values_list("slug", flat=True))
    assert len(slugs) == 3
    assert all(slug.isascii() for slug in slugs)
    assert "files" not in slugs


def test_a_language_added_later_becomes_an_edition_of_the_same_work(
    tree: None, folder: Path
) -> None:
    put(folder, "plan.tr.txt")
    rows(folder)
    put(folder, "plan.sv.txt")
    report = rows(folder)
    assert report["plan.tr.txt"]["status"] == "skipped"
    assert report["plan.sv.txt"]["status"] == "imported"
    [work] = Work.objects.all()
    assert {edition.language for edition in work.editions.all()} == {"tr", "sv"}


def test_a_file_added_later_joins_its_edition_unless_an_editor_is_at_work_there(
    tree: None, folder: Path
) -> None:
    put(folder, "plan.tr.txt", "other.tr.txt")
    rows(folder)
    page = Edition.objects.get(files__document__title="other.tr.txt").specific
    page.title = "Not yet"
    page.save_revision()
    put(folder, "plan.tr.md", "other.tr.md")
    report = rows(folder)
    assert report["plan.tr.md"]["status"] == "imported"
    assert Edition.objects.get(files__document__title="plan.tr.md").files.count() == 2
    assert report["other.tr.md"]["status"] == "skipped"
    assert "changes that are not published" in report["other.tr.md"]["reason"]
    assert not LibraryDocument.objects.filter(title="other.tr.md").exists()


def test_a_changed_file_of_the_same_name_is_left_to_the_editor(tree: None, folder: Path) -> None:
    put(folder, "plan.tr.txt")
    rows(folder)
    (folder / "plan.tr.txt").write_text(TEXTS["tr"] + " Yeni.", encoding="utf-8")
    [row] = rows(folder).values()
    assert row["status"] == "skipped"
    assert "another file of this name" in row["reason"]
    stored = Path(LibraryDocument.objects.get().file.path).parent
    assert [path.name for path in stored.iterdir()] == ["plan.tr.txt"]


def test_the_same_file_under_another_name_is_there_already(tree: None, folder: Path) -> None:
    put(folder, "plan.tr.txt")
    shutil.copy(folder / "plan.tr.txt", folder / "copy of plan.tr.txt")
    report = rows(folder)
    assert sorted(row["status"] for row in report.values()) == ["imported", "skipped"]
    assert "Already there as “copy of plan.tr.txt”." in report["plan.tr.txt"]["reason"]


def test_two_sections_may_have_the_same_file(network: None, folder: Path) -> None:
    put(folder, "plan.tr.txt")
    rows(folder)
    rows(folder, "--section=mbb")
    assert Work.objects.count() == 2


# --- options -------------------------------------------------------------------------------


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(tree: None, folder: Path) -> None:
    put(folder, "plan.tr.txt", "plan.sv.txt")
    before = LibraryDocument.objects.count(), SectionPage.objects.count()
    report = rows(folder, "--dry-run")
    assert [row["status"] for row in report.values()] == ["imported", "imported"]
    assert all(row["work"] == "" for row in report.values())
    assert not Work.objects.exists()
    assert (LibraryDocument.objects.count(), SectionPage.objects.count()) == before


def test_drafts_are_not_published_and_not_imported_twice(tree: None, folder: Path) -> None:
    put(folder, "plan.tr.txt")
    rows(folder, "--draft")
    [page] = Edition.objects.all()
    assert not page.live
    [row] = rows(folder, "--draft").values()
    assert row["status"] == "skipped"
    put(folder, "plan.tr.md")
    rows(folder)
    page.refresh_from_db()
    assert page.files.count() == 2
    assert not page.live  # whoever made it a draft publishes it


def test_strict_fails_when_something_was_refused(tree: None, folder: Path) -> None:
    put(folder, "plan.tr.txt")
    call_command("import_works", str(folder), "--strict", verbosity=0)
    (folder / "x.exe").write_bytes(b"MZ")
    call_command("import_works", str(folder), verbosity=0)
    with pytest.raises(CommandError, match="1 refused") as error:
        call_command("import_works", str(folder), "--strict", verbosity=0)
    assert error.value.returncode == 1


def test_files_are_read_at_once_if_asked(
    tree: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(folder, "plan.tr.txt")
    call_command("import_works", str(folder), "--read")
    assert "Reading 1/1: plan.tr.txt: Read" in capsys.readouterr().out
    reading = Reading.objects.get()
    assert reading.sections.get().text.startswith("Belediye")


def test_an_unknown_section_is_named(network: None, folder: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no section “nowhere”\. There are: .*mbb"):
        call_command("import_works", str(folder), "--section=nowhere")


@pytest.mark.django_db
def test_without_a_tree_it_says_what_to_run(folder: Path) -> None:
    with pytest.raises(CommandError, match="build_tree"):
        call_command("import_works", str(folder))
    with pytest.raises(CommandError, match="build_tree"):
        call_command("import_works", str(folder), "--dry-run")


def test_a_failure_in_one_work_leaves_nothing_of_it_and_the_others_whole(
    tree: None, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(folder, "a.tr.txt", "b.tr.txt", "b.sv.txt", "c.tr.txt")
    original = Publication.save_revision

    def fail_on_b(self: Publication, *args: Any, **kwargs: Any) -> Any:
        if self.files.filter(document__title="b.tr.txt").exists():
            raise OSError("the disk is full")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Publication, "save_revision", fail_on_b)
    with pytest.raises(OSError, match="the disk is full"):
        rows(folder)
    assert {document.title for document in LibraryDocument.objects.all()} == {"a.tr.txt"}
    assert [path.name for path in (tmp_path / "media" / "documents").iterdir()] == ["a.tr.txt"]
    monkeypatch.setattr(Publication, "save_revision", original)
    report = rows(folder)
    assert [row["status"] for row in report.values()] == [
        "skipped",
        "imported",
        "imported",
        "imported",
    ]
    assert Work.objects.count() == 3


# --- metadata ------------------------------------------------------------------------------


def test_the_csv_gives_titles_facts_and_kinds(network: None, folder: Path) -> None:
    put(folder, "plan.tr.txt", "plan.sv.txt", "park.en.txt")
    option = write_csv(
        folder,
        "work,language,title,summary,date,authors,publisher,themes,countries,isbn,licence,kind",
        'plan,,,,2021-05,"Ada Berg; Can Su",MMU,waste; Social cohesion and living together,'
        "TR; Sweden,978-91-986575-4-8,CC BY 4.0,",
        "plan,tr,Atık planı,Kısa özet.,,,,,,,,",
        "plan,sv,Avfallsplan,,,,,,,,,",
        "park,,A park,,,,,,,,,good_practice",
    )
    report = rows(folder, *option)
    assert {row["status"] for row in report.values()} == {"imported"}
    assert editions() == {("Atık planı", "tr"), ("Avfallsplan", "sv"), ("A park", "en")}
    turkish = Edition.objects.get(title="Atık planı")
    assert turkish.summary == "Kısa özet."
    work = turkish.work
    assert (str(work.date), work.date_precision) == ("2021-05-01", "month")
    assert work.authors == ["Ada Berg", "Can Su"]
    assert [row.slug for row in work.organisations_as("publisher")] == ["mbb"]
    assert {theme.slug for theme in work.themes.all()} == {"theme-waste", "theme-social-cohesion"}
    assert {country.pk for country in work.countries.all()} == {"TR", "SE"}
    assert [row.value for row in work.identifiers.all()] == ["978-91-986575-4-8"]
    assert work.licence == "cc-by-4.0"
    assert isinstance(Edition.objects.get(title="A park").specific, GoodPractice)


def test_a_row_may_be_about_a_file_and_give_its_language(tree: None, folder: Path) -> None:
    (folder / "figures.txt").write_text("12 34 56", encoding="utf-8")
    option = write_csv(folder, "file;language;title", "figures.txt;sv;Siffror")
    rows(folder, *option)
    assert editions() == {("Siffror", "sv")}


def test_errors_are_named_by_row_and_column_and_only_their_work_is_refused(
    network: None, folder: Path
) -> None:
    put(folder, "good.tr.txt", "bad.tr.txt", "bad.sv.txt", "worse.tr.txt")
    option = write_csv(
        folder,
        "work,date,isbn,themes,publisher,licence,kind,language",
        "good,2024,,,,,,",
        "bad,yesterday,978-91-986575-4-9,astrology,,,,",
        "worse,,,,Atlantis,free,novel,xx",
        "missing,,,,,,,",
    )
    report = rows(folder, *option)
    assert report["good.tr.txt"]["status"] == "imported"
    for name in ("bad.tr.txt", "bad.sv.txt"):
        assert report[name]["status"] == "refused"
        reason = report[name]["reason"]
        assert "Row 3, column “date”: “yesterday” is no date" in reason
        assert "Row 3, column “isbn”: " in reason
        assert "check digit" in reason
        assert "Row 3, column “themes”: There is no theme “astrology”" in reason
    reason = report["worse.tr.txt"]["reason"]
    for part in ("publisher”: There is no publisher “Atlantis”", "licence”", "kind”", "language”"):
        assert f"Row 4, column “{part}" in reason
    assert report["missing"]["status"] == "refused"
    assert report["missing"]["reason"] == "Row 5, column “work”: The folder has no work “missing”."
    assert Work.objects.count() == 1


def test_rows_that_contradict_each_other_are_named(network: None, folder: Path) -> None:
    put(folder, "plan.tr.txt", "plan.sv.txt")
    option = write_csv(folder, "file,date", "plan.tr.txt,2020", "plan.sv.txt,2021")
    report = rows(folder, *option)
    reason = "Row 3, column “date”: This says something else about the work than row 2."
    assert report["plan.tr.txt"]["reason"].startswith(reason)
    assert not Work.objects.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"file,colour\nx,red\n", "unknown columns: colour"),
        (b"title\nx\n", "needs a column “file” or “work”"),
        (b"file,file\nx,y\n", "a column twice"),
        ("file,title\nx,Şişli\n".encode("iso-8859-9"), "not in UTF-8"),
    ],
)
def test_a_csv_that_cannot_be_used_stops_before_anything(
    tree: None, folder: Path, content: bytes, message: str
) -> None:
    put(folder, "plan.tr.txt")
    path = folder / "metadata.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        call_command("import_works", str(folder), "--metadata", str(path), verbosity=0)
    assert not Work.objects.exists()


def test_the_csv_in_the_folder_is_not_imported(tree: None, folder: Path) -> None:
    put(folder, "plan.tr.txt")
    path = folder / "metadata.csv"
    path.write_text("file,title\nplan.tr.txt,Plan\n")
    assert list(rows(folder, "--metadata", str(path))) == ["plan.tr.txt"]


# --- a killed import -----------------------------------------------------------------------


def run(var: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command of the site with a data folder of its own."""
    environment = {**os.environ, "VAR_DIR": str(var), "DJANGO_SETTINGS_MODULE": "cms.settings.dev"}
    environment.pop("DATABASE_URL", None)
    return subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    out, _error = process.communicate(timeout=180)
    assert process.returncode == 0, out
    return out


def count(var: Path, table: str) -> int:
    with sqlite3.connect(var / "library.sqlite3") as database:
        return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def test_a_killed_import_goes_on_where_it_stopped(tmp_path: Path, folder: Path) -> None:
    var = tmp_path / "var"
    var.mkdir()
    finish(run(var, "migrate", "-v0"))
    finish(run(var, "build_tree"))
    for number in range(12):
        put(folder, f"work-{number:02}.tr.txt", f"work-{number:02}.sv.txt")
    process = run(var, "import_works", str(folder))
    deadline = time.monotonic() + 60
    while count(var, "publications_work") < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = count(var, "publications_work")
    assert 3 <= done < 12
    assert count(var, "publications_edition") == 2 * done  # no work is there by half
    out = finish(run(var, "import_works", str(folder)))
    assert f"{24 - 2 * done} imported, {2 * done} skipped, 0 refused" in out
    assert count(var, "publications_work") == 12
    assert count(var, "publications_editionfile") == 24
    assert count(var, "publications_librarydocument") == 24
