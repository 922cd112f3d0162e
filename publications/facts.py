"""The work's facts, between the form of an edition and the work's row.

An editor fills them in the form of the edition they are in. Until that is published they live
in its revision as a plain dictionary; publishing writes them to the work. Several editors may
do so at once, so every draft also keeps what the work said when it was made (its *base*), and
changes are merged three ways, field by field: what only the draft changed is written, what
another changed meanwhile is never overwritten.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from publications.models.works import Work, WorkIdentifier, WorkOrganisation

Facts = dict[str, Any]

LABELS = {
    "date": _("Date"),
    "date_precision": _("Precision of the date"),
    "authors": _("Authors"),
    "publishers": _("Publishers"),
    "partners": _("Partners"),
    "themes": _("Themes"),
    "countries": _("Countries"),
    "places": _("Places"),
    "activities": _("Activities"),
    "identifiers": _("Identifiers"),
    "licence": _("Licence"),
    "municipality": _("Municipality"),
    "validation": _("Validation"),
    "period_start": _("First year"),
    "period_end": _("Last year"),
}
"""Every fact, in the order of the form, with what editors call it."""

_PLAIN = ("date_precision", "authors", "licence", "validation", "period_start", "period_end")
_MANY = ("themes", "countries", "places", "activities")
_ROLES = {
    "publishers": WorkOrganisation.Role.PUBLISHER.value,
    "partners": WorkOrganisation.Role.PARTNER.value,
}


def empty_facts() -> Facts:
    """The facts of a work about which nothing is known yet."""
    facts: Facts = dict.fromkeys(LABELS)
    facts |= {"date_precision": "year", "licence": "", "validation": ""}
    lists = ("authors", "identifiers", *_MANY, *_ROLES)
    return facts | {name: [] for name in lists}


def read_facts(work: Work | None) -> Facts:
    """The work's facts as a dictionary that JSON can hold; lists of keys are sorted."""
    if work is None:
        return empty_facts()
    facts: Facts = {name: getattr(work, name) for name in _PLAIN}
    facts["date"] = work.date.isoformat() if work.date else None
    facts["municipality"] = work.municipality_id
    for name in _MANY:
        facts[name] = sorted(getattr(work, name).values_list("pk", flat=True))
    for name, role in _ROLES.items():
        rows = work.work_organisations.filter(role=role)
        facts[name] = sorted(rows.values_list("organisation_id", flat=True))
    facts["identifiers"] = [list(row) for row in work.identifiers.values_list("scheme", "value")]
    return facts


def write_facts(work: Work, changes: Mapping[str, Any]) -> None:
    """Write some facts to the work and count the change."""
    if not changes:
        return
    with transaction.atomic():
        _write_columns(work, changes)
        for name in _MANY:
            if name in changes:
                getattr(work, name).set(changes[name])
        for name, role in _ROLES.items():
            if name in changes:
                _write_organisations(work, role, changes[name])
        if "identifiers" in changes:
            work.identifiers.all().delete()
            WorkIdentifier.objects.bulk_create(
                WorkIdentifier(work=work, scheme=scheme, value=value)
                for scheme, value in changes["identifiers"]
            )


def _write_columns(work: Work, changes: Mapping[str, Any]) -> None:
    columns = {name: changes[name] for name in _PLAIN if name in changes}
    if "date" in changes:
        text = changes["date"]
        columns["date"] = datetime.date.fromisoformat(text) if text else None
    if "municipality" in changes:
        columns["municipality_id"] = changes["municipality"]
    Work.objects.filter(pk=work.pk).update(facts_version=F("facts_version") + 1, **columns)
    work.refresh_from_db()


def _write_organisations(work: Work, role: str, keys: list[int]) -> None:
    work.work_organisations.filter(role=role).exclude(organisation_id__in=keys).delete()
    present = set(work.work_organisations.filter(role=role).values_list("organisation", flat=True))
    WorkOrganisation.objects.bulk_create(
        WorkOrganisation(work=work, organisation_id=key, role=role)
        for key in keys
        if key not in present
    )


@dataclass(frozen=True, slots=True)
class Merge:
    """What became of merging a draft's facts with the work's.

    ``changes`` are to be written; ``conflicts`` maps a fact that both changed to the draft's
    value and the work's.
    """

    changes: Facts = field(default_factory=dict)
    conflicts: dict[str, tuple[Any, Any]] = field(default_factory=dict)


def merge_facts(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Facts) -> Merge:
    """Merge a draft (``mine``, made from ``base``) into the work's present facts (``theirs``)."""
    merge = Merge()
    for name, value in mine.items():
        if name not in LABELS or value == theirs[name] or value == base.get(name):
            continue
        if theirs[name] == base.get(name, theirs[name]):
            merge.changes[name] = value
        else:
            merge.conflicts[name] = (value, theirs[name])
    return merge
