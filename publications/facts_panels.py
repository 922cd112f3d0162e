"""The facts in the edition's form: a panel per group, and what translators see instead."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, Panel

from publications.comparing_facts import fact_comparisons
from publications.completeness_panel import CompletenessPanel

FACTS_PERMISSION = "publications.change_work"


class FactsSummaryPanel(Panel):
    """The work's facts, to read: for those who may not change them."""

    class BoundPanel(Panel.BoundPanel):
        """Shows the facts on the work."""

        template_name = "publications/admin/facts_summary.html"

        def is_shown(self) -> bool:
            """Only where the fields themselves are not."""
            return bool(
                self.instance.work_id
                and self.request
                and not self.request.user.has_perm(FACTS_PERMISSION)
            )

        def get_comparison(self) -> list[Any]:
            """The facts of two revisions, also for those who may change them."""
            return list(fact_comparisons())

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the facts with their labels."""
            from publications.shown_facts import facts_for_display

            context: dict[str, Any] = super().get_context_data(parent_context) or {}
            context["facts"] = facts_for_display(self.instance.work)
            return context


def _panel(name: str) -> FieldPanel:
    return FieldPanel(name, permission=FACTS_PERMISSION, required_on_save=False)


FACTS_PANELS: list[Panel] = [
    FactsSummaryPanel(heading=_("Facts about the work")),
    MultiFieldPanel(
        [
            FieldRowPanel([_panel("date"), _panel("licence")]),
            _panel("authors"),
            _panel("publishers"),
            _panel("partners"),
            _panel("themes"),
            _panel("countries"),
            _panel("places"),
            _panel("activities"),
            _panel("identifiers"),
        ],
        heading=_("Facts about the work, for all its languages"),
    ),
    CompletenessPanel(heading=_("Completeness of the work")),
]

PRACTICE_FACTS_PANELS: list[Panel] = [
    MultiFieldPanel(
        [
            FieldRowPanel([_panel("municipality"), _panel("validation")]),
            FieldRowPanel([_panel("period_start"), _panel("period_end")]),
        ],
        heading=_("Where, when, how far checked"),
    ),
]
