"""Titles and names in the order that readers of a language expect, whatever the database sorts by.

Case is ignored; an accent decides only between titles that are otherwise alike, except for
letters that a language has as letters of their own (Swedish å ä ö, Turkish ç ğ ı ö ş ü):
those stand where its alphabet has them. Arabic spelling variants are one, vowel marks and
tatweel nothing. Digits come first, then Latin, then Arabic; numbers sort by value.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_OWN_LETTERS = {
    "sv": {"å": "z~1", "ä": "z~2", "ö": "z~3", "æ": "z~2", "ø": "z~3"},
    "tr": {"ç": "c~", "ğ": "g~", "ı": "h~", "ö": "o~", "ş": "s~", "ü": "u~"},
}
"""Letters of a language's alphabet, each after the letter that it follows there (``~`` sorts after
all Latin letters)."""

_PLAIN = {"ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ð": "d"}
_ARABIC = {"ى": "ي", "ة": "ه", "ـ": "", "ٱ": "ا"}
_NUMBER = re.compile(r"\d+")
_SEPARATORS = re.compile(r"[\W_]+")

_ARTICLE = "ال"

TitleKey = tuple[str, str]


def without_article(name: str) -> str:
    """An Arabic name without the article at its beginning; any other as it is."""
    return name.removeprefix(_ARTICLE) if len(name) > len(_ARTICLE) + 1 else name


def title_key(title: str, language: str) -> TitleKey:
    """What to sort a title by for readers of a language: the letters, then the accents."""
    lowered = unicodedata.normalize("NFC", title)
    if language == "tr":
        lowered = lowered.replace("I", "ı")
    lowered = lowered.replace("İ", "i").lower()
    spaced = _SEPARATORS.sub(" ", _NUMBER.sub(_sortable, lowered)).strip()
    return "".join(_letter(sign, language) for sign in spaced), lowered


def _sortable(number: re.Match[str]) -> str:
    """Digits with their count before them, so that 9 comes before 10."""
    digits = str(int(number.group()))
    return f"{min(len(digits), 99):02}{digits}"


@cache
def _letter(sign: str, language: str) -> str:
    own = _OWN_LETTERS.get(language, {})
    for letters in (own, _PLAIN, _ARABIC):
        if sign in letters:
            return letters[sign]
    parts = unicodedata.normalize("NFKD", sign)
    return "".join(part for part in parts if not unicodedata.combining(part))
