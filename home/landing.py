"""What the landing page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.http import HttpRequest

from glossary.models import Concept
from publications.access import Reader, visible_editions
from publications.models import Edition

if TYPE_CHECKING:
    from home.models import HomePage

NEWEST = 6


def landing_context(page: HomePage, request: HttpRequest) -> dict[str, Any]:
    """Example questions, themes with works, and the newest works in this language."""
    live = Q(works__editions__live=True)
    themes = Concept.objects.themes().with_labels()
    newest = (
        Edition.objects.live()
        .real()
        .filter(locale=page.locale)
        .order_by("-first_published_at")[: NEWEST * 2]
    )
    return {
        "examples": [line.strip() for line in page.example_queries.splitlines() if line.strip()],
        "themes": themes.annotate(count=Count("works", filter=live, distinct=True)).filter(
            count__gt=0
        ),
        "newest": visible_editions(newest, Reader.of(request.user))[:NEWEST],
    }
