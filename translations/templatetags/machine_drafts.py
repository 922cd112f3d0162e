"""Telling readers that a machine translated a text and nobody has read it over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from translations.machine import unreviewed

register = template.Library()

Pairs = frozenset[tuple[int, str]]


@register.simple_tag
def machine_drafts(shown: Any) -> Pairs:
    """The unreviewed editions of the works that a page shows, found at once for all of them.

    ``shown`` is an edition, or a list of hits, cards, related works or editions. The tags below
    take the answer.
    """
    many: Iterable[Any] = shown if hasattr(shown, "__iter__") else [shown]
    return unreviewed({_work(one) for one in many})


def _work(one: Any) -> int:
    """The number of the work that something shown belongs to."""
    if isinstance(one, dict):
        return int(one["work"])
    if hasattr(one, "work_id"):  # an edition; its own ``edition`` would be asked of the database
        return int(one.work_id)
    return int(one.edition.work_id if hasattr(one, "edition") else one.work)


@register.inclusion_tag("translations/includes/machine_notice.html")
def machine_notice(drafts: Pairs | str, work: int, language: str) -> dict[str, bool]:
    """A sentence on the page of a text that a machine translated and nobody accepted."""
    return machine_label(drafts, work, language)


@register.inclusion_tag("translations/includes/machine_label.html")
def machine_label(drafts: Pairs | str, work: int, language: str) -> dict[str, bool]:
    """A label where readers see a machine's text that nobody accepted."""
    return {"shown": bool(drafts) and (work, language) in drafts}
