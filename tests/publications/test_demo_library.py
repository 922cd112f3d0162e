"""The demonstration library as loaded: works, editions, facts, files, catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from publications.demo import loader
from publications.demo.sources import DEMO, WorkSource, read_catalogue, read_works
from publications.models import Edition, GoodPractice, Guidance, LibraryDocument, Publication, Work

pytestmark = pytest.mark.django_db

WORKS = read_works()
FILES = [(work, file) for work in WORKS for file in work.files]
PARK = "designing-a-park-with-children"
WASTE = "waste-collection-in-tent-settlements"


def of(slug: str) -> WorkSource:
    """A work of the demonstration."""
    return next(work for work in WORKS if work.slug == slug)


@pytest.fixture(scope="module")
def demonstration(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """The whole demonstration, loaded once; these tests only look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def test_the_editions_of_a_work_are_translations_of_one_another(demonstration: None) -> None:
    [work] = Work.objects.filter(translation_key=loader.translation_key(of(PARK)))
    editions = {edition.language: edition.specific for edition in work.editions.all()}
    assert set(editions) == {"tr", "en", "sv", "ar"}
    for code, edition in editions.items():
        assert edition.live
        assert edition.title == of(PARK).editions[code]["title"].strip()
        assert edition.is_demonstration
        assert edition.get_parent().specific.organisation.slug == loader.DEMONSTRATION
        assert edition.get_parent().locale_id == edition.locale_id


def test_the_facts_stand_on_the_work(demonstration: None) -> None:
    practice = Work.objects.get(translation_key=loader.translation_key(of(PARK)))
    source = of(PARK).facts
    assert practice.authors == source["authors"]
    assert practice.licence == "cc-by-4.0"
    assert practice.validation == source["validation"]
    assert f"{practice.period_start}-{practice.period_end}" == source["period"]
    assert [row.slug for row in practice.organisations_as("publisher")] == [loader.DEMONSTRATION]
    themes = {f"theme-{name}" for name in source["themes"]}
    assert {theme.slug for theme in practice.themes.all()} == themes
    waste = Work.objects.get(translation_key=loader.translation_key(of(WASTE)))
    assert {country.pk for country in waste.countries.all()} == {"LB", "TR"}
    assert waste.date_precision == "month"


def test_every_field_of_practices_and_guidance_is_filled(demonstration: None) -> None:
    practices, guidance = GoodPractice.objects.all(), Guidance.objects.all()
    assert practices.count() > 20
    assert guidance.count() > 20
    for page in [*practices, *guidance]:
        names = [*page.text_fields, "summary"]
        names += ["contact_role"] if isinstance(page, GoodPractice) else []
        assert [name for name in names if not getattr(page, name)] == [], page.slug
    assert all("<li>" in page.steps for page in guidance)


def test_files_are_attached_with_language_and_label_and_wait_to_be_read(
    demonstration: None,
) -> None:
    waste = Work.objects.get(translation_key=loader.translation_key(of(WASTE)))
    files = {
        file.language: file for edition in waste.editions.all() for file in edition.files.all()
    }
    assert set(files) == {"ar", "sv"}
    assert {file.number for file in files.values()} == {1, 2}
    assert files["ar"].label == "دليل ميداني لجمع النفايات"
    assert files["ar"].document.reading.state == "waiting"
    assert files["ar"].document.collection.name == "RESLOG Library (demonstration)"
    stored = Path(files["ar"].document.file.path).read_bytes()
    assert stored == (DEMO / "files" / f"{WASTE}.ar.pdf").read_bytes()
    french = Edition.objects.real().get(files__language="fr")
    assert french.language in {"en", "ar"}


def test_the_catalogue_stands_with_its_publishers_or_in_the_neutral_section(
    demonstration: None,
) -> None:
    entries = read_catalogue()
    assert Publication.objects.count() == sum(len(entry.editions) for entry in entries)
    mass = Publication.objects.get(title__startswith="Syrian Migration", title__contains="Mass")
    assert mass.get_parent().specific.organisation.slug == "skl-international"
    assert [(row.scheme, row.value) for row in mass.work.identifiers.all()] == [
        ("isbn", "978-91-986575-4-8")
    ]
    assert "<h2>Sources</h2>" in mass.body
    tana = Publication.objects.get(title__startswith="Evaluation of the RESLOG Project")
    assert tana.get_parent().specific.organisation is None
    assert not tana.is_demonstration
    assert tana.work.organisations_as("publisher") == []


def test_the_whole_demonstration_loads(demonstration: None) -> None:
    works = Work.objects.filter(translation_key__in=map(loader.translation_key, WORKS))
    assert works.count() == len(WORKS)
    for source in WORKS:
        work = works.get(translation_key=loader.translation_key(source))
        editions = {edition.language: edition for edition in work.editions.all()}
        assert set(editions) == set(source.editions)
        assert work.last_file_number == len(source.files)
    assert LibraryDocument.objects.count() == len(FILES)
