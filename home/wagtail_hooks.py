"""The site in Wagtail's admin: its texts, moderation, and what some may not do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.reports import ReportMenuItem
from home.models import SiteTexts
from home.moderation_views import DueDateView, ModerationReport, moderation_panel
from home.unseen import hidden_editions


class SiteTextsViewSet(SnippetViewSet):
    """Name, footer and notice per locale."""

    model = SiteTexts
    icon = "doc-empty"
    menu_label = _("Site texts")
    add_to_settings_menu = True


register_snippet(SiteTextsViewSet)


@hooks.register("register_admin_urls")
def register_moderation() -> list[Any]:
    """What was sent to moderation, and by when it is due."""
    return [
        path("reports/moderation/", ModerationReport.as_view(), name="moderation_report"),
        path(
            "reports/moderation/results/",
            ModerationReport.as_view(results_only=True),
            name="moderation_report_results",
        ),
        path("moderation/<int:pk>/due/", DueDateView.as_view(), name="moderation_due"),
    ]


@hooks.register("register_reports_menu_item")
def register_moderation_report() -> MenuItem:
    """The report's place in the menu."""
    url = reverse("moderation_report")
    return ReportMenuItem(_("Moderation"), url, icon_name="tasks", order=40)


@hooks.register("construct_homepage_panels")
def add_moderation_panel(request: HttpRequest, panels: list[Any]) -> None:
    """What waits for this moderator, the most urgent first."""
    panels.append(moderation_panel(request.user))


@hooks.register("construct_page_chooser_queryset")
def keep_from_choosers(pages: Any, request: HttpRequest) -> Any:
    """Other unions' drafts, and what readers like this one may not see, are not offered."""
    return pages.exclude(pk__in=hidden_editions(request.user).values("pk"))


@hooks.register("before_delete_page")
def keep_from_deletion(request: HttpRequest, page: Page) -> None:
    """Who may change a page's words but add none beside it, as translators, may not remove it."""
    _check_removal(request.user, [page])


@hooks.register("before_bulk_action")
def keep_from_bulk_deletion(
    request: HttpRequest, action_type: str, objects: Iterable[Any], action: Any
) -> None:
    """The same for many pages at once."""
    if action_type == "delete":
        _check_removal(request.user, (row for row in objects if isinstance(row, Page)))


def _check_removal(user: Any, pages: Iterable[Page]) -> None:
    if user.is_superuser:
        return
    for page in pages:
        if "add" not in page.get_parent().permissions_for_user(user).permissions:
            raise PermissionDenied
