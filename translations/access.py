"""Who may see, begin and change translations, for many works at once.

Wagtail's page permissions decide: a translator of a language has them on that language's library.
What everybody may read, every editor may see here, too.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.models import Locale, Page
from wagtail.permission_policies.pages import PagePermissionPolicy

from publications.access import Reader
from publications.editable import editable_pages
from publications.models import Edition, SectionPage
from publications.restrictions import Restrictions

SUBMIT = "wagtail_localize.submit_translation"
"""Who has this permission may begin translations of pages below those that they may change."""


class Translators:
    """What one user may do with translations; its queries are made when first needed."""

    def __init__(self, user: Any) -> None:
        self.user = user
        self._policy = PagePermissionPolicy()
        self._reader = Reader.of(user)

    @cached_property
    def places(self) -> dict[tuple[Any, int], int]:
        """The sections in which the user may begin an edition, by translation key and locale."""
        sections = SectionPage.objects.filter(alias_of__isnull=True)
        rights = {"add", "change"} if self.user.has_perm(SUBMIT) else {"add"}
        pages = self._policy.instances_user_has_any_permission_for(self.user, rights)
        rows = sections.filter(pk__in=pages.values("pk"))
        return {
            (key, locale): section
            for section, key, locale in rows.values_list("pk", "translation_key", "locale_id")
        }

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages in which the user may begin or change editions somewhere."""
        pages = self._policy.instances_user_has_any_permission_for(self.user, {"add", "change"})
        rows = SectionPage.objects.filter(pk__in=pages.values("pk"), alias_of__isnull=True)
        return frozenset(rows.order_by().values_list("locale__language_code", flat=True).distinct())

    def editable(self, editions: Collection[int]) -> frozenset[int]:
        """Those of some editions that the user may change."""
        return frozenset(
            editable_pages(self.user).filter(pk__in=editions).values_list("pk", flat=True)
        )

    def visible_editions(self) -> Any:
        """The editions that the user may know of: in the admin, or as every reader may."""
        own = self._policy.instances_user_has_any_permission_for(
            self.user, {"add", "change", "publish", "lock", "unlock"}
        )
        public = Q(live=True) & (Q(expire_at=None) | Q(expire_at__gt=timezone.now()))
        hidden = self._hidden_from_reader()
        if hidden:
            public &= ~Q(pk__in=hidden)
        return Edition.objects.real().filter(Q(pk__in=own.values("pk")) | public)

    def _hidden_from_reader(self) -> list[int]:
        """The live editions behind a restriction that does not admit the user."""
        restrictions = Restrictions()
        if not restrictions.any_page:
            return []
        rows = Edition.objects.live().real().values_list("pk", "path")
        return [
            key for key, path in rows if not self._reader.admitted_by(restrictions.page(key, path))
        ]

    def may_see(self, edition: Edition) -> bool:
        """Whether the user may know of one edition."""
        return bool(self.visible_editions().filter(pk=edition.pk).exists())

    def place_for(self, edition: Edition, locale: Locale) -> Page | None:
        """The page below which the user may make an edition's translation into a locale."""
        parent = edition.get_parent()
        translated = parent.get_translation_or_none(locale)
        if translated is None or translated.alias_of_id:
            return None
        rights = translated.permissions_for_user(self.user)
        submits = self.user.has_perm(SUBMIT) and rights.can_edit()
        return translated if submits or rights.can_add_subpage() else None
