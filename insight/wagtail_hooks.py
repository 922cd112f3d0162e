"""Insight in Wagtail's admin: reports, the editors' home, recommended works, trying labels."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.snippets.models import register_snippet

from cms.reports import ReportMenuItem
from glossary.models import Concept
from insight.access import may_see_searches
from insight.from_searches import AskForTranslationView, ConceptChoiceView
from insight.panels import panels_for
from insight.promotion_views import PromotionViewSet
from insight.searches_report import SearchesReport
from insight.trying_view import TryLabelsView, TryMenuItem
from insight.upkeep_reports import (
    BrokenLinksReport,
    ReviewsReport,
    StillRightView,
)

register_snippet(PromotionViewSet)

REPORTS: dict[str, tuple[str, Any]] = {
    "insight_searches": ("searches", SearchesReport),
    "insight_links": ("broken-links", BrokenLinksReport),
    "insight_reviews": ("reviews", ReviewsReport),
}
"""Per report: its name as an address, its place below ``reports/``, its view."""


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    """The reports, and what their buttons do."""
    urls = [
        path("insight/<int:row>/concept/", ConceptChoiceView.as_view(), name="insight_to_concept"),
        path(
            "insight/<int:row>/translation/",
            AskForTranslationView.as_view(),
            name="insight_ask_for_translation",
        ),
        path("insight/try/", TryLabelsView.as_view(), name="insight_try_new_labels"),
        path("insight/try/<int:concept>/", TryLabelsView.as_view(), name="insight_try_labels"),
        path(
            "insight/works/<int:work>/still-right/",
            StillRightView.as_view(),
            name="insight_still_right",
        ),
    ]
    for name, (place, view) in REPORTS.items():
        urls.append(path(f"reports/{place}/", view.as_view(), name=name))
        results = view.as_view(results_only=True)
        urls.append(path(f"reports/{place}/results/", results, name=f"{name}_results"))
    return urls


class SearchesMenuItem(MenuItem):
    """The way to the report on searches, for those who may see it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this editor may see it."""
        return may_see_searches(request.user)


@hooks.register("register_reports_menu_item")
def register_searches() -> MenuItem:
    """The report on searches."""
    return SearchesMenuItem(
        _("Searches"), reverse("insight_searches"), icon_name="search", order=60
    )


@hooks.register("register_reports_menu_item")
def register_links() -> MenuItem:
    """The report on links."""
    return ReportMenuItem(_("Broken links"), reverse("insight_links"), icon_name="link", order=70)


@hooks.register("register_reports_menu_item")
def register_reviews() -> MenuItem:
    """The report on works to review."""
    return ReportMenuItem(
        _("Works to review"), reverse("insight_reviews"), icon_name="calendar-check", order=80
    )


@hooks.register("register_snippet_action_menu_item")
def register_try(model: Any) -> TryMenuItem | None:
    """Trying the labels of a concept before they are saved."""
    return TryMenuItem() if model is Concept else None


@hooks.register("construct_homepage_panels")
def add_panels(request: HttpRequest, panels: list[Any]) -> None:
    """What an editor should look at."""
    panels.extend(panels_for(request.user))
