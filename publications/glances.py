"""What a list shows of works at a glance: where they are about, and whether there is a cover."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from cms.labels import in_order
from publications.access import Reader
from publications.models import Edition, EditionFile, Work
from publications.restrictions import Restrictions


@dataclass(frozen=True, slots=True)
class Glance:
    """``where`` names the work's places or else countries, in the active language."""

    where: tuple[str, ...]
    has_cover: bool


def glances(works: Collection[int], reader: Reader) -> dict[int, Glance]:
    """Some works at a glance, with a handful of queries; of covers those the reader may see."""
    covered = _with_cover(works, reader)
    rows = Work.objects.filter(pk__in=works).prefetch_related("places", "countries")
    return {
        row.pk: Glance(
            tuple(in_order(map(str, row.places.all() or row.countries.all()))), row.pk in covered
        )
        for row in rows
    }


def _with_cover(works: Collection[int], reader: Reader) -> set[int]:
    """The works with a chosen cover or the image of a file (as ``presentation.cover_name``)."""
    now, restrictions = timezone.now(), Restrictions()
    current = Q(expire_at=None) | Q(expire_at__gt=now)
    editions = Edition.objects.live().real().filter(current, work__in=works)
    visible = {
        key: (work, cover)
        for key, path, work, cover in editions.values_list("pk", "path", "work_id", "cover_id")
        if reader.admitted_by(restrictions.page(key, path))
    }
    files = EditionFile.objects.filter(
        Q(embargo_until=None) | Q(embargo_until__lte=now),
        edition__in=visible,
        document__reading__cover__gt="",
    )
    images = {
        visible[edition][0]
        for edition, collection in files.values_list("edition_id", "document__collection_id")
        if reader.admitted_by(restrictions.collection(collection))
    }
    return images | {work for work, cover in visible.values() if cover is not None}
