"""Characters: compositions, invisible ones, pictographs, and folding of accents.

Compositions and folding come from Python's Unicode data.
"""

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

# Signs and emoji (Unicode's Extended_Pictographic, as far as characters are assigned; regional
# indicators), each of which the stock tokenizer takes for a word: `™ ↔ ☐ ☎ ▪ ✓`.
_PICTOGRAPHS = """
    a9 ae 203c 2049 2122 2139 2194-2199 21a9-21aa 231a-231b 2328 2388 23cf 23e9-23f3 23f8-23fa
    24c2 25aa-25ab 25b6 25c0 25fb-25fe 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716
    271d 2721 2728 2733-2734 2744 2747 274c 274e 2753-2755 2757 2763-2767 2795-2797 27a1 27b0 27bf
    2934-2935 2b05-2b07 2b1b-2b1c 2b50 2b55
    1f000-1f02b 1f030-1f093 1f0a0-1f0f5 1f10d-1f10f 1f12f 1f16c-1f171 1f17e-1f17f 1f18e
    1f191-1f19a 1f1ad 1f1e6-1f1ff 1f200-1f202 1f21a 1f22f 1f232-1f23a 1f250-1f251 1f260-1f265
    1f300-1f53d 1f546-1f64f 1f680-1f6d8 1f6dc-1f6ec 1f6f0-1f6fc 1f774-1f77f 1f7d5-1f7d9
    1f7e0-1f7eb 1f7f0 1f8b0-1f8bb 1f8c0-1f8c1 1f8d0-1f8d8 1f90c-1f93a 1f93c-1f945
    1f947-1fa53 1fa60-1fa6d 1fa70-1faff
"""

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


def pictographs() -> list[str]:
    """Rules of a ``mapping`` char filter that put a space in the place of each pictograph.

    It would count as a word of a phrase, and no reader writes it in a question.
    """
    rules = []
    for codes in _PICTOGRAPHS.split():
        first, _, last = codes.partition("-")
        rules += [
            f"{chr(code)}=>\u00a0" for code in range(int(first, 16), int(last or first, 16) + 1)
        ]
    return rules


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
