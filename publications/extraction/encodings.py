"""From the bytes of a text file to text: Unicode, or the 8-bit encodings our files come in.

UTF-8 and UTF-16 are told by validity. The 8-bit encodings are all valid for nearly any bytes,
so they are told by plausibility: how well the letters of each word fit an alphabet of the
library's languages. It works on a few words as well as on a book. What an HTML page declares
is not asked: Turkish pages often declare ISO 8859-1.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

_SAMPLE = 200_000  # bytes looked at
_MAX_CONTROL_SHARE = 0.05

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_CONTROL_BYTES = bytes(byte for byte in (*range(32), 127) if byte not in b"\t\n\r\f\x1b")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_WORD = re.compile(r"[^\W\d_]+[\u064b-\u0652]*(?:[^\W\d_]|[\u064b-\u0652])*")


@dataclass(frozen=True, slots=True)
class _Encoding:
    name: str
    letters: frozenset[str]
    """The letters beyond ASCII that texts in it are made of."""


_FRENCH = "éèêëàâîïôûùüçœæÿ"
_ARABIC = "ءآأؤإئابةتثجحخدذرزسشصضطظعغـفقكلمنهوىيپچژگکیہھےں"
_COMMON_ARABIC = frozenset("اليمونرتبةعدهسفكقحأ")


def _both_cases(letters: str) -> frozenset[str]:
    return frozenset(letters + letters.upper())


_ENCODINGS = (
    _Encoding("cp1252", _both_cases("åäö" + _FRENCH)),
    _Encoding("cp1254", _both_cases("çğöşüâîû") | frozenset("ıİ")),
    _Encoding("cp1256", frozenset(_ARABIC) | frozenset(_FRENCH)),
    _Encoding("iso8859-6", frozenset(_ARABIC)),
)


def looks_like_text(head: bytes) -> bool:
    """Whether these first bytes of a file can be text: hardly any control characters."""
    if any(head.startswith(bom) for bom, _ in _BOMS) or _utf16_without_bom(head):
        return True
    controls = len(head) - len(head.translate(None, _CONTROL_BYTES))
    return controls <= _MAX_CONTROL_SHARE * len(head)


def decode_text(data: bytes) -> str:
    """The text of a file; never fails.

    Control characters and invalid bytes are left out, line ends become ``\\n``, letters are
    composed (NFC).
    """
    text = _decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


def _decode(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "ignore")
    wide = _utf16_without_bom(data)
    if wide:
        return data.decode(wide, "ignore")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if _is_damaged_utf8(data):
        return data.decode("utf-8", "ignore")
    return data.decode(_likeliest(data), "ignore")


def _utf16_without_bom(data: bytes) -> str:
    """UTF-16 shows as NUL in every other byte, in scripts whose spaces are ASCII."""
    head = data[:2000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    least = max(2, len(head) // 20)
    if odd >= least and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even >= least and odd == 0 else ""


def _is_damaged_utf8(data: bytes) -> bool:
    """UTF-8 with single bytes gone wrong: many valid sequences, few errors."""
    text = data[:_SAMPLE].decode("utf-8", "replace")
    errors = text.count("\ufffd")
    valid = sum(1 for character in text if character > "\x7f") - errors
    return valid >= 4 and errors * 3 <= valid


def _likeliest(data: bytes) -> str:
    sample = data[:_SAMPLE]
    return max(_ENCODINGS, key=lambda encoding: _plausibility(sample, encoding)).name


def _plausibility(data: bytes, encoding: _Encoding) -> float:
    text = data.decode(encoding.name, "replace")
    score = -3.0 * len(_CONTROLS.findall(text)) - 3.0 * text.count("\ufffd")
    for match in _WORD.finditer(text):
        word = match.group()
        if not word.isascii():
            score += _word_plausibility(word, encoding.letters)
    return score


def _word_plausibility(word: str, letters: frozenset[str]) -> float:
    arabic = sum(1 for character in word if "\u0600" <= character <= "\u06ff")
    if 0 < arabic < len(word):
        return -2.0 * min(arabic, len(word) - arabic)
    score = 0.0
    for place, character in enumerate(word):
        if arabic:
            score += _arabic_plausibility(word, place)
        elif not character.isascii():
            score += 1.0 if character in letters else -2.0
            capital_inside = character.isupper() and place and word[place - 1].islower()
            score -= 1.0 if capital_inside else 0.0
    return score


def _arabic_plausibility(word: str, place: int) -> float:
    character = word[place]
    if "\u064b" <= character <= "\u064d":  # tanwin ends a word, at most an alef follows
        return 0.0 if place >= len(word) - 2 else -2.0
    if character in _COMMON_ARABIC:
        return 1.0
    return 0.3 if character in _ARABIC or unicodedata.combining(character) else -1.0
