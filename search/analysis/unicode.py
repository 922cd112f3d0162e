"""Characters: compositions, invisible characters and accent folding, from Python's Unicode data."""

from __future__ import annotations

import unicodedata
from functools import cache

# Accented letters of Latin-1 and Latin Extended-A, comma-below letters, Arabic hamza letters.
_COMPOSED = (*range(0xC0, 0x180), *range(0x218, 0x21C), *range(0x622, 0x627))

# Soft hyphen, zero width (non-)joiner, word joiner, directional marks, byte order mark: inside
# a word the standard tokenizer keeps them, so that the word would not be found.
_INVISIBLE = (0xAD, 0x200C, 0x200D, 0x200E, 0x200F, *range(0x202A, 0x202F), 0x2060)
_INVISIBLE_MORE = (0x061C, *range(0x2066, 0x206A), 0xFEFF)

_NO_DECOMPOSITION = {
    "ß": "ss",
    "ẞ": "SS",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ø": "o",
    "Ø": "O",
    "ı": "i",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "TH",
    "’": "'",
    "‘": "'",
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
    """Rules of a ``mapping`` char filter that remove characters no reader sees."""
    return [f"{chr(code)}=>" for code in (*_INVISIBLE, *_INVISIBLE_MORE)]


@cache
def folding_table() -> dict[int, str]:
    """What ``asciifolding`` makes of Latin letters, as a table for `str.translate`."""
    table = {ord(letter): plain for letter, plain in _NO_DECOMPOSITION.items()}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        plain = unicodedata.normalize("NFKD", chr(code)).encode("ascii", "ignore").decode()
        if plain and code not in table:
            table[code] = plain
    return table
