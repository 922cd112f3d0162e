"""The editors' home: panels that list what waits, each row with a way to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.components import Component


@dataclass(frozen=True, slots=True)
class Row:
    """One thing to look at: what it is, where, and in a few words why."""

    title: str
    url: str
    note: str | Promise = ""


class ListPanel(Component):
    """A panel of Wagtail's home page; it shows nothing while there are no rows.

    ``order`` is its place among the panels, ``total`` how many rows there are in all (``rows``
    may be the first few), ``url`` where all of them are.
    """

    template_name = "cms/admin/list_panel.html"

    def __init__(
        self,
        name: str,
        title: str | Promise,
        rows: Sequence[Row],
        *,
        order: int,
        total: int | None = None,
        url: str = "",
    ) -> None:
        self.name = name
        self.title = title
        self.rows = rows
        self.order = order
        self.total = len(rows) if total is None else total
        self.url = url

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        """What the template shows."""
        return {"panel": self, "all_label": _("All of them")}
