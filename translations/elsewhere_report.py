"""For editors: the works that answered searches in a language in which they cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet, Sum
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies.pages import PagePermissionPolicy

from cms.labels import language_label, number_label
from glossary.models import Concept
from translations.access import Translators
from translations.board import (
    ANY_PAGE_PERMISSION,
    Drawing,
    LanguageColumn,
    ShownCell,
    ThemeFilter,
    WorkColumn,
)
from translations.elsewhere import counted_since, per_theme
from translations.models import PAGE_LANGUAGES, AnsweredElsewhere
from translations.states import find_rows

THEMES_SHOWN = 10

PERIODS = [
    ("28", gettext_lazy("Four weeks")),
    ("91", gettext_lazy("Three months")),
]


class ElsewhereFilters(WagtailFilterSet):
    """The language that was asked in, the theme of the work, and since when."""

    language = django_filters.ChoiceFilter(
        label=gettext_lazy("Language"),
        choices=PAGE_LANGUAGES,
        empty_label=gettext_lazy("All"),
        widget=forms.RadioSelect,
    )
    theme = ThemeFilter(
        label=gettext_lazy("Theme"),
        queryset=Concept.objects.themes().with_labels(),
        field_name="work__themes",
    )
    since = django_filters.ChoiceFilter(
        label=gettext_lazy("Period"),
        choices=PERIODS,
        empty_label=gettext_lazy("Thirteen months"),
        widget=forms.RadioSelect,
        method="filter_since",
    )

    class Meta:
        model = AnsweredElsewhere
        fields = ["language", "theme", "since"]

    def filter_since(
        self, rows: QuerySet[AnsweredElsewhere], _name: str, value: str
    ) -> QuerySet[AnsweredElsewhere]:
        """The weeks of the period."""
        return rows.filter(pk__in=counted_since(int(value)).values("pk"))


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """A work that a language lacks, as a row: how often it answered, and what can be done."""

    number: int
    title: str
    language: str
    asked_in: str
    count: str
    cells: dict[str, ShownCell]


class AnsweredElsewhereReport(ReportView):
    """What to translate next: the works found most often by readers of another language."""

    page_title = gettext_lazy("Answered only in another language")
    header_icon = "wagtail-localize-language"
    results_template_name = "translations/admin/elsewhere_results.html"
    index_url_name = "answered_elsewhere"
    index_results_url_name = "answered_elsewhere_results"
    model = AnsweredElsewhere
    is_searchable = False
    filterset_class = ElsewhereFilters
    permission_policy = PagePermissionPolicy()
    any_permission_required = ANY_PAGE_PERMISSION

    @cached_property
    def translators(self) -> Translators:
        """What the user may do."""
        return Translators(self.request.user)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """The work, the language that lacks it, how often, and what can be done."""
        return [
            WorkColumn("work", label=_("Work"), width="45%"),
            Column("asked_in", label=_("Asked in")),
            Column("count", label=_("Searches")),
            LanguageColumn("cell", label=_("State")),
        ]

    def get_base_queryset(self) -> QuerySet[AnsweredElsewhere]:
        """The counters of works that the user may know of."""
        editions = self.translators.visible_editions().order_by()
        return AnsweredElsewhere.objects.filter(work__in=editions.values("work_id"))

    def get_queryset(self) -> Any:
        """The counters summed over the weeks, the most first."""
        self.counters = self.filter_queryset(self.get_base_queryset())
        sums = self.counters.order_by().values("work", "language").annotate(total=Sum("count"))
        return sums.order_by("-total", "work", "language")

    def get_filtered_queryset(self) -> Any:
        """The sums are filtered already."""
        return self.get_queryset()

    def get_table_kwargs(self) -> dict[str, Any]:
        """The table is named for who does not see the heading."""
        return super().get_table_kwargs() | {"caption": self.page_title}

    def get_table(self, object_list: Any) -> Any:
        """Draw the rows of this page."""
        rows = list(object_list)
        drawing = Drawing(find_rows([row["work"] for row in rows]), self.translators)
        return super().get_table([self._shown(row, drawing) for row in rows])

    def _shown(self, row: dict[str, Any], drawing: Drawing) -> ShownAnswer:
        work = drawing.work(row["work"])
        return ShownAnswer(
            number=work.number,
            title=work.title,
            language=work.language,
            asked_in=language_label(row["language"]),
            count=number_label(row["total"]),
            cells={"cell": work.cells[row["language"]]},
        )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the themes, and where the buttons lead back to."""
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        query = self.request.GET.urlencode()
        context["back_to"] = f"{self.index_url}?{query}" if query else self.index_url
        context["themes"] = self._themes()
        return context

    def _themes(self) -> list[str]:
        """The themes that readers missed most, each with its number of searches."""
        counts = per_theme(self.counters)[:THEMES_SHOWN]
        concepts = Concept.objects.with_labels().in_bulk([key for key, _total in counts])
        return [
            ngettext("%(theme)s: %(number)s search", "%(theme)s: %(number)s searches", total)
            % {"theme": concepts[key].label(), "number": number_label(total)}
            for key, total in counts
        ]
