"""What in a question may be somebody's: it is never stored, not even hashed.

Better one question too many than one number: every long row of digits counts as a phone or an
identity number, whatever its check digit says, for people mistype. Spared are years, ISBN-13
and DOI.
"""

from __future__ import annotations

import re
import unicodedata

from publications.identifiers import isbn_is_valid

FEWEST_DIGITS = 7
"""Digits of the shortest phone numbers; identity numbers have ten to twelve."""

_MAIL = re.compile(r"\S\s?[@＠﹫]\s?\S")
_BETWEEN = r"[^\w]|_"
_NUMBER = re.compile(rf"\d(?:(?:{_BETWEEN}){{0,3}}\d){{{FEWEST_DIGITS - 1},}}")
_YEARS = re.compile(r"(?:19|20)\d\d(?:\D+(?:19|20)\d\d)+")
_DOI = re.compile(r"\b10\.\d{4,9}/\S+")


def plain(text: str) -> str:
    """A question as it is compared and stored: one spelling of letters and digits, lower case."""
    text = unicodedata.normalize("NFKC", text)
    text = "".join(_plain_sign(sign) for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join(text.replace("İ", "i").casefold().split())


def may_be_personal(text: str) -> bool:
    """Whether a text holds what looks like a mail address, a phone or an identity number."""
    text = plain(text)
    if _MAIL.search(text):
        return True
    return any(_is_somebodys(found.group()) for found in _NUMBER.finditer(_DOI.sub(" ", text)))


def _plain_sign(sign: str) -> str:
    """A digit of any script as one of ours; Arabic and Persian ones are typed here."""
    number = unicodedata.decimal(sign, None)
    return sign if number is None else str(number)


def _is_somebodys(number: str) -> bool:
    if _YEARS.fullmatch(number):
        return False
    digits = "".join(sign for sign in number if sign.isdigit())
    is_isbn = len(digits) == 13 and digits.startswith(("978", "979"))
    return not (is_isbn and isbn_is_valid(digits))
