"""The English stemmer that Elasticsearch's ``english`` has.

Method: Martin Porter, "An algorithm for suffix stripping" (1980), with the two later changes of
its author (``-bly``, ``-logy``) that Lucene has and Snowball's ``porter`` has not. Lucene also
takes any doubled consonant but ``l``, ``s``, ``z`` apart, as Porter's paper has it; Snowball's
``porter`` only those of its list.
"""

from __future__ import annotations

import re

import Stemmer

# `assembly` is stemmed as `assemble` and `technology` as `technolog` after at least one vowel
# and consonant (Porter's measure m > 0: not in `biology`).
_MEASURED = "(?P<start>.*(?:[aeiou][^aeiou]|[^aeiou]y[^aeiouy]).*)"
_LATER_CHANGES = re.compile(f"{_MEASURED}(?:bl(?P<bly>y|ies|i)|log(?:y|ies|i))$")
# `trekking` is stemmed as `trek`: the doubled letters that Snowball does not take apart. Of `yy`
# the second is a consonant only after a consonant; letters outside the BMP are two for Lucene.
_DOUBLED = re.compile(
    "(?P<stem>.*(?P<letter>[^aeiouybdfglmnprstz\U00010000-\U0010ffff]|(?<=[^aeiouy])y))"
    "(?P=letter)(?:ed|ing)s?$"
)
_VOWEL = re.compile("[aeiou]|[^aeiou]y")
APOSTROPHES = ("'", "\u2019", "\uff07")
_porter = Stemmer.Stemmer("porter", 0)


def stem(word: str) -> str:
    """The Porter stem of a lower-case English word."""
    if len(word) < 3:
        return word
    if found := _LATER_CHANGES.match(word):
        word = found["start"] + ("ble" if found["bly"] else "log")
    elif (found := _DOUBLED.match(word)) and _VOWEL.search(found["stem"]):
        word = found["stem"]
    return str(_porter.stemWord(word))


def without_possessive(word: str) -> str:
    """The word without ``'s``."""
    return word[:-2] if word[-1:] in "sS" and word[-2:-1] in APOSTROPHES else word
