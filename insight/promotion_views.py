"""Recommended works in Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.views.snippets import CreateView, SnippetViewSet

from cms.languages import INTERFACE_CODES
from insight.searches_report import language_name
from search.models import Promotion


class PromotionCreateView(CreateView):
    """The form of a recommended work; ``?phrase=&language=`` is filled in."""

    def get_initial_form_instance(self) -> Promotion:
        """A recommendation for the search of the address."""
        query = self.request.GET
        language = query.get("language", "")
        return Promotion(
            phrase=query.get("phrase", "")[:200],
            language=language if language in INTERFACE_CODES else "",
        )


class PromotionViewSet(SnippetViewSet):
    """Works that the editors recommend for a search."""

    model = Promotion
    icon = "pick"
    menu_label = _("Recommended works")
    menu_name = "promotions"
    menu_order = 335
    add_to_admin_menu = True
    add_view_class = PromotionCreateView
    list_display = [
        Column(
            "words",
            label=_("Phrase or concept"),
            accessor=lambda row: row.phrase or str(row.concept),
        ),
        Column("language", label=_("Language of the pages"), accessor=language_name),
        Column("work", label=_("Work"), accessor="edition.title"),
        DateColumn("starts", label=_("First day")),
        DateColumn("ends", label=_("Last day")),
        BooleanColumn("current", label=_("Shown now"), accessor=lambda row: _is_current(row)),
    ]
    list_filter = ["language"]
    search_fields = ["phrase", "edition__title"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Promotion]:
        """The recommendations with what they name."""
        rows = Promotion.objects.select_related("edition", "concept")
        return rows.prefetch_related("concept__labels")


def _is_current(row: Any) -> bool:
    today = timezone.localdate()
    return (row.starts is None or row.starts <= today) and (row.ends is None or row.ends >= today)
