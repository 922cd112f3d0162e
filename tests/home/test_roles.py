"""What each role may do, and above all what it may not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from modelsearch.index import insert_or_update_object
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
)
from wagtail_localize.models import Translation, TranslationSource

from glossary.models import Concept
from home.roles import make_roles
from network.models import Organisation, Role
from network.roles import organisations_of, people_with
from publications.models import (
    Edition,
    EditionFile,
    GoodPractice,
    LibraryDocument,
    LibraryPage,
    SectionPage,
)
from publications.tree import SectionSpec, ensure_section
from tests.library import Library, make_user, pdf_bytes

pytestmark = pytest.mark.django_db

ORGANISATIONS = ("mbb", "skl-international")


def role(kind: str, organisation: str = "", language: str = "") -> Group:
    found = Role.objects.filter(kind=kind, language=language)
    if organisation:
        found = found.filter(organisation__slug=organisation)
    return found.get().group


@dataclass
class Unions:
    """Two unions, each with a published work, a draft, a file and an image."""

    pages: dict[str, Any]
    documents: dict[str, LibraryDocument]
    images: dict[str, Any]

    @classmethod
    def build(cls) -> Unions:
        found = cls({}, {}, {})
        for slug in ORGANISATIONS:
            found.pages[slug] = cls._work(slug, "en", f"Work of {slug}")
            found.pages[f"{slug} draft"] = cls._work(slug, "sv", f"Utkast {slug}", publish=False)
            collection = role("editors", slug).role.collection
            document = LibraryDocument(title=f"File of {slug}", collection=collection)
            document.file.save(f"{slug}.pdf", get_test_file(), save=False)
            document.save()
            found.documents[slug] = document
            found.images[slug] = get_image_model().objects.create(
                title=f"Image of {slug}", file=get_test_image_file(), collection=collection
            )
        return found

    @staticmethod
    def _work(slug: str, language: str, title: str, publish: bool = True) -> GoodPractice:
        section = SectionPage.objects.get(
            organisation__slug=slug, locale__language_code=language, is_demonstration=False
        )
        page = GoodPractice(title=title, locale=section.locale, live=False)
        section.add_child(instance=page)
        revision = page.save_revision()
        if publish:
            revision.publish()
        return GoodPractice.objects.get(pk=page.pk)


def get_test_file() -> Any:
    from django.core.files.base import ContentFile

    return ContentFile(pdf_bytes("quokka"))


@pytest.fixture
def unions(library: Library) -> Unions:
    names = {"mbb": "Marmara Municipalities Union", "skl-international": "SKL International"}
    for slug, name in names.items():
        Organisation.objects.create(slug=slug, kind="union", names={"en": name})
    Organisation.objects.create(slug="third", kind="union", names={"en": "Third"})
    for slug in ORGANISATIONS:
        ensure_section(SectionSpec(Organisation.objects.get(slug=slug)))
    make_roles()
    return Unions.build()


def as_user(client: Client, *groups: Group, name: str = "somebody") -> User:
    user = make_user(name, *groups)
    client.force_login(user)
    return user


def refused(response: Any) -> bool:
    """Whether the admin refused: it sends back with a message, or says 403 or 404."""
    if response.status_code in (403, 404):
        return True
    return response.status_code == 302 and response["Location"] == reverse("wagtailadmin_home")


def state() -> Any:
    """Everything that making roles could change."""
    return (
        list(Role.objects.order_by("pk").values()),
        list(Group.objects.order_by("pk").values()),
        list(Group.permissions.through.objects.order_by("pk").values()),
        list(GroupPagePermission.objects.order_by("pk").values()),
        list(GroupCollectionPermission.objects.order_by("pk").values()),
        list(Workflow.objects.order_by("pk").values()),
        list(WorkflowPage.objects.order_by("pk").values()),
        list(Collection.objects.order_by("pk").values()),
    )


class TestMaking:
    def test_every_role_has_its_group(self, unions: Unions) -> None:
        names = set(Group.objects.values_list("name", flat=True))
        assert {
            "Editors of Marmara Municipalities Union",
            "Contributors of Marmara Municipalities Union",
            "Translators (Turkish)",
            "Translators (Arabic)",
            "Moderators",
            "Glossary and network",
        } <= names

    def test_a_second_run_changes_nothing(self, unions: Unions) -> None:
        before = state()
        call_command("make_roles", verbosity=0)
        assert state() == before

    def test_wagtails_own_editors_of_everything_are_gone_unless_somebody_is_one(
        self, unions: Unions
    ) -> None:
        assert not Group.objects.filter(name="Editors").exists()
        group = Group.objects.create(name="Editors")
        make_user("old editor", group)
        call_command("make_roles", verbosity=0)
        assert Group.objects.filter(name="Editors").exists()

    def test_moderators_may_do_nothing_outside_the_libraries(self, unions: Unions) -> None:
        pages = {row.page for row in GroupPagePermission.objects.filter(group=role("moderators"))}
        assert pages == {library.page_ptr for library in LibraryPage.objects.all()}

    def test_rights_given_by_hand_to_a_role_are_corrected(self, unions: Unions) -> None:
        group = role("translators", language="sv")
        group.permissions.clear()
        GroupPagePermission.objects.create(
            group=group, page=Page.get_first_root_node(), permission_type="publish"
        )
        before = set(GroupPagePermission.objects.values_list("pk", flat=True))
        call_command("make_roles", verbosity=0)
        assert GroupPagePermission.objects.filter(pk__in=before).count() == len(before) - 1
        assert group.permissions.filter(codename="access_admin").exists()

    def test_a_renamed_organisation_keeps_its_group_and_its_collection(
        self, unions: Unions
    ) -> None:
        group, collection = role("editors", "mbb"), role("editors", "mbb").role.collection
        organisation = Organisation.objects.get(slug="mbb")
        organisation.names = {**organisation.names, "en": "Union of the Marmara"}
        organisation.save()
        ensure_section(SectionSpec(organisation))
        call_command("make_roles", verbosity=0)
        group.refresh_from_db()
        collection.refresh_from_db()
        assert group.name == "Editors of Union of the Marmara"
        assert collection.name == "Union of the Marmara"
        assert Role.objects.filter(organisation=organisation, kind="editors").count() == 1
        assert not Collection.objects.filter(name__startswith="Marmara").exists()

    def test_two_organisations_of_one_name_have_two_groups(self, unions: Unions) -> None:
        other = Organisation.objects.get(slug="skl-international")
        other.names = Organisation.objects.get(slug="mbb").names
        other.save()
        name = "Editors of Marmara Municipalities Union"
        assert role("editors", "mbb").name == name
        assert role("editors", "skl-international").name == f"{name} (skl-international)"

    def test_an_organisation_that_publishes_no_more_leaves_no_rights(self, unions: Unions) -> None:
        user = make_user("editor", role("editors", "mbb"))
        group = role("editors", "mbb")
        Page.objects.filter(
            pk__in=Edition.objects.filter(
                pk__in=[unions.pages["mbb"].pk, unions.pages["mbb draft"].pk]
            ).values("pk")
        ).delete()
        for section in SectionPage.objects.filter(organisation__slug="mbb"):
            section.delete()
        Organisation.objects.get(slug="mbb").delete()
        user = User.objects.get(pk=user.pk)
        assert not user.has_perm("wagtailadmin.access_admin")
        assert not GroupCollectionPermission.objects.filter(group=group).exists()
        assert not Group.objects.filter(name__startswith="Contributors of Marmara").exists()

    def test_a_section_made_in_the_admin_gets_its_roles(self, unions: Unions) -> None:
        organisation = Organisation.objects.exclude(slug__in=ORGANISATIONS).first()
        library = LibraryPage.objects.get(locale__language_code="en")
        section = SectionPage(
            title="New", slug="new", organisation=organisation, locale=library.locale, live=False
        )
        library.add_child(instance=section)
        section.save_revision(user=make_user("boss", superuser=True)).publish()
        assert {kind.kind for kind in Role.objects.filter(organisation=organisation)} == {
            "editors",
            "contributors",
        }


class TestEditors:
    """An editor of one union."""

    @pytest.fixture
    def editor(self, unions: Unions, client: Client) -> User:
        return as_user(client, role("editors", "mbb"))

    def test_may_edit_and_add_in_their_section_in_every_locale(
        self, unions: Unions, editor: User, client: Client
    ) -> None:
        for name in ("mbb", "mbb draft"):
            url = reverse("wagtailadmin_pages:edit", args=[unions.pages[name].pk])
            assert client.get(url).status_code == 200
        for section in SectionPage.objects.filter(organisation__slug="mbb"):
            assert section.permissions_for_user(editor).can_add_subpage()

    def test_may_not_publish_unpublish_lock_or_restrict(self, unions: Unions, editor: User) -> None:
        own = unions.pages["mbb"].permissions_for_user(editor)
        assert not own.can_publish()
        assert not own.can_unpublish()
        assert not own.can_lock()
        assert not own.can_set_view_restrictions()
        assert not own.can_delete()  # it is published

    def test_publishing_by_a_request_made_by_hand_saves_a_draft_at_most(
        self, unions: Unions, editor: User, client: Client
    ) -> None:
        page = unions.pages["mbb draft"]
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        form = form_of(client.get(url)) | {"action-publish": "1"}
        client.post(url, form)
        page.refresh_from_db()
        assert not page.live

    def test_may_not_touch_another_unions_pages(
        self, unions: Unions, editor: User, client: Client
    ) -> None:
        for name in ("skl-international", "skl-international draft"):
            page = unions.pages[name]
            for view in ("edit", "delete", "move", "history", "view_draft", "copy"):
                url = reverse(f"wagtailadmin_pages:{view}", args=[page.pk])
                assert refused(client.get(url)), (name, view)
        section = SectionPage.objects.filter(organisation__slug="skl-international").first()
        url = reverse("wagtailadmin_pages:add", args=["publications", "goodpractice", section.pk])
        assert refused(client.get(url))

    def test_may_not_have_another_unions_draft_files_and_images(
        self, unions: Unions, editor: User, client: Client
    ) -> None:
        own, other = (unions.documents[slug] for slug in ORGANISATIONS)
        assert client.get(own.url).status_code == 200
        assert client.get(other.url).status_code == 404
        for thing, name in ((other, "docs"), (unions.images["skl-international"], "images")):
            assert refused(client.get(reverse(f"wagtail{name}:edit", args=[thing.pk])))
            assert refused(client.post(reverse(f"wagtail{name}:delete", args=[thing.pk])))
        own_image, other_image = (unions.images[slug] for slug in ORGANISATIONS)
        assert client.get(f"/media/{own_image.file.name}").status_code == 200
        assert client.get(f"/media/{other_image.file.name}").status_code == 404

    def test_the_choosers_and_lists_show_only_their_own(
        self, unions: Unions, editor: User, client: Client
    ) -> None:
        for name in (
            "wagtaildocs:index",
            "wagtailimages:index",
            "wagtaildocs_chooser:choose",
            "wagtailimages_chooser:choose",
        ):
            text = client.get(reverse(name)).content.decode()
            assert "of mbb" in text, name
            assert "of skl-international" not in text, name

    @pytest.mark.parametrize("query", ["", "&q=Utkast"])
    def test_the_page_chooser_offers_no_drafts_of_others(
        self, unions: Unions, editor: User, client: Client, query: str
    ) -> None:
        titles = ""
        for page in unions.pages.values():
            insert_or_update_object(page)
        for slug in ORGANISATIONS:
            section = unions.pages[f"{slug} draft"].get_parent()
            name = "wagtailadmin_choose_page_search" if query else "wagtailadmin_choose_page_child"
            url = reverse(name, args=[] if query else [section.pk])
            titles += client.get(
                f"{url}?page_type=publications.goodpractice{query}"
            ).content.decode()
        assert "Utkast mbb" in titles
        assert "Utkast skl-international" not in titles

    def test_no_page_of_the_admin_shows_another_unions_draft(
        self, unions: Unions, editor: User, client: Client
    ) -> None:
        draft = unions.pages["skl-international draft"]
        revision = draft.latest_revision_id
        for name, args in (
            ("wagtailadmin_pages:usage", [draft.pk]),
            ("wagtailadmin_pages:revisions_view", [draft.pk, revision]),
            ("wagtailadmin_pages:revisions_compare", [draft.pk, "earliest", "latest"]),
            ("wagtailadmin_pages:workflow_history", [draft.pk]),
            ("wagtailadmin_explore", [draft.pk]),
            ("wagtailadmin_explore_results", [draft.pk]),
            ("wagtailadmin_explore", [draft.get_parent().pk]),
            ("wagtailadmin_choose_page_child", [draft.pk]),
            ("wagtailadmin_choose_page_chosen_multiple", []),
            ("wagtailadmin_pages:move", [draft.pk]),
            ("translation_board", []),
            ("wagtailadmin_pages:search", []),
        ):
            query = {"q": "Utkast", "id": str(draft.pk)}
            shown = client.get(reverse(name, args=args), query, follow=True).content.decode()
            assert "Utkast skl-international" not in shown, name
        own = unions.pages["mbb draft"]
        url = reverse("wagtailadmin_explore", args=[own.pk])
        assert "Utkast mbb" in client.get(url).content.decode()

    def test_may_not_put_another_unions_file_or_cover_on_a_page(
        self, unions: Unions, editor: User, client: Client
    ) -> None:
        page = unions.pages["mbb draft"]
        url = reverse("wagtailadmin_pages:edit", args=[page.pk])
        form = form_of(client.get(url)) | {
            "files-TOTAL_FORMS": "1",
            "files-0-document": str(unions.documents["skl-international"].pk),
            "files-0-ORDER": "1",
            "cover": str(unions.images["skl-international"].pk),
        }
        response = client.post(url, form)
        assert response.status_code == 200
        assert response.context["form"].errors["cover"]
        assert response.context["form"].formsets["files"].errors[0]["document"]
        form["files-0-document"] = str(unions.documents["mbb"].pk)
        form["cover"] = str(unions.images["mbb"].pk)
        assert client.post(url, form).status_code == 302
        draft = Page.objects.get(pk=page.pk).get_latest_revision_as_object()
        assert draft.cover == unions.images["mbb"]
        assert [file.document for file in draft.files.all()] == [unions.documents["mbb"]]

    @pytest.mark.parametrize(
        "name",
        [
            "wagtailusers_users:index",
            "wagtailusers_groups:index",
            "wagtailadmin_collections:index",
            "wagtailsites:index",
            "wagtailadmin_workflows:index",
            "wagtailsnippets_glossary_concept:list",
            "wagtailsnippets_network_organisation:list",
            "wagtailsnippets_home_sitetexts:list",
            "glossary_import",
        ],
    )
    def test_may_not_manage_the_site(
        self, unions: Unions, editor: User, client: Client, name: str
    ) -> None:
        assert refused(client.get(reverse(name)))

    def test_reports_speak_of_their_own_pages_only(
        self, unions: Unions, editor: User, client: Client
    ) -> None:
        other = unions.pages["skl-international"]
        for slug in ORGANISATIONS:
            submit(unions.pages[slug])
        source, _made = TranslationSource.get_or_create_from_instance(other)
        Translation.objects.create(
            source=source, target_locale=LibraryPage.objects.get(locale__language_code="sv").locale
        )
        for name in (
            "wagtailadmin_reports:site_history",
            "wagtailadmin_reports:workflow",
            "wagtailadmin_reports:workflow_tasks",
            "wagtail_localize:translations_report",
            "moderation_report",
            "reading_report",
        ):
            response = client.get(reverse(name))
            assert response.status_code == 200, name
            assert "skl-international" not in rows_of(response), name
        assert "Work of mbb" in rows_of(client.get(reverse("moderation_report")))


class TestTranslators:
    @pytest.fixture
    def translator(self, unions: Unions, client: Client) -> User:
        return as_user(client, role("translators", language="sv"))

    def test_may_edit_the_editions_in_their_language_of_every_union(
        self, unions: Unions, translator: User, client: Client
    ) -> None:
        for slug in ORGANISATIONS:
            url = reverse("wagtailadmin_pages:edit", args=[unions.pages[f"{slug} draft"].pk])
            assert client.get(url).status_code == 200

    def test_may_edit_no_other_language(
        self, unions: Unions, translator: User, client: Client
    ) -> None:
        for slug in ORGANISATIONS:
            url = reverse("wagtailadmin_pages:edit", args=[unions.pages[slug].pk])
            assert refused(client.get(url))

    def test_may_not_publish_add_delete_or_change_facts(
        self, unions: Unions, translator: User, client: Client
    ) -> None:
        page = unions.pages["mbb draft"]
        rights = page.permissions_for_user(translator)
        assert not rights.can_publish()
        assert not page.get_parent().permissions_for_user(translator).can_add_subpage()
        assert refused(client.post(reverse("wagtailadmin_pages:delete", args=[page.pk])))
        bulk = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"])
        client.post(f"{bulk}?id={page.pk}")
        assert Page.objects.filter(pk=page.pk).exists()
        assert not translator.has_perm("publications.change_work")

    def test_may_begin_a_translation_into_their_language_alone_and_as_a_draft(
        self, unions: Unions, translator: User, client: Client
    ) -> None:
        page = unions.pages["mbb"]
        url = reverse("wagtail_localize:submit_page_translation", args=[page.pk])
        form = client.get(url).context["form"]
        assert [row.language_code for row in form.fields["locales"].queryset] == ["sv"]
        turkish = LibraryPage.objects.get(locale__language_code="tr").locale
        assert client.post(url, {"locales": [turkish.pk]}).status_code == 200
        assert not page.get_translations().exists()
        swedish = LibraryPage.objects.get(locale__language_code="sv").locale
        assert client.post(url, {"locales": [swedish.pk]}).status_code == 302
        translated = page.get_translations().get()
        assert not translated.live
        assert translated.locale == swedish

    def test_sees_no_draft_of_another_language_by_asking_for_its_translation(
        self, unions: Unions, translator: User, client: Client
    ) -> None:
        section = SectionPage.objects.get(organisation__slug="mbb", locale__language_code="tr")
        draft = GoodPractice(title="Taslak", locale=section.locale, live=False)
        section.add_child(instance=draft)
        url = reverse("wagtail_localize:submit_page_translation", args=[draft.pk])
        assert refused(client.get(url))

    def test_may_not_publish_by_bringing_translations_in_step(
        self, unions: Unions, translator: User, client: Client
    ) -> None:
        page = unions.pages["mbb"]
        swedish = LibraryPage.objects.get(locale__language_code="sv").locale
        client.post(
            reverse("wagtail_localize:submit_page_translation", args=[page.pk]),
            {"locales": [swedish.pk]},
        )
        source = TranslationSource.objects.get()
        url = reverse("wagtail_localize:update_translations", args=[source.pk])
        client.post(url, {"publish_translations": "on"})
        assert not page.get_translations().get().live

    def test_may_not_turn_a_page_into_an_alias(
        self, unions: Unions, translator: User, client: Client
    ) -> None:
        page = unions.pages["mbb draft"]
        url = reverse("wagtail_localize:convert_to_alias", args=[page.pk])
        assert refused(client.get(url))

    def test_may_not_have_files_and_images_but_those_of_their_pages(
        self, unions: Unions, translator: User, client: Client
    ) -> None:
        assert client.get(unions.documents["mbb"].url).status_code == 404
        for name in ("wagtaildocs:index", "wagtailimages:index", "wagtaildocs:add"):
            assert refused(client.get(reverse(name))), name
        page = unions.pages["mbb draft"]
        EditionFile.objects.create(edition=page.edition_ptr, document=unions.documents["mbb"])
        assert client.get(unions.documents["mbb"].url).status_code == 200


class TestModerators:
    @pytest.fixture
    def moderator(self, unions: Unions, client: Client) -> User:
        return as_user(client, role("moderators"))

    def test_may_publish_and_lock_in_every_section(self, unions: Unions, moderator: User) -> None:
        for page in unions.pages.values():
            rights = page.permissions_for_user(moderator)
            assert rights.can_edit()
            assert rights.can_publish()
            assert rights.can_lock()

    def test_may_not_change_the_site_around_the_libraries(
        self, unions: Unions, moderator: User, client: Client
    ) -> None:
        home = LibraryPage.objects.first().get_parent()
        assert not home.permissions_for_user(moderator).can_edit()
        for name in (
            "wagtailusers_users:index",
            "wagtailusers_groups:index",
            "wagtailadmin_collections:index",
            "wagtailadmin_workflows:index",
            "wagtailsnippets_glossary_concept:list",
            "wagtailsnippets_network_place:list",
        ):
            assert refused(client.get(reverse(name))), name

    def test_may_have_the_files_of_every_union(
        self, unions: Unions, moderator: User, client: Client
    ) -> None:
        for document in unions.documents.values():
            assert client.get(document.url).status_code == 200


class TestKeepersOfTheGlossary:
    def test_may_change_glossary_and_network_but_no_page_file_or_user(
        self, unions: Unions, client: Client
    ) -> None:
        user = as_user(client, role("stewards"))
        for name in ("glossary_concept", "network_organisation", "home_sitetexts"):
            assert client.get(reverse(f"wagtailsnippets_{name}:list")).status_code == 200, name
        assert user.has_perm("glossary.add_concept")
        for page in unions.pages.values():
            assert not page.permissions_for_user(user).can_edit()
        for name in ("wagtailusers_users:index", "wagtaildocs:index", "wagtailimages:index"):
            assert refused(client.get(reverse(name))), name
        assert client.get(unions.documents["mbb"].url).status_code == 404

    def test_the_menu_leads_nowhere_they_may_not_go(self, unions: Unions, client: Client) -> None:
        for group in (role("stewards"), role("editors", "mbb"), role("translators", language="sv")):
            as_user(client, group, name=f"of {group.pk}")
            home = client.get(reverse("wagtailadmin_home")).content.decode()
            menu = home.partition('id="wagtail-sidebar-props"')[2].partition("</script>")[0]
            links = set(re.findall(r'"(/admin/[a-z][^"?]*)"', menu))
            assert len(links) > 3
            for link in links - {reverse("wagtailadmin_logout")}:
                assert not refused(client.get(link)), (group.name, link)

    def test_a_concept_is_not_an_editors_to_change(self, unions: Unions, client: Client) -> None:
        as_user(client, role("editors", "mbb"))
        concept = Concept.objects.create(slug="waste")
        url = reverse("wagtailsnippets_glossary_concept:edit", args=[concept.pk])
        assert refused(client.get(url))


class TestContributors:
    def test_may_not_enter_the_admin(self, unions: Unions, client: Client) -> None:
        user = as_user(client, role("contributors", "mbb"))
        assert not user.get_all_permissions()
        response = client.get(reverse("wagtailadmin_home"))
        assert response.status_code == 302
        assert "login" in response["Location"]
        assert client.get(unions.documents["mbb"].url).status_code == 404

    def test_are_known_by_their_organisation(self, unions: Unions, client: Client) -> None:
        user = as_user(client, role("contributors", "mbb"))
        assert [row.slug for row in organisations_of(user, "contributors")] == ["mbb"]
        assert not organisations_of(user, "editors")
        assert list(people_with("contributors", Organisation.objects.get(slug="mbb"))) == [user]
        assert not people_with("contributors", Organisation.objects.get(slug="skl-international"))


def form_of(response: Any) -> dict[str, str]:
    """What the edit form of a page sends when nothing is changed."""
    from lxml import html

    form = html.fromstring(response.content.decode()).get_element_by_id("page-edit-form")
    return {key: value for key, value in form.form_values() if key}


def rows_of(response: Any) -> str:
    """The text of the listing, without menus and the search's example."""
    from lxml import html

    body = html.fromstring(response.content.decode())
    return " ".join(
        body.xpath("//*[@id='listing-results']//text()") or body.xpath("//main//text()")
    )


def submit(page: Any) -> None:
    """Send a page to moderation as its editor does."""
    page.get_workflow().start(page, make_user(f"author of {page.pk}"))
