"""Who may do what: a group of users per role, and exactly the permissions of each.

An organisation that publishes has editors and contributors, a language has translators; there
are moderators, and keepers of the glossary and the network. Administrators are Wagtail's
superusers. Which users are in a group is for administrators to say; what a group may do is said
here, and corrected whenever the roles are made again. Groups of other names are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from cms.languages import DEFAULT_LANGUAGE, INTERFACE_LANGUAGES
from cms.names import name_in
from home.moderation import ensure_moderation
from network.models import Organisation, Role
from publications.models import SectionPage
from publications.tree import SectionSpec, all_libraries, ensure_collection

Kind = Role.Kind
MAX_NAME = 150

ENTER = "wagtailadmin.access_admin"
FACTS = "publications.change_work"
TRANSLATE = "wagtail_localize.submit_translation"

FILES = (
    "wagtaildocs.add_document",
    "wagtaildocs.change_document",
    "wagtaildocs.choose_document",
    "wagtailimages.add_image",
    "wagtailimages.change_image",
    "wagtailimages.choose_image",
)
"""What somebody may do with the files and images of a collection."""

KEPT_BY_STEWARDS = (
    "glossary.concept",
    "network.country",
    "network.place",
    "network.organisation",
    "network.activity",
)

PROMOTIONS = tuple(f"search.{act}_promotion" for act in ("add", "change", "delete"))
SEARCHES = "insight.view_querycount"

ONLY_MEMBERSHIP: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grants:
    """What a role may do: everywhere, on pages and below them, in collections."""

    everywhere: tuple[str, ...] = ONLY_MEMBERSHIP
    pages: tuple[tuple[Page, tuple[str, ...]], ...] = ()
    collections: tuple[tuple[Collection, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class RoleSpec:
    """A role that there is to be; ``name`` is what its group is called."""

    kind: Kind
    name: str
    organisation: Organisation | None = None
    language: str = ""
    grants: Grants = field(default_factory=Grants)
    collection: Collection | None = None


@transaction.atomic
def make_roles() -> list[Role]:
    """Make every role and the workflow of moderation; raises ``TreeMissing`` without the tree.

    Run again it changes nothing. The roles of an organisation that publishes here no more lose
    what they may, and their groups go once nobody is in them.
    """
    roles = [_ensure_role(spec) for spec in _specs()]
    _retire(Role.objects.exclude(pk__in=[role.pk for role in roles]))
    _remove_stock_editors()
    moderators = next(role.group for role in roles if role.kind == Kind.MODERATORS)
    ensure_moderation(all_libraries().values(), moderators)
    return roles


def follow_organisation(organisation: Organisation) -> None:
    """Call an organisation's groups and its collection by its new name."""
    roles = Role.objects.filter(organisation=organisation).select_related("group", "collection")
    for role in roles:
        _name_group(role.group, _name(Kind(role.kind), organisation), organisation.slug)
        if role.collection is not None:
            _name_collection(role.collection, name_in(organisation.names, DEFAULT_LANGUAGE))


def retire_orphans() -> None:
    """Take what they may from the roles whose organisation is no more."""
    kinds = (Kind.EDITORS, Kind.CONTRIBUTORS)
    _retire(Role.objects.filter(kind__in=kinds, organisation=None))


def _specs() -> Iterator[RoleSpec]:
    libraries = all_libraries()
    yield RoleSpec(Kind.MODERATORS, "Moderators", grants=_moderators(libraries.values()))
    yield RoleSpec(Kind.STEWARDS, "Glossary and network", grants=_stewards())
    for language in INTERFACE_LANGUAGES:
        page = libraries[language.code]
        grants = Grants((ENTER, TRANSLATE), ((page, ("change",)),))
        name = f"Translators ({language.english_name})"
        yield RoleSpec(Kind.TRANSLATORS, name, language=language.code, grants=grants)
    for organisation, sections in _publishers():
        yield _editors(organisation, sections)
        name = _name(Kind.CONTRIBUTORS, organisation)
        yield RoleSpec(Kind.CONTRIBUTORS, name, organisation)


def _publishers() -> Iterator[tuple[Organisation, list[SectionPage]]]:
    """The organisations with a section, and the section in every locale."""
    pages = SectionPage.objects.filter(alias_of=None, organisation__isnull=False)
    sections: dict[Organisation, list[SectionPage]] = {}
    for page in pages.select_related("organisation").order_by("organisation__slug", "path"):
        sections.setdefault(page.organisation, []).append(page)
    yield from sections.items()


def _editors(organisation: Organisation, sections: list[SectionPage]) -> RoleSpec:
    known = Role.objects.filter(kind=Kind.EDITORS, organisation=organisation).first()
    collection = known.collection if known else None
    if collection is None:
        collection = ensure_collection(SectionSpec(organisation))
    grants = Grants(
        (ENTER, FACTS, TRANSLATE),
        tuple((page, ("add", "change")) for page in sections),
        ((collection, FILES),),
    )
    name = _name(Kind.EDITORS, organisation)
    return RoleSpec(Kind.EDITORS, name, organisation, grants=grants, collection=collection)


def _moderators(libraries: Iterable[Page]) -> Grants:
    actions = ("add", "change", "publish", "lock", "unlock")
    pages = tuple((library, actions) for library in libraries)
    everywhere = (ENTER, FACTS, TRANSLATE, *PROMOTIONS)
    return Grants(everywhere, pages, ((Collection.get_first_root_node(), FILES),))


def _stewards() -> Grants:
    names = (model.split(".") for model in KEPT_BY_STEWARDS)
    own = (f"{app}.{act}_{name}" for app, name in names for act in ("add", "change", "delete"))
    return Grants((ENTER, "home.change_sitetexts", SEARCHES, *PROMOTIONS, *own))


def _name(kind: Kind, organisation: Organisation) -> str:
    """The group's name: “Editors of Marmara Municipalities Union”."""
    return f"{kind.value.capitalize()} of {name_in(organisation.names, DEFAULT_LANGUAGE)}"


def _ensure_role(spec: RoleSpec) -> Role:
    known = Role.objects.filter(
        kind=spec.kind, organisation=spec.organisation, language=spec.language
    )
    role = known.select_related("group").first()
    if role is None:
        group = _free_group(spec)
        role = Role(kind=spec.kind, organisation=spec.organisation, language=spec.language)
        role.group = group
    elif spec.organisation is not None:
        _name_group(role.group, spec.name, spec.organisation.slug)
    if role.pk is None or role.collection_id != getattr(spec.collection, "pk", None):
        role.collection = spec.collection
        role.save()
    _grant(role.group, spec.grants)
    return role


def _free_group(spec: RoleSpec) -> Group:
    """The group of this name that no role has yet, or a new one."""
    name = spec.name[:MAX_NAME]
    group, _made = Group.objects.get_or_create(name=name)
    if not Role.objects.filter(group=group).exists():
        return group
    slug = spec.organisation.slug if spec.organisation else spec.language
    return Group.objects.get_or_create(name=_longer(name, slug))[0]


def _longer(name: str, slug: str) -> str:
    return f"{name[: MAX_NAME - len(slug) - 3]} ({slug})"


def _name_group(group: Group, name: str, slug: str) -> None:
    name = name[:MAX_NAME]
    if group.name in (name, _longer(name, slug)):
        return
    taken = Group.objects.filter(name=name).exclude(pk=group.pk).exists()
    group.name = _longer(name, slug) if taken else name
    group.save(update_fields=["name"])


def _name_collection(collection: Collection, name: str) -> None:
    if collection.name != name:
        collection.name = name
        collection.save(update_fields=["name"])


def _grant(group: Group, grants: Grants) -> None:
    """Give a group exactly these permissions, and touch nothing that is right already."""
    _everywhere(group, grants.everywhere)
    _on_pages(group, {(page.pk, f"{act}_page") for page, acts in grants.pages for act in acts})
    _in_collections(group, {(row.pk, name) for row, names in grants.collections for name in names})


def _everywhere(group: Group, names: Iterable[str]) -> None:
    wanted = {_permission(name) for name in names}
    if set(group.permissions.all()) != wanted:
        group.permissions.set(wanted)


def _on_pages(group: Group, wanted: set[tuple[int, str]]) -> None:
    for row in GroupPagePermission.objects.filter(group=group).select_related("permission"):
        key = (row.page_id, row.permission.codename)
        if key in wanted:
            wanted.discard(key)
        else:
            row.delete()
    for page, codename in sorted(wanted):
        permission = _permission(f"wagtailcore.{codename}")
        GroupPagePermission.objects.create(group=group, page_id=page, permission=permission)


def _in_collections(group: Group, wanted: set[tuple[int, str]]) -> None:
    rows = GroupCollectionPermission.objects.filter(group=group)
    for row in rows.select_related("permission__content_type"):
        app = row.permission.content_type.app_label
        key = (row.collection_id, f"{app}.{row.permission.codename}")
        if key in wanted:
            wanted.discard(key)
        else:
            row.delete()
    for collection, name in sorted(wanted):
        GroupCollectionPermission.objects.create(
            group=group, collection_id=collection, permission=_permission(name)
        )


def _permission(name: str) -> Permission:
    app, codename = name.split(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def _retire(roles: Any) -> None:
    for role in roles.select_related("group"):
        _grant(role.group, Grants())
        if not role.group.user_set.exists():
            role.group.delete()


def _remove_stock_editors() -> None:
    """Wagtail makes a group “Editors” that may change every page; it goes while nobody is in it."""
    Group.objects.filter(name="Editors", role=None, user=None).delete()
