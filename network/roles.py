"""Who has which role, and for whom."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet

from network.models import Organisation, Role


def organisations_of(user: Any, *kinds: str) -> QuerySet[Organisation]:
    """The organisations for which a user has a role of one of these kinds."""
    if not user.is_authenticated:
        return Organisation.objects.none()
    roles = Role.objects.filter(kind__in=kinds, group__user=user.pk, organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(roles))


def people_with(kind: str, organisation: Organisation | None = None) -> QuerySet[User]:
    """The active users that have a role, for an organisation if one is given."""
    roles = Role.objects.filter(kind=kind)
    if organisation is not None:
        roles = roles.filter(organisation=organisation)
    users = get_user_model().objects.filter(is_active=True, groups__role__in=roles)
    return users.distinct()


def has_role(user: Any, kind: str) -> bool:
    """Whether a user has a role of this kind, for whomever."""
    return bool(user.is_authenticated) and Role.objects.filter(kind=kind, group__user=user).exists()
