"""Languages, names and numbers in templates."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from cms.labels import language_label, list_label, number_label
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
def lang_dir(name: object, language: str = "") -> SafeString:
    """Attributes of the element that a name stands in: ``<h1{{ place|lang_dir }}>``.

    None where its language is the page's (or that of the text around it, ``language``) or unknown.
    """
    own = getattr(str(name), "language", "")
    if not own or own == (language or get_language()):
        return SafeString("")
    return format_html(' lang="{}" dir="{}"', own, direction_of(own))


@register.filter
def named(thing: object, language: str = "") -> SafeString:
    """What a thing is called, kept apart from the text around it, with its own language.

    A name that there is not in the page's language (or ``language``) is shown in another:
    ``{{ place|named }}``. For a text that is no name it is the element alone.
    """
    name = str(thing)
    return format_html("<bdi{}>{}</bdi>", lang_dir(name, language), name)


@register.filter
def all_named(things: Iterable[object]) -> SafeString:
    """What several things are called, with the active language's comma between them."""
    return mark_safe(list_label(named(thing) for thing in things))  # noqa: S308 - escaped each


@register.filter
def foreign_label(code: str) -> SafeString:
    """The label of what is not in the page's language: ``{{ edition.language|foreign_label }}``."""
    if code == get_language():
        return SafeString("")
    return format_html(' <span class="language-label">{}</span>', language_label(code))


@register.filter
def own_name(code: str) -> str:
    """A language's name as its speakers say it."""
    return BY_CODE[code].name


@register.filter
def number(value: int) -> str:
    """A whole number with its digits grouped."""
    return number_label(value)
