"""Two works that are one are joined, one that is two is split; nothing is lost.

A joined work keeps its row with its facts, so that it can be split off again under its number.
Pages move with their files, their history and their drafts; files get new numbers in the other
work, and ``MovedFile`` remembers the old ones for their addresses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Page, Revision
from wagtail_localize.models import (
    TranslatableObject,
    Translation,
    TranslationContext,
    TranslationSource,
)

from cms.languages import BY_CODE
from publications.facts import LABELS, read_facts, write_facts
from publications.facts_panels import FACTS_PERMISSION
from publications.models import Edition, EditionFile, MovedFile, Work

KEPT, GONE, BOTH = "kept", "gone", "both"


class CannotJoin(Exception):
    """Works cannot be joined or split; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class FactConflict:
    """A fact of which two works say different things."""

    name: str
    kept: Any
    gone: Any

    @property
    def label(self) -> str:
        """What editors call the fact."""
        return str(LABELS[self.name])

    @property
    def can_have_both(self) -> bool:
        """Whether it is a list, which can hold what both say."""
        return isinstance(self.kept, list)


@dataclass(slots=True)
class JoinPlan:
    """What joining would do: pages that move, facts that are taken over, facts to choose."""

    kept: Work
    gone: Work
    editions: list[Edition]
    taken: dict[str, Any] = field(default_factory=dict)
    conflicts: list[FactConflict] = field(default_factory=list)


def real_editions(work: Work) -> list[Edition]:
    """The work's editions in the order of the locales, as their own kinds."""
    rows = Edition.objects.real().filter(work=work).select_related("locale").order_by("locale")
    return [edition.specific for edition in rows]


def check_rights(user: Any, editions: Iterable[Edition]) -> None:
    """Joining and splitting is for those who may change and publish every edition."""
    rights = [edition.permissions_for_user(user) for edition in editions]
    allowed = all(right.can_edit() and (right.can_publish()) for right in rights)
    if not allowed or not user.has_perm(FACTS_PERMISSION):
        raise CannotJoin(_("Only those who may publish all editions of the works can do this."))
    for edition in editions:
        if edition.locked or edition.workflow_in_progress:
            reason = _("“%(title)s” is locked or in moderation. Finish that first.")
            raise CannotJoin(reason % {"title": edition.title})


def plan_join(kept: Work, gone: Work, user: Any) -> JoinPlan:
    """What would become of two works that are joined; raises ``CannotJoin``."""
    if kept.pk == gone.pk or gone.joined_into_id or kept.joined_into_id:
        raise CannotJoin(_("Choose another work: this one is the same, or was joined already."))
    here, there = real_editions(kept), real_editions(gone)
    check_rights(user, [*here, *there])
    _check_kinds(here, there)
    _check_languages(here, there)
    if _is_translated(gone) and TranslatableObject.objects.filter(pk=kept.translation_key).exists():
        raise CannotJoin(
            _("Both works have translations that follow their original. Stop those of one first.")
        )
    plan = JoinPlan(kept, gone, there)
    _compare_facts(plan)
    return plan


def _check_kinds(here: list[Edition], there: list[Edition]) -> None:
    if len({type(edition) for edition in [*here, *there]}) > 1:
        raise CannotJoin(_("The two are works of different kinds."))


def _check_languages(here: list[Edition], there: list[Edition]) -> None:
    both = {edition.language for edition in here} & {edition.language for edition in there}
    if both:
        names = ", ".join(BY_CODE[code].name for code in sorted(both))
        raise CannotJoin(
            _(
                "Both works have an edition in %(languages)s, and a work has one in each language. "
                "Choose the files of the one in the other's form and delete the edition that is no "
                "longer needed; or split it off first."
            )
            % {"languages": names}
        )


def _is_translated(work: Work) -> bool:
    following = Translation.objects.filter(source__object_id=work.translation_key, enabled=True)
    return following.exists()


def _compare_facts(plan: JoinPlan) -> None:
    kept, gone = read_facts(plan.kept), read_facts(plan.gone)
    date_differs = kept["date"] and gone["date"] and kept["date"] != gone["date"]
    for name, other in gone.items():
        own = kept[name]
        if own == other or other in (None, "", []):
            continue
        if name == "date_precision":
            if not kept["date"]:
                plan.taken[name] = other
            elif not date_differs and gone["date"]:
                plan.conflicts.append(FactConflict(name, own, other))
        elif own in (None, "", []):
            plan.taken[name] = other
        else:
            plan.conflicts.append(FactConflict(name, own, other))


def join_works(plan: JoinPlan, chosen: Mapping[str, str], user: Any) -> None:
    """Join two works; ``chosen`` says for each conflict whose fact stays, or both."""
    kept, gone = plan.kept, plan.gone
    with transaction.atomic():
        list(Work.objects.select_for_update().filter(pk__in=(kept.pk, gone.pk)).order_by("pk"))
        facts = plan.taken | _chosen_facts(plan, chosen)
        _move_editions(plan.editions, gone, kept)
        _move_translations(gone, kept)
        write_facts(kept, facts)
        gone.joined_into, gone.joined_editions = kept, [row.pk for row in plan.editions]
        _save_both(kept, gone)
        data = {"kept": kept.pk, "gone": gone.pk, "facts": dict(chosen)}
        for edition in real_editions(kept):
            log(edition, "publications.join", user=user, data=data)


def _chosen_facts(plan: JoinPlan, chosen: Mapping[str, str]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for conflict in plan.conflicts:
        choice = chosen.get(conflict.name, KEPT)
        if choice == GONE:
            facts[conflict.name] = conflict.gone
            if conflict.name == "date":
                facts["date_precision"] = read_facts(plan.gone)["date_precision"]
        elif choice == BOTH and conflict.can_have_both:
            new = [value for value in conflict.gone if value not in conflict.kept]
            facts[conflict.name] = [*conflict.kept, *new]
    return facts


def split_work(
    work: Work, editions: Sequence[Edition], user: Any, *, back_to: Work | None = None
) -> Work:
    """Make some editions a work of their own; gives that work. Raises ``CannotJoin``.

    It has the same facts; with ``back_to`` it is a work that was joined into this one, with
    its own number and facts again.
    """
    everything = real_editions(work)
    check_rights(user, everything)
    leaving = {edition.pk for edition in editions}
    if not leaving or leaving >= {edition.pk for edition in everything}:
        raise CannotJoin(_("Choose some of the editions: at least one has to stay."))
    if _is_translated(work):
        raise CannotJoin(_("Translations follow their original in this work. Stop those first."))
    with transaction.atomic():
        list(Work.objects.select_for_update().filter(pk=work.pk))
        target = back_to or _copy_of(work)
        moving = [edition for edition in everything if edition.pk in leaving]
        _move_editions(moving, work, target)
        target.joined_into, target.joined_editions = None, []
        _save_both(work, target)
        for edition in [*real_editions(work), *real_editions(target)]:
            data = {"from": work.pk, "to": target.pk}
            log(edition, "publications.split", user=user, data=data)
    return target


def _copy_of(work: Work) -> Work:
    copy = Work.objects.create(split_from=work)
    write_facts(copy, read_facts(work))
    return copy


def _save_both(first: Work, second: Work) -> None:
    """Full saves of what is to be written, so that everything that follows works hears of it."""
    columns = ["joined_into", "joined_editions"]
    for work in (first, second):
        work.save(update_fields=columns)


def _move_editions(editions: Iterable[Edition], source: Work, target: Work) -> None:
    for edition in editions:
        for alias in Edition.objects.filter(alias_of=edition.pk):
            alias.delete()  # navigation, which is made again
        revisions = list(Revision.objects.for_instance(edition))
        numbers = _new_numbers(edition, revisions, source, target)
        Page.objects.filter(pk=edition.pk).update(translation_key=target.translation_key)
        Edition.objects.filter(pk=edition.pk).update(work=target)
        for file in EditionFile.objects.filter(edition=edition.pk):
            EditionFile.objects.filter(pk=file.pk).update(number=numbers.get(file.number))
        for revision in revisions:
            content = _moved_content(revision.content, target, numbers)
            Revision.objects.filter(pk=revision.pk).update(content=content)


def _new_numbers(
    edition: Edition, revisions: Iterable[Revision], source: Work, target: Work
) -> dict[int | None, int]:
    """A number in the target for each that the page or its history knows; noted as moved."""
    rows = EditionFile.objects.filter(edition=edition.pk)
    known = set(rows.values_list("number", flat=True))
    for revision in revisions:
        known |= {file.get("number") for file in revision.content.get("files", [])}
    numbers: dict[int | None, int] = {}
    for number in sorted(filter(None, known)):
        before = MovedFile.objects.filter(work=target, now_work=source, now_number=number).first()
        numbers[number] = before.number if before else target.next_file_number()
        if before:
            before.delete()
        MovedFile.objects.update_or_create(
            work=source,
            number=number,
            defaults={"now_work": target, "now_number": numbers[number]},
        )
    return numbers


def _moved_content(
    content: dict[str, Any], target: Work, numbers: Mapping[int | None, int]
) -> dict[str, Any]:
    moved = content | {"work": target.pk, "translation_key": str(target.translation_key)}
    moved["files"] = [
        file | {"number": numbers.get(file.get("number"))} for file in content.get("files", [])
    ]
    return moved


def _move_translations(source: Work, target: Work) -> None:
    """Translations that follow their original go on doing so under the other key."""
    old = TranslatableObject.objects.filter(pk=source.translation_key).first()
    if old is None or TranslatableObject.objects.filter(pk=target.translation_key).exists():
        return
    new = TranslatableObject.objects.create(
        translation_key=target.translation_key, content_type=old.content_type
    )
    TranslationSource.objects.filter(object=old).update(object=new)
    TranslationContext.objects.filter(object=old).update(object=new)
