"""What languages, numbers and lists look like in the language of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.utils.formats import number_format
from django.utils.translation import get_language, get_language_info, pgettext

from cms.collation import title_key, without_article
from cms.languages import BY_CODE, DEFAULT_LANGUAGE

Thing = TypeVar("Thing")


def language_label(code: str) -> str:
    """A language's name in the active language; its own name where there is no translation."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        language = BY_CODE.get(code)
        return language.name if language else code


def number_label(value: int) -> str:
    """A whole number as the active language groups its digits."""
    return number_format(value, decimal_pos=0, use_l10n=True, force_grouping=value >= 10_000)


def list_label(items: Iterable[object]) -> str:
    """The names of some things, with the active language's comma between them."""
    return pgettext("between the names in a list", ", ").join(str(item) for item in items)


def in_order(
    things: Iterable[Thing], name: Callable[[Thing], str] = str, language: str | None = None
) -> list[Thing]:
    """Things by their names, as readers of a language (the active one by default) look for them.

    Arabic names stand without their article, as its indexes have them.
    """
    code = language or get_language() or DEFAULT_LANGUAGE
    return sorted(things, key=lambda thing: title_key(without_article(name(thing)), code))
