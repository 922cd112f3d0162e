"""How complete a work is: what is missing, and why it matters to readers.

Few fields are required; the rest is invited. The score is the sum of the weights of what is
there, of 100. It is reckoned in the database, so a report over all works is one query. What a
draft that was never published says of the work counts as there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from publications.models import Edition, EditionFile, Reading, Work, WorkOrganisation


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing a complete work has: its share of the score, and what readers lack without."""

    name: str
    weight: int
    label: str | Promise
    why: str | Promise
    met: Callable[[], Q]


def scored(works: QuerySet[Work]) -> QuerySet[Any]:
    """The works with ``completeness`` (0 to 100), and ``lacks_<name>`` for each criterion."""
    languages = Count("editions__locale", Q(editions__alias_of=None), distinct=True)
    works = works.annotate(languages=languages)
    conditions = {criterion: criterion.met() for criterion in CRITERIA}
    score: Any = Value(0)
    for criterion, met in conditions.items():
        score = score + Case(When(met, then=Value(criterion.weight)), default=Value(0))
    lacks: dict[str, Any] = {
        f"lacks_{criterion.name}": ExpressionWrapper(~met, BooleanField())
        for criterion, met in conditions.items()
    }
    return works.annotate(
        completeness=ExpressionWrapper(score, output_field=IntegerField()), **lacks
    )


def missing(work: Any) -> list[Criterion]:
    """What a work of ``scored`` lacks, the weightiest first."""
    lacking = [row for row in CRITERIA if getattr(work, f"lacks_{row.name}")]
    return sorted(lacking, key=lambda criterion: -criterion.weight)


# When a criterion is met.


def _editions(**conditions: Any) -> QuerySet[Edition]:
    return Edition.objects.real().order_by().filter(work=OuterRef("pk"), **conditions)


def _drafted(name: str) -> Q:
    """Whether a draft of an edition says something of a fact."""
    said = _editions(**{f"facts__{name}__isnull": False})
    nothing = Q(**{f"facts__{name}": None})
    nothing |= Q(**{f"facts__{name}": ""}) | Q(**{f"facts__{name}": []})
    return Q(Exists(said.exclude(nothing)))


def _linked(name: str) -> Q:
    rows = getattr(Work, name).through.objects.filter(work=OuterRef("pk"))
    return Q(Exists(rows)) | _drafted(name)


def _has_summaries() -> Q:
    return Q(Exists(_editions())) & ~Q(Exists(_editions(summary="")))


def _has_text() -> Q:
    files = EditionFile.objects.filter(edition__work=OuterRef("pk"))
    met = Q(Exists(files.filter(document__reading__state=Reading.State.READ)))
    for kind in Edition.__subclasses__():
        pages = kind._default_manager.filter(work=OuterRef("pk"), alias_of=None).order_by()
        met |= Q(Exists(pages.exclude(**dict.fromkeys(kind.text_fields, ""))))
    return met


def _has_publisher() -> Q:
    role = WorkOrganisation.Role.PUBLISHER
    rows = WorkOrganisation.objects.filter(work=OuterRef("pk"), role=role)
    return Q(Exists(rows)) | _drafted("publishers")


def _has_cover() -> Q:
    files = EditionFile.objects.filter(edition__work=OuterRef("pk"))
    drawn = files.filter(document__reading__isnull=False).exclude(document__reading__cover="")
    return Q(Exists(drawn)) | Q(Exists(_editions(cover__isnull=False)))


CRITERIA: tuple[Criterion, ...] = (
    Criterion(
        "summary",
        15,
        _("Summary"),
        _("It is what readers see first, and what they decide by whether to open the work."),
        _has_summaries,
    ),
    Criterion(
        "text",
        15,
        _("Text that can be searched"),
        _("Without text, in the page or in a file that could be read, only the title is found."),
        _has_text,
    ),
    Criterion(
        "themes",
        15,
        _("Themes"),
        _("Readers who browse by theme do not come across the work without them."),
        lambda: _linked("themes"),
    ),
    Criterion(
        "date",
        10,
        _("Date"),
        _("Readers want to know how old advice is, and narrow their search by year."),
        lambda: Q(date__isnull=False) | _drafted("date"),
    ),
    Criterion(
        "publisher",
        10,
        _("Publisher"),
        _("Readers trust a work more when they see who answers for it; citations need it."),
        _has_publisher,
    ),
    Criterion(
        "place",
        10,
        _("Countries or places"),
        _("The map and the filter by country show only works that say where they belong."),
        lambda: _linked("countries") | _linked("places"),
    ),
    Criterion(
        "languages",
        10,
        _("A second language"),
        _("A title and a summary in another language open the work to those who read that."),
        lambda: Q(languages__gt=1),
    ),
    Criterion(
        "authors",
        5,
        _("Authors or municipality"),
        _("Citations name them, and readers know whom to ask."),
        lambda: (
            ~Q(authors=[])
            | Q(municipality__isnull=False)
            | _drafted("authors")
            | _drafted("municipality")
        ),
    ),
    Criterion(
        "licence",
        5,
        _("Licence"),
        _("Without one nobody may translate, print or share the work."),
        lambda: ~Q(licence="") | _drafted("licence"),
    ),
    Criterion(
        "cover",
        5,
        _("Cover"),
        _("A picture is recognised in a list sooner than a title."),
        _has_cover,
    ),
)
"""What a work is asked for; the weights add up to 100."""
