"""Which of a work's editions to show to a reader."""

from __future__ import annotations

from cms.languages import INTERFACE_CODES
from publications.access import Reader, edition_is_published
from publications.models import Edition
from publications.restrictions import visible_editions


def nearest_edition(work: int, reader: Reader, language: str) -> Edition | None:
    """The published edition in a language, else the first in the site's order.

    An edition that the reader may see is preferred; one they may not comes last, so that its page
    can ask them to log in: whoever shows anything of it asks ``may_see_edition`` first.
    """
    rows = Edition.objects.filter(work=work).live().real().select_related("locale", "work")
    editions = list(rows)
    visible = {edition.pk for edition in visible_editions(editions, reader)}

    def rank(edition: Edition) -> tuple[bool, bool, int]:
        order = INTERFACE_CODES.index(edition.language)
        return edition.pk not in visible, edition.language != language, order

    nearest = min(filter(edition_is_published, editions), key=rank, default=None)
    if nearest is None:
        return None
    specific: Edition = nearest.specific
    specific.locale, specific.work = nearest.locale, nearest.work
    return specific
