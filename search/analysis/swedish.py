"""The Swedish stemmer that Elasticsearch's ``swedish`` has.

Method: Snowball's Swedish algorithm (Martin Porter, 2001) before its third version. PyStemmer
holds the third, which differs (it takes off the definite ``-et``); Lucene 10 still has this one.
"""

from __future__ import annotations

import re

_VOWELS = "aeiouyåäö"
# The region R1: after the first consonant that follows a vowel, and from the fourth letter on.
_BEFORE_REGION = re.compile(f"^.*?[{_VOWELS}][^{_VOWELS}]", re.DOTALL)
_ENDINGS = (
    "heterna|hetens|ornas|heter|heten|ernas|arnas|arens|anden|andet|andes|orna|erns|erna|arne"
    "|arna|aste|aren|ades|ande|het|ern|ens|ast|are|ade|or|es|er|en|at|as|ar|ad|e|a"
)
_MAIN = re.compile(f"(?:{_ENDINGS}|(?<=[bcdfghjklmnoprtvy])s)$")
_CONSONANT_PAIR = re.compile("(?:dd|gd|nn|dt|gt|kt|tt)$")
_OTHER = re.compile("(?:lig|ig|els|(?P<kept>(?<=[iklnprtuv])ös|full)t)$")


def stem(word: str) -> str:
    """The stem of a lower-case Swedish word."""
    found = _BEFORE_REGION.match(word)
    region = max(found.end(), 3) if found else len(word)
    word = _cut(_MAIN, word, region)
    if len(word) - region >= 2 and _CONSONANT_PAIR.search(word, region):
        word = word[:-1]
    return _cut(_OTHER, word, region)


def _cut(ending: re.Pattern[str], word: str, region: int) -> str:
    """The word without an ending that lies in the region, or with what is kept of it."""
    found = ending.search(word, region)
    if not found:
        return word
    return word[: found.start()] + (found.groupdict().get("kept") or "")
