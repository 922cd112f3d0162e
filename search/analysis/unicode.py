"""Characters: compositions, invisible characters and accent folding, from Python's Unicode data."""

from __future__ import annotations

import unicodedata
from functools import cache

# Accented letters of Latin-1 and Latin Extended-A, comma-below letters, Arabic hamza letters.
_COMPOSED = (*range(0xC0, 0x180), *range(0x218, 0x21C), *range(0x622, 0x627))

_ACCENTED = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
# Ligatures (`ﬁ`) and full-width letters and digits.
_PRINTED = (*range(0xFB00, 0xFB07), *range(0xFF01, 0xFF5F))

# Soft hyphen, zero width (non-)joiner, word joiner, directional marks, byte order mark: inside
# a word the standard tokenizer keeps them, so that the word would not be found.
_INVISIBLE = "\u00ad\u061c\u200c\u200d\u200e\u200f\u2060\ufeff"
_DIRECTIONS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
# What French sets before `»` and `!` and inside numbers: the tokenizer takes it for a letter.
_NARROW_SPACE = "\u202f"

_NO_DECOMPOSITION = {
    **{"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "ǣ": "ae", "ǽ": "ae", "œ": "oe", "Œ": "OE"},
    **{"ø": "o", "Ø": "O", "ǿ": "o", "ı": "i", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"},
    **{"ð": "d", "Ð": "D", "þ": "th", "Þ": "TH", "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N"},
    **{"ŧ": "t", "Ŧ": "T", "ĸ": "q", "ə": "a", "Ə": "A", "’": "'", "‘": "'", "⁄": "/"},
}


def compositions() -> list[str]:
    """Rules of a ``mapping`` char filter that put a letter and its combining mark together.

    Files written on a Mac hold ``o`` + U+0308 for ``ö``. Also ``i`` + U+0307, which careless
    lower-casing makes of ``İ``, becomes ``i``.
    """
    rules = []
    for code in _COMPOSED:
        pair = unicodedata.normalize("NFD", chr(code))
        if len(pair) > 1:
            rules.append(f"{pair}=>{chr(code)}")
    return [*rules, "i\u0307=>i"]


def invisible_characters() -> list[str]:
    """Rules of a ``mapping`` char filter that remove what no reader sees inside a word."""
    return [
        *(f"{character}=>" for character in _INVISIBLE + _DIRECTIONS),
        f"{_NARROW_SPACE}=>\u00a0",
    ]


@cache
def folding_table() -> dict[int, str]:
    """What ``asciifolding`` makes of Latin letters, as a table for `str.translate`.

    The phonetic alphabet, which the stock filter folds too, is left as it is.
    """
    table = {ord(letter): plain for letter, plain in _NO_DECOMPOSITION.items()}
    for code in (0xAA, 0xBA, *_ACCENTED, *_PRINTED):
        plain = unicodedata.normalize("NFKD", chr(code)).encode("ascii", "ignore").decode()
        if plain and code not in table:
            table[code] = plain
    return table
