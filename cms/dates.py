"""Dates that are known to the year, the month or the day."""

from __future__ import annotations

import datetime
import re

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

_PARTIAL = re.compile(r"^(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?$")


class Precision(models.TextChoices):
    """How exactly a date is known."""

    YEAR = "year", _("Year")
    MONTH = "month", _("Month")
    DAY = "day", _("Day")


def parse_partial_date(text: str) -> tuple[datetime.date, Precision]:
    """Read ``2021``, ``2021-05`` or ``2021-05-30``; raises ``ValueError`` for anything else.

    What is not known counts as the first month or day.
    """
    match = _PARTIAL.match(text.strip())
    if not match:
        raise ValueError(text)
    year, month, day = match.groups()
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return datetime.date(int(year), int(month or 1), int(day or 1)), precision


def partial_iso(date: datetime.date | None, precision: str) -> str:
    """The date as far as it is known, in ISO 8601's reduced forms; empty without a date."""
    if date is None:
        return ""
    length = {Precision.YEAR: 4, Precision.MONTH: 7}.get(Precision(precision), 10)
    return date.isoformat()[:length]


def partial_display(date: datetime.date | None, precision: str) -> str:
    """The date as far as it is known, as the active language writes it."""
    if date is None:
        return ""
    formats = {Precision.YEAR: "Y", Precision.MONTH: "YEAR_MONTH_FORMAT"}
    return date_format(date, formats.get(Precision(precision), "DATE_FORMAT"))
