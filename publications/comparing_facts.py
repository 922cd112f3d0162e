"""What two revisions of an edition say about the work, where they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from wagtail.admin.compare import diff_text

from publications.facts import LABELS


class FactComparison:
    """One fact in two revisions, in the form in which Wagtail shows a changed field.

    A revision that was made without changing facts holds none: it stood on what the later one
    was made from.
    """

    is_field = True
    is_child_relation = False

    def __init__(self, name: str, before: Any, after: Any) -> None:
        self.name = name
        later = after.facts or before.facts
        earlier = before.facts or after.facts_base or later
        self.before, self.after = earlier.get(name), later.get(name)

    def field_label(self) -> str:
        """What editors call the fact."""
        return str(LABELS[self.name])

    def has_changed(self) -> bool:
        """Whether the revisions differ in it; an empty list is the same as nothing."""
        return (self.before or None) != (self.after or None)

    def htmldiff(self) -> str:
        """Both values in words, escaped, with what changed marked."""
        from publications.forms import describe_fact

        before, after = (describe_fact(self.name, value) for value in (self.before, self.after))
        return str(diff_text(before, after).to_html())


def fact_comparisons() -> Iterator[Callable[[Any, Any], FactComparison]]:
    """One for each fact, to be given the two revisions."""
    for name in LABELS:
        yield partial(FactComparison, name)
