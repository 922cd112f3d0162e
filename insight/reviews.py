"""Works that nobody looked at for a long time.

Looking at a work is publishing one of its editions, or saying that it is still right.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from insight.models import Review
from publications.editable import editable_editions
from publications.models import Edition, Work

REVIEW_AFTER = datetime.timedelta(days=2 * 365)


def works_to_review(user: Any) -> QuerySet[Work]:
    """The works with a published edition that this user may change and that are due.

    Each has ``looked_at``, when somebody last looked at it; the longest ago comes first.
    """
    own = editable_editions(user).filter(live=True)
    published = Max(
        "editions__last_published_at", filter=Q(editions__live=True, editions__alias_of=None)
    )
    works = Work.objects.filter(pk__in=own.values("work")).annotate(
        published=published, reviewed=Max("reviews__at")
    )
    before = timezone.now() - REVIEW_AFTER
    due = works.filter(published__lt=before).filter(Q(reviewed=None) | Q(reviewed__lt=before))
    return due.order_by("published", "pk")


def edition_to_change(work: Work, user: Any) -> Edition | None:
    """The first published edition of a work that a user may change."""
    editions = Edition.objects.live().real().filter(work=work).order_by("pk")
    return next((page for page in editions if page.permissions_for_user(user).can_edit()), None)


def still_right(work: Work, user: Any) -> Review:
    """Note that a user looked at a work and found it right."""
    return Review.objects.create(work=work, by=user)
