"""Languages and numbers in templates."""

from __future__ import annotations

from django import template

from cms.labels import language_label, number_label
from cms.languages import BY_CODE, direction_of

register = template.Library()


@register.filter
def direction(code: str) -> str:
    """The writing direction of a language code: ``{{ code|direction }}``."""
    return direction_of(code)


@register.filter(name="language_label")
def label(code: str) -> str:
    """A language's name in the active language."""
    return language_label(code)


@register.filter
def own_name(code: str) -> str:
    """A language's name as its speakers say it."""
    return BY_CODE[code].name


@register.filter
def number(value: int) -> str:
    """A whole number with its digits grouped."""
    return number_label(value)
