"""How often a page helped: two sums per work and language."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from contributions.models import Helpfulness


@transaction.atomic
def count_answer(work: int, language: str, *, helped: bool) -> None:
    """Add one to what readers of this language said of a work."""
    rows = Helpfulness.objects
    rows.bulk_create([Helpfulness(work_id=work, language=language)], ignore_conflicts=True)
    name = "helped" if helped else "did_not"
    rows.filter(work_id=work, language=language).update(**{name: F(name) + 1})
