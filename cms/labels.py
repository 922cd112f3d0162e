"""What languages and numbers are called in the language of the page."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import get_language_info

from cms.languages import BY_CODE


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
