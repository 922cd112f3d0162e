"""What readers send, in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from contributions.admin_views import (
    FromReadersReport,
    HelpfulnessReport,
    NotesReport,
    QuestionsReport,
    QuestionView,
    may_read,
    questions_panel,
)

REPORTS: tuple[tuple[str, type[FromReadersReport]], ...] = (
    ("questions", QuestionsReport),
    ("notes", NotesReport),
    ("helpfulness", HelpfulnessReport),
)


@hooks.register("register_admin_urls")
def register_admin_urls() -> list[Any]:
    """The reports, and the page of a question."""
    urls = [path("questions/<int:pk>/", QuestionView.as_view(), name="reader_question")]
    for place, report in REPORTS:
        results = report.as_view(results_only=True)
        urls += [
            path(f"reports/readers/{place}/", report.as_view(), name=report.index_url_name),
            path(f"reports/readers/{place}/results/", results, name=report.index_results_url_name),
        ]
    return urls


class ReportMenuItem(MenuItem):
    """The way to a report, for those whom readers write to."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether this user may open it."""
        return may_read(request.user)


def _register(report: type[FromReadersReport], order: int) -> None:
    def item() -> ReportMenuItem:
        url = reverse(report.index_url_name)
        return ReportMenuItem(report.page_title, url, icon_name="help", order=order)

    hooks.register("register_reports_menu_item", item)


for number, (_place, each) in enumerate(REPORTS):
    _register(each, 60 + number)


@hooks.register("construct_homepage_panels")
def add_questions_panel(request: HttpRequest, panels: list[Any]) -> None:
    """The questions that wait."""
    if may_read(request.user):
        panels.append(questions_panel(request.user))
