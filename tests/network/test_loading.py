"""Loading the network: whole or not at all, repeatable, and gentle with what editors changed."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cms.loading import BrokenRows
from network.loading import DATA, load_network
from network.models import Activity, Country, Organisation, Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the network's files to spoil."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def spoil(path: Path, old: str, new: str) -> int:
    """Replace a text in a file; gives the line it stood in."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_everything_in_the_files_is_loaded() -> None:
    counts = load_network()
    assert {kind: loaded.created for kind, loaded in counts.items()} == {
        "countries": Country.objects.count(),
        "places": Place.objects.count(),
        "organisations": Organisation.objects.count(),
        "activities": Activity.objects.count(),
    }
    assert Organisation.objects.count() == (DATA / "organisations.toml").read_text().count(
        "[[organisation]]"
    )
    assert Activity.objects.count() == (DATA / "activities.toml").read_text().count("[[activity]]")


def test_an_organisation_has_its_parent_place_and_sources() -> None:
    load_network()
    skl = Organisation.objects.get(slug="skl-international")
    assert skl.parent is not None
    assert skl.parent.slug == "salar"  # which stands further down in the file
    assert skl.place is not None
    assert skl.place.names["ar"] == "ستوكهولم"
    assert skl.place.coordinate_precision == "approximate"
    assert "http://www.reslogproject.org/lb/salar-skl-international/" in skl.sources.splitlines()
    assert skl.acronyms == "SKLI"


def test_an_activity_has_its_dates_as_far_as_they_are_known() -> None:
    load_network()
    study = Activity.objects.get(slug="feasibility-study")
    assert (study.date, study.date_precision) == (datetime.date(2016, 8, 1), "month")
    assert study.end_date == datetime.date(2017, 4, 1)
    start = Activity.objects.get(slug="project-start")
    assert start.date_precision == "year"
    assert [row.slug for row in start.organisations.all()] == ["skl-international"]


def test_loading_again_leaves_what_an_editor_changed() -> None:
    load_network()
    Organisation.objects.filter(slug="mbb").update(acronyms="MBB, changed")
    counts = load_network()
    assert Organisation.objects.get(slug="mbb").acronyms == "MBB, changed"
    assert all(loaded.created == loaded.updated == 0 for loaded in counts.values())


def test_loading_again_makes_what_is_missing() -> None:
    load_network()
    Activity.objects.get(slug="project-start").delete()
    counts = load_network()
    assert counts["activities"].created == 1
    assert Activity.objects.filter(slug="project-start").exists()


def test_update_writes_rows_again() -> None:
    load_network()
    Organisation.objects.filter(slug="mbb").update(acronyms="changed")
    load_network(update=True)
    assert Organisation.objects.get(slug="mbb").acronyms == "MBB, MMU"


def test_broken_rows_are_all_named_with_their_lines_and_nothing_is_written(files: Path) -> None:
    line = spoil(files / "organisations.toml", 'parent = "salar"', 'parent = "nobody"')
    spoil(files / "activities.toml", 'date = "2016-08"', 'date = "August 2016"')
    spoil(files / "activities.toml", 'level = "regional"', 'level = "planetary"')
    with pytest.raises(BrokenRows) as broken:
        load_network(files)
    reasons = "\n".join(map(str, broken.value.problems))
    assert len(broken.value.problems) == 3
    header = max(
        number
        for number, text in enumerate(
            (files / "organisations.toml").read_text(encoding="utf-8").splitlines(), 1
        )
        if text == "[[organisation]]" and number < line
    )
    assert f"organisations.toml, line {header}: “nobody” in “parent”" in reasons
    assert "“August 2016” in “date” is no date" in reasons
    assert "“planetary” is no level" in reasons
    assert not Country.objects.exists()


def test_a_place_that_contradicts_itself_is_named(files: Path) -> None:
    spoil(files / "activities.toml", "lat = 37.0\n", "lat = 38.0\n")
    with pytest.raises(BrokenRows, match="says something else in an earlier row"):
        load_network(files)


def test_a_file_that_is_not_well_formed_is_named_with_its_line(files: Path) -> None:
    (files / "sources.toml").write_text('a = "b"\nbroken\n')
    with pytest.raises(BrokenRows, match=r"sources\.toml, line 2"):
        load_network(files)


def test_the_command_says_what_it_did(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_network")
    assert "countries: 4 created, 0 updated, 0 left as they are" in capsys.readouterr().out


def test_the_command_says_what_to_correct(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(files / "countries.csv", "code,en", "code,english")
    monkeypatch.setattr("network.loading.load_network.__defaults__", (files,))
    with pytest.raises(CommandError, match=r"countries\.csv, line 1: The columns are"):
        call_command("load_network")
