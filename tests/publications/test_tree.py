"""The tree: the same levels in every locale, made and kept."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Collection, Locale, Page, PageLogEntry, Revision, Site

from cms.languages import INTERFACE_CODES
from home.models import HomePage, InformationPage, SiteTexts
from network.loading import load_network
from network.models import Organisation
from publications.models import LibraryPage, SectionPage
from publications.tree import CATALOGUE, SectionSpec, TreeMissing, ensure_section, section_with_slug

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> None:
    """The tree as the command makes it, with one union's section."""
    load_network()
    call_command("build_tree", "--organisation", "mbb", verbosity=0)


def shape() -> dict[str, list[tuple[int, str, object]]]:
    """Each locale's pages: depth, type and translation group, in the order of the tree."""
    pages = Page.objects.filter(depth__gt=1).select_related("locale", "content_type")
    found: dict[str, list[tuple[int, str, object]]] = {}
    for page in pages.order_by("path"):
        row = (page.depth, page.content_type.model, page.translation_key)
        found.setdefault(page.locale.language_code, []).append(row)
    return found


def test_every_locale_has_the_same_levels_linked_as_translations(tree: None) -> None:
    shapes = shape()
    assert set(shapes) == set(INTERFACE_CODES)
    first = sorted(shapes[INTERFACE_CODES[0]], key=str)
    assert [kind for _depth, kind, _key in first].count("sectionpage") == 2
    for code in INTERFACE_CODES:
        assert sorted(shapes[code], key=str) == first, code


def test_every_page_is_published_and_stands_under_its_own_locale(tree: None) -> None:
    for page in Page.objects.filter(depth__gt=1):
        assert page.live
        assert page.first_published_at
        assert page.depth == 2 or page.get_parent().locale_id == page.locale_id


def test_the_default_site_shows_the_english_landing_page(tree: None) -> None:
    site = Site.objects.get(is_default_site=True)
    assert isinstance(site.root_page.specific, HomePage)
    assert site.root_page.locale.language_code == "en"
    assert not Page.objects.filter(depth=2, slug="home").exists()


def test_titles_are_in_the_language_of_the_locale(tree: None) -> None:
    titles = {
        page.locale.language_code: page.title
        for page in SectionPage.objects.filter(organisation__slug="mbb")
    }
    assert titles["tr"] == "Marmara Belediyeler Birliği"
    assert titles["ar"] == "اتحاد بلديات مرمرة"


def test_each_section_has_its_collection(tree: None) -> None:
    names = set(Collection.objects.values_list("name", flat=True))
    assert {"Catalogue", "Marmara Municipalities Union"} <= names


def test_the_neutral_section_has_no_organisation(tree: None) -> None:
    assert SectionPage.objects.filter(organisation=None, slug="catalogue").count() == 4


def test_building_again_changes_nothing(tree: None) -> None:
    def state() -> tuple[object, ...]:
        rows = Page.objects.order_by("pk").values_list("pk", "path", "latest_revision_id")
        counts = (Revision, PageLogEntry, Collection, SiteTexts)
        return list(rows), [model.objects.count() for model in counts]

    before = state()
    call_command("build_tree", "--organisation", "mbb", verbosity=0)
    assert state() == before


def test_what_editors_changed_stays(tree: None) -> None:
    page = HomePage.objects.get(locale__language_code="sv")
    page.title = "Vårt bibliotek"
    page.save_revision().publish()
    for about in InformationPage.objects.filter(slug="privacy"):
        about.delete()
    help_page = InformationPage.objects.get(slug="search-help", locale__language_code="en")
    help_page.slug = "how-to-search"
    help_page.save_revision().publish()
    call_command("build_tree", verbosity=0)
    assert HomePage.objects.get(locale__language_code="sv").title == "Vårt bibliotek"
    assert not InformationPage.objects.filter(slug="privacy").exists()
    assert InformationPage.objects.filter(locale__language_code="en").count() == 5


def test_a_page_missing_in_one_locale_is_made_again_in_its_translation_group(tree: None) -> None:
    section = SectionPage.objects.get(organisation__slug="mbb", locale__language_code="sv")
    key = section.translation_key
    section.delete()
    call_command("build_tree", "--organisation", "mbb", verbosity=0)
    assert SectionPage.objects.get(translation_key=key, locale__language_code="sv").live


def test_a_site_that_operators_chose_another_page_for_stays(tree: None) -> None:
    swedish = HomePage.objects.get(locale__language_code="sv")
    Site.objects.update(root_page=swedish, hostname="bibliotek.example")
    call_command("build_tree", verbosity=0)
    site = Site.objects.get()
    assert (site.root_page_id, site.hostname) == (swedish.pk, "bibliotek.example")


def test_an_unknown_organisation_is_named() -> None:
    with pytest.raises(CommandError, match="There is no organisation “atlantis”"):
        call_command("build_tree", "--organisation", "atlantis")
    assert not LibraryPage.objects.exists()


def test_a_section_before_the_tree_says_what_to_run() -> None:
    Locale.objects.get_or_create(language_code="en")
    with pytest.raises(TreeMissing, match="build_tree"):
        ensure_section(CATALOGUE)


def test_a_section_is_found_by_its_slug(tree: None) -> None:
    mbb = Organisation.objects.get(slug="mbb")
    assert section_with_slug("mbb") == SectionSpec(mbb)
    with pytest.raises(TreeMissing, match="There are: catalogue, mbb"):
        section_with_slug("nowhere")


def test_each_locale_has_its_texts(tree: None) -> None:
    texts = {row.locale.language_code: row for row in SiteTexts.objects.select_related("locale")}
    assert set(texts) == set(INTERFACE_CODES)
    assert len({row.translation_key for row in texts.values()}) == 1
    assert texts["tr"].site_name == "RESLOG Kütüphanesi"
