"""A union with a section, its roles, and people who have them."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from home.roles import make_roles
from network.models import Organisation, Role
from publications.models import SectionPage
from tests.library import Library, make_user


@dataclass
class Union:
    """The library's one section is this union's."""

    library: Library
    organisation: Organisation
    officer: User
    editor: User
    moderator: User

    @classmethod
    def of(cls, library: Library) -> Union:
        """Give the section to a union; another union has roles and no works."""
        names = {"en": "Union of the North", "tr": "Kuzey Birliği", "sv": "Norra unionen"}
        own = Organisation.objects.create(slug="north", kind="union", names=names)
        other = Organisation.objects.create(slug="south", kind="union", names={"en": "South"})
        SectionPage.objects.update(organisation=own)
        for code, section in library.sections.items():
            library.sections[code] = SectionPage.objects.get(pk=section.pk)
        parent = library.sections["en"].get_parent()
        parent.add_child(
            instance=SectionPage(
                title="South", slug="south", organisation=other, locale=parent.locale
            )
        )
        make_roles()
        return cls(
            library,
            own,
            person("officer", "contributors", own),
            person("editor", "editors", own),
            person("moderator", "moderators"),
        )


def person(name: str, kind: str, organisation: Organisation | None = None) -> User:
    """Somebody with a role and a mail address."""
    role = Role.objects.get(kind=kind, organisation=organisation)
    user = make_user(name, role.group)
    user.email = f"{name}@example.org"
    user.save()
    return user
