"""Which files look like editions of one work: proposals, each with its reason.

A file may be a translation of a work of the library, or of another file that came in for the same
section. What speaks for it: a name that differs in the language alone, the same identifier, texts
of the same meaning, or the same numbers and acronyms in both. Nothing is joined here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q
from django.utils.text import get_valid_filename

from intake.models import IncomingFile, Kinship, Suggestion
from intake.sketches import Drawn, shared_figures, shared_meaning
from intake.suggesting.text import named
from publications.access import Reader, may_see_edition
from publications.models import Edition, EditionFile, LibraryDocument, WorkIdentifier

Reason = Kinship.Reason

MEANING = 0.6
"""Least cosine of two texts' meanings.

Eight reports of mixed news in four languages, multilingual-e5-small: translations have .62 and
more, other reports .58 and less.
"""

FIGURES = 0.35
"""Least share of numbers and acronyms that two texts must have in common.

The same reports: translations share .40 and more of them (8 to 25), others .15 and less (up to 5).
"""

FEWEST_FIGURES = 6
"""So many of them must be the same: two short texts may have a year in common by chance."""

UNLIKE = 0.4
"""Below this cosine two texts speak of different things, whatever numbers they share."""


def propose(incoming: IncomingFile, drawn: Drawn | None, others: Iterable[Drawn]) -> None:
    """Keep what a file looks like an edition of, in place of what was proposed before."""
    incoming.kinships.filter(refused=False).delete()
    refused = set(incoming.kinships.values_list("other_id", "work_id"))
    best: dict[tuple[int | None, int | None], Kinship] = {}
    for kinship in _candidates(incoming, drawn, others):
        key = kinship.other_id, kinship.work_id
        if key not in refused and (key not in best or kinship.score > best[key].score):
            best[key] = kinship
    Kinship.objects.bulk_create(best.values())


def _candidates(
    incoming: IncomingFile, drawn: Drawn | None, others: Iterable[Drawn]
) -> Iterator[Kinship]:
    yield from _by_name(incoming)
    yield from _by_identifier(incoming)
    if drawn is not None:
        yield from _by_text(incoming, drawn, others)


def _by_name(incoming: IncomingFile) -> Iterator[Kinship]:
    """Files whose names are the same but for the language at their end."""
    base, language = named(incoming.name)
    for other in _siblings(incoming):
        if _same_base(named(other.name), (base, language)):
            yield Kinship(file=incoming, other=other, reason=Reason.NAME, detail=base[:200])
    stored = get_valid_filename(base)
    rows = LibraryDocument.objects.filter(file__contains=f"/{stored}").exclude(
        pk=incoming.document_id
    )
    for document in rows.order_by("-pk")[:20]:
        if _same_base(named(document.filename), (stored, language)):
            yield from _with_work_of(incoming, document.pk, Reason.NAME, base, 1.0)


def _same_base(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two names say the same work in two languages; one of them may state none."""
    return one[0].casefold() == other[0].casefold() and one[1] != other[1]


def _by_identifier(incoming: IncomingFile) -> Iterator[Kinship]:
    mine = {
        _compact(suggestion.value): suggestion.value[1]
        for suggestion in incoming.suggestions.filter(field="identifiers")
    }
    if not mine:
        return
    siblings = {other.pk: other for other in _siblings(incoming)}
    rows = Suggestion.objects.filter(field="identifiers", file__in=siblings)
    for suggestion in rows.exclude(state=Suggestion.State.REFUSED):
        if value := mine.get(_compact(suggestion.value)):
            other = siblings[suggestion.file_id]
            yield Kinship(file=incoming, other=other, reason=Reason.IDENTIFIER, detail=value)
    tails = Q()
    for _scheme, value in mine:
        tails |= Q(value__iendswith=value[-3:])
    for row in WorkIdentifier.objects.filter(tails):
        if value := mine.get(_compact([row.scheme, row.value])):
            yield Kinship(
                file=incoming, work_id=row.work_id, reason=Reason.IDENTIFIER, detail=value
            )


def _compact(identifier: list[str]) -> tuple[str, str]:
    scheme, value = identifier
    compact = value.casefold()
    return scheme, "".join(filter(str.isalnum, compact)) if scheme == "isbn" else compact


def _by_text(incoming: IncomingFile, drawn: Drawn, others: Iterable[Drawn]) -> Iterator[Kinship]:
    """The nearest text of each other language, in the batch and elsewhere, if it is near enough."""
    siblings = {other.document_id: other for other in _siblings(incoming)}
    nearest: dict[tuple[str, bool], tuple[float, Kinship.Reason, int]] = {}
    for other in others:
        if not drawn.language or not other.language or other.language == drawn.language:
            continue
        score, reason = _nearness(drawn, other)
        sibling = siblings.get(other.document)
        place = other.language, sibling is not None and sibling.batch_id == incoming.batch_id
        if score > nearest.get(place, (0.0,))[0]:
            nearest[place] = score, reason, other.document
    for score, reason, document in nearest.values():
        if document in siblings:
            yield Kinship(file=incoming, other=siblings[document], reason=reason, score=score)
        else:
            yield from _with_work_of(incoming, document, reason, "", score)


def _nearness(one: Drawn, other: Drawn) -> tuple[float, Kinship.Reason]:
    """How near two texts are and by what; 0 where it is not near enough."""
    meaning = shared_meaning(one, other)
    if meaning >= MEANING:
        return meaning, Reason.MEANING
    share, count = shared_figures(one, other)
    unlike = 0.0 < meaning < UNLIKE
    if share >= FIGURES and count >= FEWEST_FIGURES and not unlike:
        return share, Reason.FIGURES
    return 0.0, Reason.FIGURES


def _siblings(incoming: IncomingFile) -> list[IncomingFile]:
    """Other files for the same section that an editor has not decided about yet."""
    key = incoming.batch.section.translation_key
    states = [state for state in IncomingFile.State if state not in _DECIDED]
    rows = IncomingFile.objects.filter(batch__section__translation_key=key, state__in=states)
    return list(rows.exclude(pk=incoming.pk).filter(document__isnull=False).order_by("pk"))


_DECIDED = (IncomingFile.State.DRAFTED, IncomingFile.State.LEFT_OUT)


def _with_work_of(
    incoming: IncomingFile, document: int, reason: Kinship.Reason, detail: str, score: float
) -> Iterator[Kinship]:
    """The works among whose files a document is."""
    rows = EditionFile.objects.filter(document=document, edition__alias_of__isnull=True)
    for work in set(rows.values_list("edition__work_id", flat=True)):
        yield Kinship(file=incoming, work_id=work, reason=reason, detail=detail[:200], score=score)


def joinable_edition(work: int, user: Any) -> Edition | None:
    """An edition of a work that this editor may change: then they may add another one to it."""
    for edition in Edition.objects.real().filter(work=work).order_by("pk"):
        if edition.permissions_for_user(user).can_edit():
            return edition
    return None


def visible_edition(work: int, user: Any) -> Edition | None:
    """An edition of a work that this editor may at least read."""
    reader = Reader.of(user)
    for edition in Edition.objects.real().filter(work=work).order_by("pk"):
        if edition.permissions_for_user(user).can_edit() or may_see_edition(edition, reader):
            return edition
    return None


def groups(files: Iterable[IncomingFile], kinships: Iterable[Kinship]) -> list[list[IncomingFile]]:
    """The open files that look like one work together and are not joined yet, two or more each."""
    by_key = {file.pk: file for file in files}
    root = {key: key for key in by_key}

    def find(key: int) -> int:
        while root[key] != key:
            key = root[key]
        return key

    for kinship in kinships:
        other = kinship.other_id
        if kinship.file_id in root and other in root and not kinship.refused:
            root[find(kinship.file_id)] = find(other)
    joined: dict[int, list[IncomingFile]] = {}
    for key, file in by_key.items():
        joined.setdefault(find(key), []).append(file)
    return [group for group in joined.values() if len({file.work_key for file in group}) > 1]


def reasons(group: Iterable[IncomingFile], kinships: Iterable[Kinship]) -> Mapping[str, str]:
    """Why the files of a group look like one work: each reason once, with its detail."""
    keys = {file.pk for file in group}
    found = [row for row in kinships if row.file_id in keys and row.other_id in keys]
    return {str(row.get_reason_display()): row.detail for row in found if not row.refused}
