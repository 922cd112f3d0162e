"""The works of a section, page by page."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page as PageOfList
from django.core.paginator import Paginator
from django.db.models import Q
from django.utils import timezone

from cms.collation import title_key
from publications.access import Reader
from publications.models.editions import Edition
from publications.models.tree import SectionPage
from publications.restrictions import Restrictions

WORKS_PER_PAGE = 20


def list_works(section: SectionPage, reader: Reader, number: str) -> PageOfList[Edition]:
    """A section's editions that a reader may see now, by title, on the page of a typed number.

    What is no number is the first page; a number that no page has is the last one.
    """
    page: PageOfList[Any] = Paginator(_visible_keys(section, reader), WORKS_PER_PAGE).get_page(
        number
    )
    editions = Edition.objects.select_related("work", "locale").in_bulk(list(page.object_list))
    page.object_list = [editions[key] for key in page.object_list]
    return page


def _visible_keys(section: SectionPage, reader: Reader) -> list[int]:
    current = Q(expire_at=None) | Q(expire_at__gt=timezone.now())
    rows = Edition.objects.child_of(section).live().real().filter(current)
    restrictions, language = Restrictions(), section.locale.language_code
    visible = [
        (title_key(title, language), key)
        for key, path, title in rows.values_list("pk", "path", "title")
        if reader.admitted_by(restrictions.page(key, path))
    ]
    return [key for _title, key in sorted(visible)]
