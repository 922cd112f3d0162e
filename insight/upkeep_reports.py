"""Reports on upkeep: links that broke, works to look at again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View
from wagtail.admin.ui.tables import Column, DateColumn, TitleColumn

from cms.reports import OwnPagesReport
from insight.links.checking import broken_links
from insight.links.messages import problem_text
from insight.models import LinkUse
from insight.reviews import edition_to_change, still_right, works_to_review
from publications.editable import editable_pages
from publications.models import Work


def _edit_url(use: LinkUse) -> str:
    return reverse("wagtailadmin_pages:edit", args=[use.page_id])


class BrokenLinksReport(OwnPagesReport):
    """Links that broke, with the pages on which they stand."""

    page_title = gettext_lazy("Broken links")
    header_icon = "link"
    model = LinkUse
    index_url_name = "insight_links"
    index_results_url_name = "insight_links_results"
    export_filename = "broken-links"
    list_export = ["page.title", "link.url", "problem", "link.first_failed"]
    export_headings = {
        "page.title": gettext_lazy("Page"),
        "link.url": gettext_lazy("Link"),
        "problem": gettext_lazy("Problem"),
        "link.first_failed": gettext_lazy("Failing since"),
    }
    columns = [
        TitleColumn("page", label=gettext_lazy("Page"), accessor="page.title", get_url=_edit_url),
        Column("url", label=gettext_lazy("Link"), accessor="link.url"),
        Column(
            "problem",
            label=gettext_lazy("Problem"),
            accessor=lambda use: problem_text(use.link.problem),
        ),
        DateColumn("since", label=gettext_lazy("Failing since"), accessor="link.first_failed"),
    ]

    def get_base_queryset(self) -> QuerySet[LinkUse]:
        """The uses of broken links on pages that this editor may change."""
        return broken_uses(self.request.user)

    def to_row_dict(self, item: LinkUse) -> Any:
        """A row of an export, with the problem in words."""
        item.problem = problem_text(item.link.problem)  # type: ignore[attr-defined]
        return super().to_row_dict(item)


def broken_uses(user: Any) -> QuerySet[LinkUse]:
    """Where broken links stand on pages that a user may change; the longest broken first."""
    uses = LinkUse.objects.filter(link__in=broken_links(), page__in=editable_pages(user))
    return uses.select_related("link", "page").order_by("link__first_failed", "pk")


class StillRightColumn(Column):
    """The button that says that a work is still right."""

    cell_template_name = "insight/admin/still_right_cell.html"

    def get_cell_context_data(self, instance: Work, parent_context: Any) -> dict[str, Any]:
        """The token without which the button's form is refused."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"csrf_token": get_token(parent_context["request"])}


class ReviewsReport(OwnPagesReport):
    """Works that nobody looked at for two years."""

    page_title = gettext_lazy("Works to review")
    header_icon = "calendar-check"
    model = Work
    index_url_name = "insight_reviews"
    index_results_url_name = "insight_reviews_results"
    export_filename = "works-to-review"
    list_export = ["pk", "title", "published", "reviewed"]
    export_headings = {
        "pk": gettext_lazy("Number"),
        "title": gettext_lazy("Work"),
        "published": gettext_lazy("Last published"),
        "reviewed": gettext_lazy("Reviewed"),
    }
    columns = [
        TitleColumn(
            "title",
            label=gettext_lazy("Work"),
            get_url=lambda work: work.edit_url,
        ),
        DateColumn("published", label=gettext_lazy("Last published")),
        DateColumn("reviewed", label=gettext_lazy("Reviewed")),
        StillRightColumn("still_right", label=gettext_lazy("What to do")),
    ]

    def get_base_queryset(self) -> QuerySet[Work]:
        """The works that are due, among those that this editor may change."""
        return works_to_review(self.request.user)

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Add the title of an edition that this editor may change, and where it is changed."""
        add_editions(object_list, self.request.user)
        return object_list


def add_editions(works: Iterable[Any], user: Any) -> None:
    """Give works the ``title`` and ``edit_url`` of an edition that a user may change."""
    for work in works:
        edition = edition_to_change(work, user)
        work.title = edition.title if edition else str(work)
        work.edit_url = reverse("wagtailadmin_pages:edit", args=[edition.pk]) if edition else ""


class StillRightView(View):
    """Notes that a work is still right; for those who may change an edition of it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, work: int) -> HttpResponse:
        """Note it and go back to the report."""
        found = get_object_or_404(Work, pk=work)
        edition = edition_to_change(found, request.user)
        if edition is None:
            raise PermissionDenied
        still_right(found, request.user)
        messages.success(
            request, _("“%(title)s” is marked as still right.") % {"title": edition.title}
        )
        return redirect("insight_reviews")
