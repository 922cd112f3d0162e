"""A contribution on its way: as a draft page to its union's section, and back again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Collection, WorkflowState

from contributions.models import TEXTS, Contribution
from contributions.texts import to_plain_text
from network.models import Role
from publications.exchange.exporting import outward
from publications.facts import empty_facts, read_facts
from publications.markdown import markdown_to_rich_text
from publications.models import EditionFile, GoodPractice, SectionPage, Work
from publications.tree import SectionSpec, ensure_collection

PLAIN = ("title", "summary", "contact_role")


class CannotSend(Exception):
    """The union has no section, or the page is not with its author just now."""


def collection_of(contribution: Contribution) -> Collection:
    """Where the union's files lie."""
    role = Role.objects.filter(
        kind=Role.Kind.EDITORS, organisation=contribution.organisation, collection__isnull=False
    ).first()
    if role is not None and role.collection is not None:
        return role.collection
    return ensure_collection(SectionSpec(contribution.organisation))


def is_with_author(contribution: Contribution) -> bool:
    """Whether the author may change it: not sent yet, or returned by a moderator."""
    if contribution.sent_at is None:
        return True
    page = contribution.page
    state = page.current_workflow_state if page else None
    return state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES


@transaction.atomic
def send(contribution: Contribution) -> GoodPractice:
    """Make the draft page of a contribution, or change it, and submit it to moderation.

    Raises ``CannotSend`` where it is not the author's to send: sending twice sends once.
    """
    contribution = Contribution.objects.select_for_update().get(pk=contribution.pk)
    if not is_with_author(contribution):
        raise CannotSend("not with its author")
    page = contribution.page
    page = _new_page(contribution) if page is None else page.get_latest_revision_as_object()
    _fill(page, contribution)
    if not page.live:  # as Wagtail's own form: what is asked of works counts drafts, too
        page.save()
    page.save_revision(user=contribution.author, log_action=True)
    _submit(page, contribution.author)
    contribution.page = GoodPractice.objects.get(pk=page.pk)
    contribution.sent_at = timezone.now()
    contribution.save(update_fields=["page", "sent_at", "changed_at"])
    return contribution.page


def take_back(contribution: Contribution) -> None:
    """Read the texts from the page's draft, which its editors may have changed meanwhile."""
    if contribution.page is None:
        return
    draft = contribution.page.get_latest_revision_as_object()
    for name in PLAIN:
        setattr(contribution, name, getattr(draft, name))
    for name in TEXTS:
        setattr(contribution, name, to_plain_text(outward(getattr(draft, name))))
    contribution.save()


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
    """Put the answers on the page. What the author wrote is text: no HTML of theirs survives."""
    for name in PLAIN:
        setattr(page, name, getattr(contribution, name))
    for name in TEXTS:
        setattr(page, name, markdown_to_rich_text(getattr(contribution, name)))
    page.draft_title = page.title
    _fill_facts(page, contribution)
    _fill_files(page, contribution)


def _fill_facts(page: GoodPractice, contribution: Contribution) -> None:
    """The facts that the author knows; editors see them in the form and add the rest."""
    known = page.facts or read_facts(page.work) if page.work_id else empty_facts()
    facts: dict[str, Any] = {**known, "validation": Work.Validation.SELF_REPORTED.value}
    facts["publishers"] = facts["publishers"] or [contribution.organisation_id]
    if contribution.municipality_id:
        facts["municipality"] = contribution.municipality_id
    country = (contribution.municipality or contribution.organisation).country_id
    if country and not facts["countries"]:
        facts["countries"] = [country]
    page.facts_base = page.facts_base or read_facts(page.work if page.work_id else None)
    page.facts = facts


def _fill_files(page: GoodPractice, contribution: Contribution) -> None:
    """Exactly the author's files of now, besides what editors added."""
    own = [row.document_id for row in contribution.files.all()]
    author = contribution.author_id
    kept = [row for row in page.files.all() if row.document.uploaded_by_user_id != author]
    there = {row.document_id: row for row in page.files.all()}
    page.files.set([*kept, *(there.get(key) or EditionFile(document_id=key) for key in own)])


def _submit(page: GoodPractice, author: Any) -> None:
    state = page.current_workflow_state
    if state is not None and state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.resume(author)
        return
    workflow = page.get_workflow()
    if workflow is not None and state is None:
        workflow.start(page, author)
