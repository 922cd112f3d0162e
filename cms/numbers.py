"""Numbers of rows in addresses: no longer than a database can hold.

Django's own ``int`` takes any number of digits, and one too large would end in an error of the
database instead of “not found”.
"""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter


class RowConverter(IntConverter):
    """The number of a row: ``<row:work>``."""

    regex = "[0-9]{1,9}"


register_converter(RowConverter, "row")
