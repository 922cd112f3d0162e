"""Turkish: 8 Mart 2025, without Django's leading zero."""

DATE_FORMAT = "j F Y"
