"""A translation keeps its own privacy.

Wagtail-localize gives a translation the privacy of its original whenever it writes it: publishing
an edition that was restricted by hand would show it to everybody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.db import transaction
from wagtail.models import PageViewRestriction


@contextmanager
def own_restrictions_kept(pages: Collection[int]) -> Iterator[None]:
    """Within the context pages may lose or change their restrictions; at its end they have them.

    ``pages`` are keys. What is published on commit is published behind them.
    """
    with transaction.atomic():
        rows = PageViewRestriction.objects.filter(page__in=pages).prefetch_related("groups")
        before = [(row, [group.pk for group in row.groups.all()]) for row in rows]
        yield
        for row, groups in before:
            row.save(force_insert=not PageViewRestriction.objects.filter(pk=row.pk).exists())
            row.groups.set(groups)
