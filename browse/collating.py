"""Names under the letters of an alphabet."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, TypeVar

from cms.collation import without_article
from cms.labels import in_order

Thing = TypeVar("Thing")

_DIGRAPHS = {"sv": "ÅÄÖ", "tr": "ÇĞIİÖŞÜ"}
"""Letters that stand for themselves in an alphabet; any other accent is taken off."""

_ALEFS = dict.fromkeys(map(ord, "أإآٱ"), "ا")


@dataclass(frozen=True, slots=True)
class Letter(Generic[Thing]):
    """A letter of the alphabet with what begins with it."""

    letter: str
    things: tuple[Thing, ...]


def by_letter(
    things: Iterable[Thing], name: Callable[[Thing], str], language: str
) -> list[Letter[Thing]]:
    """Things in order, under the first letters of their names."""
    ordered = in_order(things, name, language)
    groups = groupby(ordered, key=lambda thing: first_letter(name(thing), language))
    return [Letter(letter, tuple(group)) for letter, group in groups]


def first_letter(name: str, language: str) -> str:
    """The letter of a language's alphabet that a name is found under; “#” for none."""
    sign = next((sign for sign in without_article(name) if sign.isalpha()), "#")
    upper = {"i": "İ", "ı": "I"}.get(sign, sign.upper()) if language == "tr" else sign.upper()
    if upper in _DIGRAPHS.get(language, ""):
        return upper
    return unicodedata.normalize("NFKD", upper.translate(_ALEFS))[0]
