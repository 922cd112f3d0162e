"""Arabic letters and the light10 stemmer.

Method: Larkey, Ballesteros and Connell, "Light Stemming for Arabic Information Retrieval"
(2007); order and minimal lengths as Elasticsearch's ``arabic_normalization`` and ``stemmer``
(``arabic``) have them, so that both engines keep the same words together.
"""

from __future__ import annotations

_MARKS = "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652"
_TATWEEL = "\u0640"
_SPELLINGS = {
    **dict.fromkeys("آأإ", "ا"),
    "ى": "ي",
    "ة": "ه",
    **dict.fromkeys(_MARKS + _TATWEEL),
}
_TABLE = {ord(letter): plain for letter, plain in _SPELLINGS.items()}

_PREFIXES = ("ال", "وال", "بال", "كال", "فال", "لل", "و")
_SUFFIXES = ("ها", "ان", "ات", "ون", "ين", "يه", "ية", "ه", "ة", "ي")


def normalize(word: str) -> str:
    """One spelling for alef, yeh and teh marbuta; without tatweel and vowel marks."""
    return word.translate(_TABLE)


def stem(word: str) -> str:
    """The light10 stem of a normalised word: one prefix off, then each suffix in turn."""
    for prefix in _PREFIXES:
        shortest = 4 if len(prefix) == 1 else len(prefix) + 2
        if len(word) >= shortest and word.startswith(prefix):
            word = word[len(prefix) :]
            break
    for suffix in _SUFFIXES:
        if len(word) >= len(suffix) + 2 and word.endswith(suffix):
            word = word[: -len(suffix)]
    return word
