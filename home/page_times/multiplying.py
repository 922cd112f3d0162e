"""A library as large as one likes, of real pages: the demonstration's works again and again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from itertools import cycle

from django.db import transaction
from django.utils import timezone

from network.models import Organisation, Place
from publications.facts import Facts, read_facts, write_facts
from publications.models import Edition, EditionFile, SectionPage, Work

YEARS = 20
"""Copies are spread over so many years."""

AT_ONCE = 50
"""Works that one transaction makes."""


def multiply(total: int, tell: Callable[[int, int], None]) -> None:
    """Add copies of the works there are, with their files, until there are ``total``.

    Each copy has its own date, municipality and place, and stands in the next of the sections.
    """
    originals = list(Work.objects.filter(editions__isnull=False).distinct().order_by("pk"))
    copies = total - len(originals)
    facts = _varied_facts()
    sections = cycle(_sections())
    for done in range(0, copies, AT_ONCE):
        with transaction.atomic():
            for number in range(done, min(done + AT_ONCE, copies)):
                _copy(originals[number % len(originals)], number, next(facts), next(sections))
        tell(min(done + AT_ONCE, copies), copies)


def _varied_facts() -> Iterator[Facts]:
    """What differs between copies, in an endless row that is the same each time."""
    towns = list(Organisation.objects.filter(kind="municipality").values_list("pk", flat=True))
    places = list(Place.objects.order_by("pk").values_list("pk", flat=True))
    this_year = timezone.localdate().year
    number = 0
    while True:
        yield {
            "date": f"{this_year - number % YEARS}-01-01",
            "municipality": towns[number % len(towns)],
            "places": [places[number % len(places)]],
        }
        number += 1


def _sections() -> list[dict[str, SectionPage]]:
    """The sections, each with its page in every language."""
    found: dict[uuid.UUID, dict[str, SectionPage]] = {}
    for page in SectionPage.objects.select_related("locale").order_by("path"):
        found.setdefault(page.translation_key, {})[page.locale.language_code] = page
    return list(found.values())


def _copy(original: Work, number: int, facts: Facts, section: dict[str, SectionPage]) -> None:
    work = Work.objects.create()
    same = {name: value for name, value in read_facts(original).items() if name != "identifiers"}
    write_facts(work, same | facts)
    editions = Edition.objects.filter(work=original).live().real().select_related("locale")
    for edition in editions:
        _copy_edition(edition.specific, work, number, section[edition.language])


def _copy_edition(original: Edition, work: Work, number: int, section: SectionPage) -> None:
    names = ["summary", *original.text_fields]
    now = timezone.now()
    page = type(original)(
        title=f"{original.title} ({number + 1})",
        slug=f"{original.slug}-{number + 1}",
        translation_key=work.translation_key,
        locale=original.locale,
        first_published_at=now,
        last_published_at=now,
        **{name: getattr(original, name) for name in names},
    )
    for file in original.files.all():
        copy = EditionFile(document=file.document, language=file.language, label=file.label)
        page.files.add(copy)
    # Read again: its row knows how many pages were put into it meanwhile.
    SectionPage.objects.get(pk=section.pk).add_child(instance=page)
