"""Which of a work's editions to show to a reader."""

from __future__ import annotations

from cms.languages import INTERFACE_CODES
from publications.access import Reader, edition_is_published, may_see_edition
from publications.models import Edition


def nearest_edition(work: int, reader: Reader, language: str) -> Edition | None:
    """The published edition in a language, else the first in the site's order.

    An edition that the reader may see is preferred; one they may not comes last, so that its page
    can ask them to log in: whoever shows anything of it asks ``may_see_edition`` first.
    """
    editions = Edition.objects.filter(work=work).live().real().select_related("locale")
    published = [edition.specific for edition in editions if edition_is_published(edition)]

    def rank(edition: Edition) -> tuple[bool, bool, int]:
        order = INTERFACE_CODES.index(edition.language)
        return not may_see_edition(edition, reader), edition.language != language, order

    return min(published, key=rank, default=None)
