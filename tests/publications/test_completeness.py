"""The score of a work: what counts, and who sees which works."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission

from glossary.models import Concept
from network.loading import load_network
from network.models import Country, Organisation
from publications.completeness import CRITERIA, missing, scored
from publications.completeness_report import completeness_home_panel
from publications.facts import empty_facts, write_facts
from publications.models import Publication, Work, WorkOrganisation
from publications.tree import SectionSpec, ensure_section
from tests.library import Library, make_user, pdf_bytes

pytestmark = pytest.mark.django_db


def lacking(page: Publication) -> set[str]:
    return {
        criterion.name for criterion in missing(scored(Work.objects.all()).get(pk=page.work_id))
    }


def score(page: Publication) -> int:
    return int(scored(Work.objects.all()).get(pk=page.work_id).completeness)


def test_the_weights_add_up() -> None:
    assert sum(criterion.weight for criterion in CRITERIA) == 100


def test_a_bare_work_lacks_everything_and_each_thing_adds_its_weight(library: Library) -> None:
    page = library.edition()
    assert score(page) == 0
    assert lacking(page) == {criterion.name for criterion in CRITERIA}
    write_facts(page.work, {"date": "2021-01-01", "licence": "cc-by-4.0", "authors": ["A"]})
    assert score(page) == 20
    assert not {"date", "licence", "authors"} & lacking(page)


def test_a_complete_work_has_a_hundred(library: Library) -> None:
    page = library.edition(summary="Short")
    library.edition("Rapor", language="tr", of=page, summary="Kısa")
    file = library.attach(page, library.document(pdf_bytes("a"), "a.pdf"))
    reading = library.read_text(file.document, "text")
    reading.cover = "covers/a.webp"
    reading.save()
    country = Country.objects.create(code="SE", names={"en": "Sweden"})
    theme = Concept.objects.create(slug="theme-a", is_theme=True)
    publisher = Organisation.objects.create(
        slug="a", names={"en": "A"}, kind=Organisation.Kind.UNION, country=country
    )
    write_facts(
        page.work,
        {
            "date": "2021-01-01",
            "licence": "cc-by-4.0",
            "authors": ["A"],
            "countries": ["SE"],
            "themes": [theme.pk],
            "publishers": [publisher.pk],
        },
    )
    assert lacking(page) == set()
    assert score(page) == 100


def test_what_a_draft_says_counts(library: Library) -> None:
    page = library.edition(publish=False)
    Publication.objects.filter(pk=page.pk).update(
        facts=empty_facts() | {"date": "2021-01-01", "themes": [3], "municipality": 4}
    )
    assert {"date", "themes", "authors"}.isdisjoint(lacking(page))
    assert {"publisher", "licence", "place"} <= lacking(page)


def editor_of(library: Library) -> Group:
    group = Group.objects.create(name="editors")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    for section in library.sections.values():
        GroupPagePermission.objects.create(
            group=group,
            page=section,
            permission=Permission.objects.get(
                codename="change_page", content_type__app_label="wagtailcore"
            ),
        )
    return group


def test_the_report_and_the_home_show_an_editors_own_works(
    client: Client, library: Library
) -> None:
    load_network()
    union = ensure_section(SectionSpec(Organisation.objects.get(slug="mbb")))
    own = library.edition("Own report", summary="Short")
    bare = library.edition("Bare report")
    foreign = Publication(title="Foreign report", slug="foreign", locale=union["en"].locale)
    union["en"].add_child(instance=foreign)
    client.force_login(make_user("editor", editor_of(library)))

    report = client.get(reverse("completeness_report")).content.decode()
    assert "Foreign report" not in report
    assert report.index("Bare report") < report.index("Own report")
    lacking_summary = client.get(reverse("completeness_report"), {"lacks": "summary"})
    assert "Own report" not in lacking_summary.content.decode()
    section = {"section": union["en"].pk}
    elsewhere = client.get(reverse("completeness_report"), section).content.decode()
    assert "Own report" not in elsewhere
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Bare report" in home
    assert "Foreign report" not in home
    exported = client.get(reverse("completeness_report"), {"export": "csv"})
    assert "Bare report" in b"".join(exported).decode()
    assert own.work_id != bare.work_id

    form = client.get(reverse("wagtailadmin_pages:edit", args=[own.pk])).content.decode()
    assert "15 of 100" in form
    assert "Without one nobody may translate" in form


def test_a_reader_without_the_admin_sees_no_report(client: Client, library: Library) -> None:
    client.force_login(make_user("reader"))
    assert client.get(reverse("completeness_report")).status_code == 302
    assert completeness_home_panel(make_user("other")).rows == []
    assert WorkOrganisation.objects.count() == 0
