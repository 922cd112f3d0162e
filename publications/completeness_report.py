"""The report of how complete works are, and the least complete ones on the editors' home."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn

from cms.labels import list_label
from cms.languages import DEFAULT_LANGUAGE
from cms.panels import ListPanel, Row
from cms.reports import OwnPagesReport
from publications.completeness import CRITERIA, missing, scored
from publications.editable import editable_editions, editable_works
from publications.models import Edition, SectionPage, Work

HOME_ROWS = 5
HOME_BELOW = 80
"""Works with a smaller score are listed on the editors' home."""


def sections_for_choice(_request: HttpRequest | None) -> QuerySet[SectionPage]:
    """One page of each section, in the default language."""
    pages = SectionPage.objects.filter(
        locale__language_code=DEFAULT_LANGUAGE, alias_of__isnull=True
    )
    return pages.order_by("title")


class CompletenessFilterSet(WagtailFilterSet):
    """By section, which is by union, and by what is missing."""

    section = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Section"), queryset=sections_for_choice, method="in_section"
    )
    lacks = django_filters.ChoiceFilter(
        label=gettext_lazy("Missing"),
        choices=[(criterion.name, criterion.label) for criterion in CRITERIA],
        method="lacking",
    )

    class Meta:
        model = Work
        fields: list[str] = []

    def in_section(self, works: QuerySet[Work], _name: str, section: SectionPage) -> Any:
        """The works with an edition in a section, in any locale."""
        editions = Edition.objects.none()
        for page in SectionPage.objects.filter(translation_key=section.translation_key):
            editions = editions | Edition.objects.real().child_of(page)
        return works.filter(pk__in=editions.order_by().values("work_id"))

    def lacking(self, works: QuerySet[Work], _name: str, criterion: str) -> Any:
        """The works that lack something."""
        return works.filter(**{f"lacks_{criterion}": True})


def add_editions(works: Iterable[Any], user: Any) -> list[Any]:
    """The works, each with the edition to show and change in ``shown``, and ``missing_labels``."""
    works = list(works)
    rows = editable_editions(user).filter(work__in=[work.pk for work in works])
    wanted = (get_language() or DEFAULT_LANGUAGE, DEFAULT_LANGUAGE)
    found: dict[int, list[Edition]] = {}
    for edition in rows.select_related("locale").order_by("pk"):
        found.setdefault(edition.work_id, []).append(edition)
    for work in works:
        editions = found.get(work.pk, [])
        editions.sort(key=lambda row: [row.language != code for code in wanted])
        work.shown = editions[0] if editions else None
        work.title = work.shown.draft_title if work.shown else str(work)
        work.missing_labels = list_label(criterion.label for criterion in missing(work))
    return works


def _edit_url(work: Any) -> str | None:
    return reverse("wagtailadmin_pages:edit", args=[work.shown.pk]) if work.shown else None


class CompletenessReport(OwnPagesReport):
    """The works that this editor may change, the least complete first."""

    page_title = gettext_lazy("Completeness of works")
    header_icon = "check"
    model = Work
    filterset_class = CompletenessFilterSet
    index_url_name = "completeness_report"
    index_results_url_name = "completeness_report_results"
    any_permission_required = ["add", "change"]
    list_export = ["pk", "title", "completeness", "missing_labels"]
    export_headings = {
        "pk": gettext_lazy("Number"),
        "title": gettext_lazy("Title"),
        "completeness": gettext_lazy("Score"),
        "missing_labels": gettext_lazy("Missing"),
    }
    columns = [
        TitleColumn("title", label=gettext_lazy("Work"), get_url=_edit_url),
        Column("completeness", label=gettext_lazy("Score")),
        Column("missing_labels", label=gettext_lazy("Missing")),
    ]

    def get_base_queryset(self) -> QuerySet[Work]:
        """The works of this editor, with their scores."""
        return scored(editable_works(self.request.user)).order_by("completeness", "pk")

    def decorate_paginated_queryset(self, object_list: Any) -> Any:
        """Add titles and what is missing."""
        return add_editions(object_list, self.request.user)


def completeness_home_panel(user: Any) -> ListPanel:
    """The least complete works of an editor."""
    works = scored(editable_works(user)).filter(completeness__lt=HOME_BELOW)
    shown = add_editions(works.order_by("completeness", "pk")[:HOME_ROWS], user)
    rows = [
        Row(
            work.title,
            _edit_url(work) or "",
            _("%(score)s of 100; missing: %(missing)s")
            % {"score": work.completeness, "missing": work.missing_labels},
        )
        for work in shown
    ]
    return ListPanel(
        "completeness",
        gettext_lazy("Least complete works"),
        rows,
        order=350,
        total=works.count() if rows else 0,
        url=reverse("completeness_report"),
    )
