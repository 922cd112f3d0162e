"""The catalogue out and back: nothing is lost, nothing is half, nothing hostile gets in."""

from __future__ import annotations

import csv
import datetime
import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.core.management import CommandError, call_command
from PIL import Image as Picture
from wagtail.images import get_image_model

from glossary.loading import load_glossary
from glossary.models import Concept
from network.loading import load_network
from network.models import Activity, Organisation, Place
from publications.exchange.columns import join_values, split_values
from publications.exchange.restoring import Restorer, archived_works
from publications.exchange.sheets import UnusableTable, read_table, write_csv, write_xlsx
from publications.exchange.zips import UnsafeZip, unpack
from publications.facts import write_facts
from publications.models import Edition, EditionFile, LibraryDocument, Work
from tests.library import Library, docx_bytes, pdf_bytes, private_collection, restrict_page

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue(library: Library, settings: Any, tmp_path: Path) -> Library:
    """A library in which every kind of thing that can be said of a work is said."""
    settings.MEDIA_ROOT = tmp_path / "media"
    load_network()
    load_glossary()
    report = library.edition(
        "=Report; \\ final",
        slug="report",
        summary="Short, with “quotes”\nand lines",
        body='<p data-block-key="a1b2c">Text <b>bold</b></p>',
        seo_title="For machines",
        cover=picture(),
    )
    turkish = library.edition("Rapor", language="tr", of=report, slug="rapor", summary="Kısa")
    library.edition("تقرير", language="ar", of=report, slug="taqrir", publish=False)
    write_facts(report.work, all_facts())
    library.attach(report, library.document(pdf_bytes("a"), "first.pdf", title="First"))
    library.attach(
        turkish,
        library.document(docx_bytes("b"), "ikinci.docx", collection=private_collection("login")),
        language="fr",
        label="Annex; 2",
        embargo_until=datetime.datetime(2030, 5, 1, 10, tzinfo=datetime.UTC),
    )
    practice = library.edition(
        "Practice",
        kind="good_practice",
        slug="practice",
        challenge="<p>Hard</p>",
        contact_role="Head",
        body=f'<p><a linktype="page" id="{report.pk}">the report</a></p>',
    )
    restrict_page(practice, "groups", Group.objects.create(name="Staff; all"))
    library.edition("Steps", kind="guidance", slug="steps", audience="All", steps="<p>One</p>")
    return library


def picture() -> Any:
    buffer = io.BytesIO()
    Picture.new("RGB", (30, 40), "teal").save(buffer, "PNG")
    file = ImageFile(io.BytesIO(buffer.getvalue()), name="teal.png")
    return get_image_model().objects.create(title="Teal", file=file)


def all_facts() -> dict[str, Any]:
    organisations = list(Organisation.objects.values_list("pk", flat=True)[:3])
    towns = Organisation.objects.filter(kind=Organisation.Kind.MUNICIPALITY)
    return {
        "date": "2021-05-01",
        "date_precision": "month",
        "authors": ["Kaya; Ayhan", "B. Öz"],
        "publishers": sorted(organisations[:2]),
        "partners": organisations[2:],
        "themes": sorted(Concept.objects.themes().values_list("pk", flat=True)[:2]),
        "countries": ["LB", "SE"],
        "places": list(Place.objects.values_list("pk", flat=True)[:1]),
        "activities": list(Activity.objects.values_list("pk", flat=True)[:1]),
        "identifiers": [["isbn", "978-0-306-40615-7"], ["doi", "10.1234/a;b"], ["other", "X 1"]],
        "licence": "cc-by-4.0",
        "municipality": towns.values_list("pk", flat=True)[0],
        "validation": "reviewed",
        "period_start": 2019,
        "period_end": 2021,
    }


def export(target: Path) -> dict[str, bytes]:
    call_command("export_works", str(target), verbosity=0)
    with zipfile.ZipFile(target) as package:
        return {name: package.read(name) for name in package.namelist()}


def empty(settings: Any, tmp_path: Path) -> None:
    """Remove every work with its files and pictures."""
    for edition in Edition.objects.all():
        edition.delete()
    EditionFile.objects.all().delete()
    LibraryDocument.objects.all().delete()
    get_image_model().objects.all().delete()
    Work.objects.all().delete()
    shutil.rmtree(tmp_path / "media", ignore_errors=True)


def report_of(target: Path, *options: str) -> list[dict[str, str]]:
    report = target.parent / "report.csv"
    call_command("import_works", str(target), "--report", str(report), *options, verbosity=0)
    with report.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_whole_catalogue_goes_out_and_comes_back(
    catalogue: Library, settings: Any, tmp_path: Path
) -> None:
    target = tmp_path / "all.zip"
    before = export(target)
    numbers = set(Work.objects.values_list("pk", flat=True))
    assert len(before) == 4  # the table, two files, a cover
    empty(settings, tmp_path)

    rows = report_of(target)
    assert {row["status"] for row in rows} == {"imported"}, rows
    assert export(tmp_path / "again.zip") == before
    assert set(Work.objects.values_list("pk", flat=True)) == numbers
    assert Edition.objects.live().count() == 4
    assert Edition.objects.get(title="Practice").get_view_restrictions().count() == 1

    again = report_of(target)
    assert {row["status"] for row in again} == {"skipped"}
    assert Edition.objects.count() == 5


def test_a_dry_run_writes_nothing(catalogue: Library, settings: Any, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    export(target)
    empty(settings, tmp_path)
    rows = report_of(target, "--dry-run")
    assert {row["status"] for row in rows} == {"imported"}
    assert not Work.objects.exists()
    assert not LibraryDocument.objects.exists()


def test_what_was_stopped_goes_on(catalogue: Library, settings: Any, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    before = export(target)
    empty(settings, tmp_path)
    unpack(target, tmp_path / "unpacked")
    _names, rows = read_table(tmp_path / "unpacked" / "works.csv")
    first = archived_works(rows)[0]
    list(Restorer(tmp_path / "unpacked").restore(first))
    assert Work.objects.count() == 1
    statuses = [row["status"] for row in report_of(target)]
    assert statuses.count("skipped") == len(first.lines)
    assert export(tmp_path / "again.zip") == before


def unpacked_export(settings: Any, tmp_path: Path) -> tuple[Path, list[str], list[dict[str, str]]]:
    """A library that was exported and emptied: the archive's folder, its columns and rows."""
    export(tmp_path / "all.zip")
    empty(settings, tmp_path)
    folder = tmp_path / "unpacked"
    unpack(tmp_path / "all.zip", folder)
    return folder, *read_table(folder / "works.csv")


def test_a_work_with_one_wrong_row_is_refused_whole(
    catalogue: Library, settings: Any, tmp_path: Path
) -> None:
    folder, names, rows = unpacked_export(settings, tmp_path)
    rows[1] |= {"file": "../../etc/passwd"}
    rows[0] |= {"themes": "nonsense", "visible_to": "groups: nobody"}
    (folder / "works.csv").write_bytes(write_csv(names, rows))
    found = report_of(folder)
    reasons = " ".join(row["reason"] for row in found if row["status"] == "refused")
    assert "Row 2, column “themes”: There is no theme “nonsense” in the library." in reasons
    assert "There is no group “nobody”" in reasons
    assert "The archive has no file “../../etc/passwd”" in reasons
    assert not Edition.objects.filter(title__contains="Rapor").exists()
    assert Work.objects.count() == 2


def test_a_number_that_is_taken_stays_with_its_work(
    catalogue: Library, settings: Any, tmp_path: Path
) -> None:
    target = tmp_path / "all.zip"
    export(target)
    number = Work.objects.order_by("pk").values_list("pk", flat=True)[0]
    empty(settings, tmp_path)
    other = Work.objects.create(pk=number)
    rows = report_of(target)
    assert f"Its number {number} is not free here" in " ".join(row["reason"] for row in rows)
    assert Work.objects.get(pk=number).translation_key == other.translation_key


def test_numbers_that_the_database_gives_go_on_after_those_of_an_archive(
    catalogue: Library, settings: Any, tmp_path: Path
) -> None:
    folder, names, rows = unpacked_export(settings, tmp_path)
    far, near = Work.objects.create().pk + 500, Work.objects.create().pk + 20
    numbers = {number: str(far) for number in {row["number"] for row in rows}}
    numbers[rows[-1]["number"]] = str(near)  # a lower one after a higher one
    for row in rows:
        row["number"] = numbers[row["number"]]
    (folder / "works.csv").write_bytes(write_csv(names, [rows[0], rows[-1]]))
    assert {row["status"] for row in report_of(folder)} == {"imported"}
    assert set(Work.objects.filter(pk__in=[far, near]).values_list("pk", flat=True)) == {far, near}
    assert Work.objects.create().pk > far
    assert Work.objects.create().pk > far


def test_tables_hold_any_text() -> None:
    values = ["a;b", "c\\", "\\;", "d"]
    assert split_values(join_values(values)) == values


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_cells_come_back_and_are_no_formulas(tmp_path: Path, ending: str) -> None:
    cells = ["=1+1", "'=2", "+3", "-4", "@x", "'quoted'", "a\nb", "ğüşİ بلدية", ""]
    rows = [{"a": cell, "b": "x"} for cell in cells]
    path = tmp_path / f"t{ending}"
    write = write_csv if ending == ".csv" else write_xlsx
    path.write_bytes(write(["a", "b"], rows))
    assert read_table(path) == (["a", "b"], rows)
    if ending == ".xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        assert all(cell.data_type != "f" for line in sheet.iter_rows() for cell in line)


def test_a_broken_spreadsheet_is_refused_in_words(tmp_path: Path, test_data: Path) -> None:
    path = tmp_path / "a.xlsx"
    for hostile in ("bomb.docx", "entities.docx", "zeros.pdf"):
        path.write_bytes((test_data / "hostile" / hostile).read_bytes())
        with pytest.raises(UnusableTable, match="cannot be read as a spreadsheet"):
            read_table(path)


def zipped(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return path


@pytest.mark.parametrize("name", ["../a.txt", "/etc/a.txt", "a/../../b.txt", "C:\\a.txt"])
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "a.zip", **{name: b"x"})
    with pytest.raises(UnsafeZip):
        unpack(path, tmp_path / "out")
    assert not list(tmp_path.glob("*.txt"))


def test_links_in_a_zip_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as package:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        package.writestr(entry, "/etc/passwd")
    with pytest.raises(UnsafeZip):
        unpack(path, tmp_path / "out")


def test_a_bomb_is_stopped_on_the_way(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", a=bytes(60 * 2**20))
    with pytest.raises(UnsafeZip, match="far more than its size"):
        unpack(path, tmp_path / "out")


def test_what_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_works", str(tmp_path / "a.zip"), verbosity=0)


def test_a_zip_whose_content_is_damaged_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("works.csv", "number,title\n" * 500)
    data = bytearray(path.read_bytes())
    data[30 + len("works.csv") : 30 + len("works.csv") + 8] = b"\xff" * 8
    path.write_bytes(data)
    with pytest.raises(UnsafeZip):
        unpack(path, tmp_path / "out")
