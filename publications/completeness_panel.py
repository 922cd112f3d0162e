"""In an edition's form: how complete its work is, and what would help its readers."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import Panel


class CompletenessPanel(Panel):
    """The score of the work as it is saved, with what is missing and why it matters."""

    class BoundPanel(Panel.BoundPanel):
        """Looks the score up."""

        template_name = "publications/admin/completeness.html"

        def is_shown(self) -> bool:
            """Only once the edition is saved."""
            return bool(self.instance.pk and self.instance.work_id)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the score and what is missing."""
            from publications.completeness import missing, scored
            from publications.models import Work

            context: dict[str, Any] = super().get_context_data(parent_context) or {}
            work = scored(Work.objects.filter(pk=self.instance.work_id)).first()
            context["score"] = work.completeness if work else 0
            context["missing"] = missing(work) if work else []
            return context
