"""Arabic: 8 مارس 2025، 14:30, without Django's comma before the year.

Django has no pattern for a day with its time, and would put the month first.
"""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y، H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
