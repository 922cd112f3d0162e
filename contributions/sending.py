"""A contribution on its way: as a draft page to its union's section, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Page, WorkflowState

from contributions.models import TEXTS, Contribution
from contributions.returning import (
    PLACE,
    PLAIN,
    Choice,
    differences,
    facts_of,
    own_answer,
    page_answer,
    settle,
)
from publications.facts import read_facts
from publications.markdown import markdown_to_rich_text
from publications.models import EditionFile, GoodPractice, SectionPage, Work


class CannotSend(Exception):
    """The union has no section, or the page is not with its author just now."""


class PageChanged(Exception):
    """Editors changed the page meanwhile, and the author has not said yet which texts to send."""


def is_with_author(contribution: Contribution) -> bool:
    """Whether the author may change it: not sent yet, or returned by a moderator."""
    if contribution.sent_at is None:
        return True
    page = contribution.page
    state = page.current_workflow_state if page else None
    return state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES


@transaction.atomic
def send(
    contribution: Contribution, choices: Mapping[str, str] | None = None, seen: int | None = None
) -> GoodPractice:
    """Make the draft page of a contribution, or change it, and submit it to moderation.

    ``choices`` say, by names of answers, which text is sent of what editors changed meanwhile;
    they were made looking at the revision ``seen``. Raises ``CannotSend`` where it is not the
    author's to send: sending twice sends once; ``PageChanged`` where choices are lacking.
    """
    contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
    if not is_with_author(contribution):
        raise CannotSend("not with its author")
    is_new = contribution.page is None
    page = _new_page(contribution) if is_new else _settled(contribution, choices or {}, seen)
    _fill(page, contribution)
    if not page.live:  # as Wagtail's own form: what is asked of works counts drafts, too
        page.save()
    contribution.base = page.save_revision(user=contribution.author, log_action=True)
    _submit(page, contribution.author)
    contribution.page = GoodPractice.objects.get(pk=page.pk)
    contribution.sent_at = timezone.now()
    contribution.save()
    return contribution.page


def _settled(
    contribution: Contribution, choices: Mapping[str, str], seen: int | None
) -> GoodPractice:
    """The draft as it stands, with what the author chose put into the contribution's answers."""
    key = Page.objects.select_for_update().get(pk=contribution.page_id).latest_revision_id
    contribution.page = GoodPractice.objects.get(pk=contribution.page_id)
    latest: GoodPractice = contribution.page.get_latest_revision_as_object()
    found = differences(contribution, choices)
    if found and (seen != key or not all(one.is_decided for one in found)):
        raise PageChanged(f"at revision {key}")
    if any(one.is_conflict and one.chosen == Choice.PAGE for one in found):
        # The author gives up words of their own: the page's history keeps them.
        own: GoodPractice = contribution.page.get_latest_revision_as_object()
        _fill(own, contribution)
        own.save_revision(user=contribution.author, log_action=True)
    settle(contribution, latest, found)
    return latest


def _new_page(contribution: Contribution) -> GoodPractice:
    """A draft below the union's section, owned by the author."""
    sections = SectionPage.objects.filter(
        organisation=contribution.organisation,
        locale__language_code=contribution.language,
        alias_of=None,
    )
    section = sections.order_by("is_demonstration").first()
    if section is None:
        raise CannotSend("no section")
    page = GoodPractice(
        title=contribution.title,
        slug=_slug(section, contribution.title),
        locale=section.locale,
        owner=contribution.author,
        live=False,
    )
    section.add_child(instance=page)
    return page


def _slug(section: SectionPage, title: str) -> str:
    base = slugify(title, allow_unicode=True)[:200] or "practice"
    taken = set(section.get_children().values_list("slug", flat=True))
    names = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 3))
    return next(name for name in names if name not in {*taken, "files"})


def _fill(page: GoodPractice, contribution: Contribution) -> None:
    """Put the answers on the page. What the author wrote is text: no HTML of theirs survives.

    A text that says what the page says already stays as editors set it.
    """
    for name in PLAIN:
        setattr(page, name, getattr(contribution, name))
    for name in TEXTS:
        if page_answer(page, name) != own_answer(contribution, name):
            setattr(page, name, markdown_to_rich_text(getattr(contribution, name)))
    page.draft_title = page.title
    _fill_facts(page, contribution)
    _fill_files(page, contribution)


def _fill_facts(page: GoodPractice, contribution: Contribution) -> None:
    """The facts that the author knows; editors see them in the form and add the rest."""
    facts: dict[str, Any] = {**facts_of(page), PLACE: contribution.municipality_id}
    facts["validation"] = facts["validation"] or Work.Validation.SELF_REPORTED.value
    facts["publishers"] = facts["publishers"] or [contribution.organisation_id]
    country = (contribution.municipality or contribution.organisation).country_id
    if country and not facts["countries"]:
        facts["countries"] = [country]
    page.facts_base = page.facts_base or read_facts(page.work if page.work_id else None)
    page.facts = facts


def _fill_files(page: GoodPractice, contribution: Contribution) -> None:
    """The author's files of now, besides what editors added and without what they took away."""
    there = {row.document_id: row for row in page.files.all()}
    author, sent_at = contribution.author_id, contribution.sent_at
    own = [
        row.document_id
        for row in contribution.files.select_related("document")
        # What was sent already and is not there has been taken away by an editor.
        if row.document_id in there or sent_at is None or row.document.created_at > sent_at
    ]
    kept = [row for row in there.values() if row.document.uploaded_by_user_id != author]
    page.files.set([*kept, *(there.get(key) or EditionFile(document_id=key) for key in own)])


def _submit(page: GoodPractice, author: Any) -> None:
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(author)
        return
    workflow = page.get_workflow()
    if workflow is not None and state is None:
        workflow.start(page, author)
