"""Days and times as readers of each language write them."""

from __future__ import annotations

import datetime

from django.utils import translation
from django.utils.formats import date_format


def test_in_arabic_the_day_stands_before_the_month_with_a_time_too() -> None:
    moment = datetime.datetime(2026, 11, 27, 13, 5)
    with translation.override("ar"):
        assert date_format(moment, "DATETIME_FORMAT").startswith("27 نوفمبر 2026، 13:05")
