"""The light stemmer for French.

Method: Jacques Savoy, "Light Stemming Approaches for the French, Portuguese, German and
Hungarian Languages" (SAC 2006), in the form Elasticsearch's ``light_french`` has. Snowball's
French stemmer, which cuts more, is not what the stock ``french`` analyzer uses.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class _Rule(NamedTuple):
    """What an ending becomes in a word of more letters than ``longer_than``."""

    longer_than: int
    ending: str
    replacement: str
    final: bool = True


_RULES = (
    _Rule(9, "issement", "ir"),
    _Rule(8, "issant", "ir"),
    _Rule(7, "ivement", "if"),
    _Rule(6, "ement", "e"),
    _Rule(11, "ficatrice", "fier"),
    _Rule(10, "ficateur", "fier"),
    _Rule(9, "catrice", "quer"),
    _Rule(8, "cateur", "quer"),
    _Rule(8, "atrice", "er"),
    _Rule(7, "ateur", "er"),
    _Rule(6, "trice", "teur", final=False),
    _Rule(5, "ième", ""),
    _Rule(7, "teuse", "ter"),
    _Rule(6, "teur", "ter"),
    _Rule(5, "euse", "eu"),
    _Rule(8, "ère", "er"),
    _Rule(7, "ive", "if"),
    _Rule(4, "folle", "fou"),
    _Rule(4, "molle", "mou"),
    _Rule(9, "nnelle", "n"),
    _Rule(9, "nnel", "n"),
    _Rule(4, "ète", "et", final=False),
    _Rule(8, "ique", "", final=False),
    _Rule(8, "esse", "e"),
    _Rule(7, "inage", "in"),
    _Rule(9, "isation", ""),
    _Rule(9, "isateur", ""),
    _Rule(8, "ation", ""),
    _Rule(8, "ition", ""),
)
_PLAIN = str.maketrans("àáâôèéêùûîç", "aaaoeeeuuic")
_DOUBLED = re.compile(r"([^\W\d_])\1+")


def stem(word: str) -> str:
    """The light stem of a lower-case French word."""
    word = _singular(word)
    for rule in _RULES:
        if len(word) > rule.longer_than and word.endswith(rule.ending):
            word = word[: -len(rule.ending)] + rule.replacement
            if rule.final:
                if rule.ending == "isation" and len(word) > 5 and word.endswith("ual"):
                    word = word[:-3] + "uel"
                break
    return _normalise(word)


def _singular(word: str) -> str:
    """Without the plural's x and s; ``-aux`` becomes ``-al``, ``-eaux`` becomes ``-eau``."""
    if len(word) > 5 and word.endswith("x"):
        stem_ = word[:-1]
        word = stem_[:-1] + "l" if stem_.endswith("au") and stem_[-3] != "e" else stem_
    if len(word) > 3 and word.endswith("x"):
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word.endswith("s") else word


def _normalise(word: str) -> str:
    """Plain vowels, single letters, and no final ``ie``, ``r``, ``e``."""
    if len(word) > 4:
        word = _DOUBLED.sub(r"\1", word.translate(_PLAIN))
    if len(word) > 4 and word.endswith("ie"):
        word = word[:-2]
    if len(word) > 4:
        word = word.removesuffix("r").removesuffix("e").removesuffix("e")
        if word[-1] == word[-2] and word[-1].isalpha():
            word = word[:-1]
    return word
