"""The editors' home: files that could not be read, links that broke, works to look at again."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.permissions import policy_registry

from cms.panels import ListPanel, Row
from insight.links.messages import problem_text
from insight.models import LinkUse
from insight.reviews import works_to_review
from insight.upkeep_reports import add_editions, broken_uses
from publications.models import LibraryDocument, Reading

ROWS = 5
"""Rows of a panel; the report has all of them."""

UNREAD = (
    Reading.State.NO_TEXT,
    Reading.State.LOCKED,
    Reading.State.DAMAGED,
    Reading.State.TOO_LARGE,
)


def unread_files(user: Any) -> QuerySet[Reading]:
    """The files that could not be read, among those that a user may change; newest first."""
    policy = policy_registry.get_by_type(LibraryDocument)
    documents = policy.instances_user_has_any_permission_for(user, ["change"])
    readings = Reading.objects.filter(state__in=UNREAD, document__in=documents)
    return readings.select_related("document").order_by("-pk")


def unread_panel(user: Any) -> ListPanel:
    """Files without text for search."""
    readings = unread_files(user)
    rows = [
        Row(
            reading.document.title,
            reverse("wagtaildocs:edit", args=[reading.document_id]),
            reading.get_state_display(),
        )
        for reading in readings[:ROWS]
    ]
    return ListPanel(
        "unread-files",
        gettext_lazy("Files that could not be read"),
        rows,
        order=210,
        total=readings.count(),
        url=reverse("reading_report"),
    )


def links_panel(user: Any) -> ListPanel:
    """Links that broke."""
    uses = broken_uses(user)
    return ListPanel(
        "broken-links",
        gettext_lazy("Links that broke"),
        [_link_row(use) for use in uses[:ROWS]],
        order=220,
        total=uses.count(),
        url=reverse("insight_links"),
    )


def _link_row(use: LinkUse) -> Row:
    url = reverse("wagtailadmin_pages:edit", args=[use.page_id])
    return Row(use.page.title, url, f"{use.link.url} — {problem_text(use.link.problem)}")


def reviews_panel(user: Any) -> ListPanel:
    """Works that nobody looked at for two years."""
    works = works_to_review(user)
    shown: list[Any] = list(works[:ROWS])
    add_editions(shown, user)
    rows = [
        Row(
            work.title,
            work.edit_url,
            _("published %(date)s") % {"date": date_format(work.published, "SHORT_DATE_FORMAT")},
        )
        for work in shown
    ]
    return ListPanel(
        "works-to-review",
        gettext_lazy("Works that nobody looked at for two years"),
        rows,
        order=230,
        total=works.count(),
        url=reverse("insight_reviews"),
    )


def panels_for(user: Any) -> list[ListPanel]:
    """The panels of an editor's home."""
    return [unread_panel(user), links_panel(user), reviews_panel(user)]
