"""Numbers in addresses."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter


class NumberConverter(IntConverter):
    """A whole number that every database can be asked for: more digits lead nowhere."""

    regex = "[0-9]{1,9}"


register_converter(NumberConverter, "number")
