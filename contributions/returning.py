"""A practice that came back to its author: what editors changed on its page, what the author did.

The author's answers were last the same as the page at one revision, the *base*. Both are compared
with it, answer by answer: what only the author changed is sent, what an editor changed meanwhile
is never overwritten unless the author says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Revision

from contributions.models import TEXTS, Contribution
from contributions.texts import to_plain_text
from network.models import Organisation
from publications.exchange.exporting import outward
from publications.facts import Facts, empty_facts, read_facts
from publications.markdown import markdown_to_rich_text
from publications.models import GoodPractice

PLAIN = ("title", "summary", "contact_role")
PLACE = "municipality"
ANSWERS = ("title", PLACE, "summary", *TEXTS, "contact_role")
"""Everything that both the author and an editor may change, in the order it is asked for."""

ONE_LINE = ("title", PLACE, "contact_role")


class Choice(TextChoices):
    """Which of two texts is sent."""

    PAGE = "page", _("The editors' text")
    OWN = "own", _("My text")
    BOTH = "both", _("Both, the editors' text first")


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that an editor changed and that now differs from the author's.

    ``is_conflict`` says that the author changed it, too; ``chosen`` is a ``Choice`` or empty.
    """

    name: str
    label: str | Promise
    page: str
    own: str
    is_conflict: bool
    chosen: str

    @property
    def choices(self) -> list[Choice]:
        """What can be sent; of two titles it is one."""
        return [choice for choice in Choice if choice != Choice.BOTH or self.name not in ONE_LINE]

    @property
    def is_decided(self) -> bool:
        """Whether one of the choices was made."""
        return self.chosen in self.choices


def facts_of(page: GoodPractice) -> Facts:
    """The facts of a draft, else those of its work."""
    known: Facts = page.facts or (read_facts(page.work) if page.work_id else empty_facts())
    return known


def page_answer(page: GoodPractice, name: str) -> str:
    """What a page says, as its author would write it; of a municipality its key."""
    if name == PLACE:
        return str(facts_of(page)[PLACE] or "")
    value = getattr(page, name)
    return to_plain_text(outward(value)) if name in TEXTS else _trimmed(value)


def own_answer(contribution: Contribution, name: str) -> str:
    """What the author says, written as it would come back from a page."""
    if name == PLACE:
        return str(contribution.municipality_id or "")
    value = getattr(contribution, name)
    return to_plain_text(markdown_to_rich_text(value)) if name in TEXTS else _trimmed(value)


def base_of(contribution: Contribution) -> GoodPractice | None:
    """The page as it was when the answers were the same; ``None`` where its history is gone."""
    revision = contribution.base
    if revision is None and contribution.page is not None:
        revisions = Revision.objects.for_instance(contribution.page)
        revision = revisions.filter(user=contribution.author_id).order_by("-created_at").first()
    found: GoodPractice | None = revision.as_object() if revision else None
    return found


def follow_page(contribution: Contribution) -> None:
    """Take over what editors changed, as long as the author has changed nothing since."""
    page = contribution.page
    if page is None or page.latest_revision_id == contribution.base_id:
        return
    base = base_of(contribution)
    if base is None or any(
        page_answer(base, name) != own_answer(contribution, name) for name in ANSWERS
    ):
        return
    latest = page.get_latest_revision_as_object()
    for name in ANSWERS:
        _put(contribution, name, page_answer(latest, name))
    contribution.base_id = page.latest_revision_id
    contribution.save()


def differences(
    contribution: Contribution, choices: Mapping[str, str] | None = None
) -> list[Difference]:
    """What an editor changed since the base, where the author says something else.

    What only the editor changed is the editors' unless ``choices``, by names of answers, say
    otherwise; of what both changed nothing is chosen for the author.
    """
    page = contribution.page
    if page is None or page.latest_revision_id == contribution.base_id:
        return []
    base, latest = base_of(contribution), page.get_latest_revision_as_object()
    found = []
    for name in ANSWERS:
        before = page_answer(base, name) if base else None
        now, own = page_answer(latest, name), own_answer(contribution, name)
        if now in (before, own):
            continue
        default = Choice.PAGE.value if own == before else ""
        chosen = (choices or {}).get(name, default)
        texts = (_shown(name, now), _shown(name, own))
        found.append(Difference(name, _label(name), *texts, own != before, chosen))
    return found


def settle(contribution: Contribution, page: GoodPractice, found: list[Difference]) -> None:
    """Put what the author chose into the answers; they are not saved."""
    for difference in found:
        name = difference.name
        now, own = page_answer(page, name), own_answer(contribution, name)
        if difference.chosen == Choice.PAGE:
            _put(contribution, name, now)
        elif difference.chosen == Choice.BOTH:
            _put(contribution, name, "\n\n".join(text for text in (now, own) if text))


def _put(contribution: Contribution, name: str, text: str) -> None:
    if name == PLACE:
        contribution.municipality_id = int(text) if text else None
    else:
        setattr(contribution, name, text)


def _trimmed(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _label(name: str) -> str | Promise:
    field: Any = Contribution._meta.get_field(name)
    label: str | Promise = field.verbose_name
    return label


def _shown(name: str, text: str) -> str:
    if name != PLACE or not text:
        return text
    return str(Organisation.objects.filter(pk=int(text)).first() or "")
