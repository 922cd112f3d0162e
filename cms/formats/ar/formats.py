"""Arabic: Django has no pattern for a day with its time, and would put the month first."""

DATETIME_FORMAT = "j F، Y، H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
