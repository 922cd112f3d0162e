"""Loading the glossary: labels in every language, themes on top, no rings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cms.languages import INTERFACE_CODES
from cms.loading import BrokenRows
from glossary.loading import DATA, load_glossary
from glossary.models import Concept, Label

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the glossary's files to spoil."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_all_themes_and_concepts_are_there() -> None:
    load_glossary()
    assert Concept.objects.themes().count() == 16
    assert Concept.objects.filter(is_theme=False).count() == 158


def test_every_concept_has_a_preferred_label_in_every_language() -> None:
    load_glossary()
    for code in (*INTERFACE_CODES, "fr"):
        labels = Label.objects.filter(language=code, kind=Label.Kind.PREFERRED)
        assert labels.values("concept").distinct().count() == 174, code


def test_every_concept_stands_below_a_theme() -> None:
    load_glossary()
    concepts = {concept.pk: concept for concept in Concept.objects.all()}
    for concept in concepts.values():
        top = concept
        while top.broader_id:
            top = concepts[top.broader_id]
        assert top.is_theme, concept.slug


def test_labels_and_links_are_as_in_the_files() -> None:
    load_glossary()
    migration = Concept.objects.get(slug="mass-migration")
    alternatives = migration.labels.filter(kind=Label.Kind.ALTERNATIVE, language="tr")
    assert sorted(label.text for label in alternatives) == [
        "kitlesel akın",
        "kitlesel göç hareketi",
    ]
    assert migration.label("sv") == "massflykt"
    assert migration.broader is not None
    assert migration.broader.slug == "migration"
    assert {row.slug for row in migration.related.all()} >= {"syria-crisis", "refugee-reception"}


def test_loading_again_leaves_a_label_that_an_editor_changed() -> None:
    load_glossary()
    Label.objects.filter(concept__slug="migration", language="en", kind="preferred").update(
        text="moving"
    )
    counts = load_glossary()
    assert Concept.objects.get(slug="migration").label("en") == "moving"
    assert counts["concepts"].kept == 158


def test_update_writes_labels_again_without_doubling_them() -> None:
    load_glossary()
    before = Label.objects.count()
    Label.objects.filter(concept__slug="migration", language="en", kind="preferred").update(
        text="moving"
    )
    load_glossary(update=True)
    assert Concept.objects.get(slug="migration").label("en") == "migration"
    assert Label.objects.count() == before


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("links.csv", "internal-migration,migration,", "internal-migration,nothing,", "“nothing”"),
        ("links.csv", "migration,theme-migration-planning,", "migration,mass-migration,", "itself"),
        (
            "concepts.csv",
            "\ninternal-migration,internal migration,",
            "\ninternal-migration,,",
            "en",
        ),
        ("concepts.csv", "\ninternal-migration,", "\nmigration,", "stands in line 2 already"),
        ("themes.csv", "id,en,tr", "id,tr,en", "The columns are"),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_written(
    files: Path, file: str, old: str, new: str, reason: str
) -> None:
    replace(files / file, old, new)
    with pytest.raises(BrokenRows) as broken:
        load_glossary(files)
    assert any(
        problem.source == file and reason in problem.reason for problem in broken.value.problems
    ), broken.value
    assert not Concept.objects.exists()
