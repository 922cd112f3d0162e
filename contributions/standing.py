"""Where an officer's contribution stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import TaskState, WorkflowState

from contributions.models import Contribution

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Standing:
    """What is shown of a contribution.

    ``code`` is ``draft``, ``moderation``, ``returned``, ``accepted``, ``published`` or ``gone``;
    ``comments`` are the moderators' words, the newest first; ``url`` leads readers to it.
    """

    contribution: Contribution
    code: str
    comments: tuple[str, ...] = ()
    url: str = ""

    @property
    def label(self) -> Text:
        """The state in a few words."""
        return LABELS[self.code]

    @property
    def next(self) -> Text:
        """What happens next."""
        return NEXT[self.code]

    @property
    def is_with_author(self) -> bool:
        """Whether the author may change it and send it."""
        return self.code in ("draft", "returned")


LABELS: dict[str, Text] = {
    "draft": _("Draft"),
    "moderation": _("In moderation"),
    "returned": _("Returned to you"),
    "accepted": _("With your union"),
    "published": _("Published"),
    "gone": _("Removed"),
}

NEXT: dict[str, Text] = {
    "draft": _("Only you can see it. Send it when it is ready."),
    "moderation": _("Your union's moderators read it. You will get mail when they have decided."),
    "returned": _("A moderator asks for changes. Change it and send it again."),
    "accepted": _("Your union's editors are working on it before it is published."),
    "published": _("Everybody can read it. For a change, write to your union's editors."),
    "gone": _("Your union's editors removed it."),
}


def standing_of(contribution: Contribution) -> Standing:
    """Where one contribution stands."""
    if contribution.sent_at is None:
        return Standing(contribution, "draft")
    page = contribution.page
    if page is None:
        return Standing(contribution, "gone")
    state = page.current_workflow_state
    comments = tuple(_comments(page))
    url = page.permanent_path() if page.live else ""
    if state is None:
        return Standing(contribution, "published" if url else "accepted", comments, url)
    returned = state.status == WorkflowState.STATUS_NEEDS_CHANGES
    return Standing(contribution, "returned" if returned else "moderation", comments, url)


def _comments(page: Any) -> Iterable[str]:
    states = TaskState.objects.for_instance(page).exclude(comment="")
    return states.order_by("-finished_at").values_list("comment", flat=True)
