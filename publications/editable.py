"""What an editor may change: works by the permissions on their editions' pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from wagtail.models import Page
from wagtail.permissions import policy_registry

from publications.models import Edition, Work


def editable_pages(user: Any) -> QuerySet[Page]:
    """The pages that somebody may change, published or not."""
    policy = policy_registry.get_by_type(Page)
    pages: QuerySet[Page] = policy.instances_user_has_permission_for(user, "change")
    return pages


def editable_editions(user: Any) -> QuerySet[Edition]:
    """The editions that somebody may change, published or not."""
    pages = editable_pages(user).order_by()
    return Edition.objects.real().filter(pk__in=pages.values("pk"))


def editable_works(user: Any) -> QuerySet[Work]:
    """The works with an edition that somebody may change."""
    return Work.objects.filter(pk__in=editable_editions(user).order_by().values("work_id"))
