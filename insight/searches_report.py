"""The report on searches, and the ways from a search without result to something better."""

from __future__ import annotations

import datetime
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, NumberColumn, TitleColumn

from cms.languages import BY_CODE, INTERFACE_LANGUAGES
from cms.reports import GuardedExport
from glossary.models import Concept
from insight.access import SearchesPolicy
from insight.models import QueryCount, WeekCount
from insight.visits import is_on
from search.address import search_url

WEEKS_SHOWN = 4
"""Weeks whose sums stand above the report."""

LANGUAGE_CHOICES = [(language.code, language.name) for language in INTERFACE_LANGUAGES]

OUTCOMES: dict[str, Any] = {
    "nothing": gettext_lazy("Without result"),
    "meaning": gettext_lazy("Found by meaning only"),
    "unopened": gettext_lazy("No result opened"),
}


def week_text(week: datetime.date) -> str:
    """A week as editors read it: from its first to its last day."""
    last = week + datetime.timedelta(days=6)
    return f"{date_format(week, 'SHORT_DATE_FORMAT')} – {date_format(last, 'SHORT_DATE_FORMAT')}"


def language_name(row: Any) -> str:
    """The language of a row, as its speakers call it."""
    return BY_CODE[row.language].name if row.language in BY_CODE else row.language


def _weeks() -> list[tuple[str, str]]:
    weeks = WeekCount.objects.order_by("-week").values_list("week", flat=True).distinct()
    return [(week.isoformat(), week_text(week)) for week in weeks]


class SearchesFilterSet(WagtailFilterSet):
    """The week, the language of the pages, and what became of a search."""

    week = django_filters.ChoiceFilter(label=gettext_lazy("Week"), choices=_weeks)
    language = django_filters.ChoiceFilter(
        label=gettext_lazy("Language of the pages"), choices=LANGUAGE_CHOICES
    )
    outcome = django_filters.ChoiceFilter(
        label=gettext_lazy("Outcome"), choices=list(OUTCOMES.items()), method="by_outcome"
    )

    class Meta:
        model = QueryCount
        fields: list[str] = []

    def by_outcome(
        self, queryset: QuerySet[QueryCount], _name: str, value: str
    ) -> QuerySet[QueryCount]:
        """The searches with an outcome, those first that had it most often."""
        if value == "nothing":
            return queryset.filter(nothing__gt=0).order_by("-week", "-nothing", "text")
        if value == "meaning":
            return queryset.filter(by_meaning__gt=0).order_by("-week", "-by_meaning", "text")
        return queryset.filter(opened=0, visits__gt=F("nothing"))


class ActionsColumn(Column):
    """What can be made of a search without result, by this editor."""

    cell_template_name = "insight/admin/actions_cell.html"

    def get_cell_context_data(self, instance: QueryCount, parent_context: Any) -> dict[str, Any]:
        """The ways on, a label and an address each."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        user = parent_context["request"].user
        context["actions"] = actions_for(instance, user) if instance.nothing else []
        return context


def actions_for(row: QueryCount, user: Any) -> list[tuple[str, str]]:
    """What a user may make of a search: a label and an address each."""
    actions: list[tuple[str, str]] = []
    if user.has_perm("glossary.add_concept"):
        actions.append((_("New concept"), concept_url(row, None)))
    if user.has_perm("glossary.change_concept"):
        actions.append((_("Name of a concept"), reverse("insight_to_concept", args=[row.pk])))
    if user.has_perm("search.add_promotion"):
        actions.append((_("Recommend a work"), promotion_url(row)))
    ask = reverse("insight_ask_for_translation", args=[row.pk])
    return [*actions, (_("Ask for a translation"), ask)]


def concept_url(row: QueryCount, concept: Concept | None) -> str:
    """The form of a concept, or of a new one, with a search as a label."""
    query = urlencode({"label": row.text, "language": row.language})
    name = "wagtailsnippets_glossary_concept"
    if concept is None:
        return f"{reverse(f'{name}:add')}?{query}"
    return f"{reverse(f'{name}:edit', args=[concept.pk])}?{query}"


def promotion_url(row: QueryCount) -> str:
    """The form of a recommended work, for a search."""
    url = reverse("wagtailsnippets_search_promotion:add")
    query = urlencode({"phrase": row.text, "language": row.language})
    return f"{url}?{query}"


class SearchesReport(GuardedExport):
    """What readers searched for, by week and language, as often as it may be written down."""

    page_title = gettext_lazy("Searches")
    header_icon = "search"
    model = QueryCount
    index_url_name = "insight_searches"
    index_results_url_name = "insight_searches_results"
    results_template_name = "insight/admin/searches_results.html"
    permission_policy = SearchesPolicy()
    any_permission_required = ["view"]
    is_searchable = True
    search_fields = ["text"]
    search_backend_name = None
    filterset_class = SearchesFilterSet
    export_filename = "searches"
    list_export = ["week", "language", "text", "visits", "nothing", "by_meaning", "opened"]
    columns = [
        TitleColumn("text", label=gettext_lazy("Search"), get_url=lambda row: search_url(row.text)),
        Column("language", label=gettext_lazy("Language"), accessor=language_name),
        Column("week", label=gettext_lazy("Week"), accessor=lambda row: week_text(row.week)),
        NumberColumn("visits", label=gettext_lazy("Searches")),
        NumberColumn("nothing", label=gettext_lazy("Without result")),
        NumberColumn("by_meaning", label=gettext_lazy("By meaning only")),
        NumberColumn("opened", label=gettext_lazy("Opened")),
        ActionsColumn("actions", label=gettext_lazy("What to do")),
    ]

    def get_base_queryset(self) -> QuerySet[QueryCount]:
        """The searches that were written down."""
        return QueryCount.objects.exclude(text="").order_by("-week", "-visits", "text")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The sums of the newest weeks."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        weeks = WeekCount.objects.order_by("-week").values_list("week", flat=True).distinct()
        rows = WeekCount.objects.filter(week__in=list(weeks[:WEEKS_SHOWN]))
        context["sums"] = [(week_text(row.week), language_name(row), row) for row in rows]
        context["is_on"] = is_on()
        return context
