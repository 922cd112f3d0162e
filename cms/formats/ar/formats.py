"""Arabic: 8 مارس 2025, without Django's comma, as a month and a year are written."""

DATE_FORMAT = "j F Y"
