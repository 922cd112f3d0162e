"""The standard tokenizer: words by the rules of UAX #29, and the char filter before it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping

MAX_TOKEN_LENGTH = 255
"""Longer words are cut, as the stock tokenizer does."""

Word = tuple[str, int, int]
"""A word as written and its start and end in the text."""

# Each Han or hiragana letter is a word of its own, as the stock tokenizer has it.
_IDEOGRAPHS = "\u3041-\u3096\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
_JOINERS = "_\u202f\u203f\u2040\u2054\ufe33\ufe34\ufe4d-\ufe4f\uff3f"
_BETWEEN_BOTH = ".'\u2018\u2019\u2024\ufe52\uff07\uff0e"
_BETWEEN_LETTERS = ":\u00b7\u0387\u05f4\u2027\ufe13\ufe55\uff1a" + _BETWEEN_BOTH
_BETWEEN_DIGITS = (
    ",;\u037e\u0589\u060c\u060d\u066c\u07f8\u2044\ufe10\ufe14\ufe50\ufe54\uff0c\uff1b"
    + _BETWEEN_BOTH
)


def _kind(code: int) -> str:
    """``A`` letter, ``N`` digit, ``M`` mark or format character, ``-`` none of these."""
    category = unicodedata.category(chr(code))
    if category == "Nd" or code == 0x66B:  # the Arabic decimal separator counts as a digit
        return "N"
    if category[0] == "M" or (category == "Cf" and code != 0x200B):
        return "M"
    is_letter = category[0] == "L" or category == "Nl"
    return "A" if is_letter and not _IDEOGRAPH.match(chr(code)) else "-"


def _character_classes() -> dict[str, str]:
    """For each `_kind`, the body of a class of a regular expression: the whole BMP."""
    codes: dict[str, list[int]] = {"A": [], "N": [], "M": [], "-": []}
    for code in range(ord("0"), 0x10000):
        codes[_kind(code)].append(code)
    return {kind: _class_body(found) for kind, found in codes.items()}


def _class_body(codes: Iterable[int]) -> str:
    """The body of a class that holds these code points, as ranges."""
    ranges: list[list[int]] = []
    for code in sorted(set(codes)):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


def _word_pattern() -> re.Pattern[str]:
    classes = _character_classes()
    letter, digit, mark = classes["A"], classes["N"], classes["M"]
    run = f"[{letter}{digit}{mark}{_JOINERS}]"
    return re.compile(
        f"[{_IDEOGRAPHS}][{mark}]*"
        f"|(?:[{_JOINERS}][{mark}]*)*[{letter}{digit}]{run}*"
        f"(?:(?:(?<=[{letter}{mark}])[{_BETWEEN_LETTERS}][{mark}]*(?=[{letter}])"
        f"|(?<=[{digit}])[{_BETWEEN_DIGITS}][{mark}]*(?=[{digit}])){run}+)*"
    )


_WORD = _word_pattern()


def words(text: str) -> Iterator[Word]:
    """The words of a text in order, as the stock ``standard`` tokenizer cuts them."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        if end - start <= MAX_TOKEN_LENGTH:
            yield match.group(), start, end
        else:
            for cut in range(start, end, MAX_TOKEN_LENGTH):
                yield (
                    text[cut : min(cut + MAX_TOKEN_LENGTH, end)],
                    cut,
                    min(cut + MAX_TOKEN_LENGTH, end),
                )


def mapped_words(rules: Mapping[str, str]) -> Callable[[str], Iterator[Word]]:
    """A tokenizer behind a ``mapping`` char filter; offsets stay those of the original text.

    Raises:
        ValueError: A key has more than two letters, or begins with the letter that ends another.
            The char filter looks for where a key begins, this for what ends one.
    """
    ends = {key[-1] for key in rules}
    if wrong := [key for key in rules if len(key) > 2 or not ends.isdisjoint(key[:-1])]:
        raise ValueError(f"Keys of more than two letters, or with another's end: {wrong}")
    # What ends a key, and all outside the BMP: one table of the BMP is fastest to look through.
    ordinary = (code for code in range(0x10000) if chr(code) not in ends)
    rare = re.compile(f"[^{_class_body(ordinary)}]")

    def tokenize(text: str) -> Iterator[Word]:
        if not rare.search(text):
            yield from words(text)
            return
        mapped, positions, shifts = _apply(rare, rules, text)
        if len(shifts) == 1:
            yield from words(mapped)
            return
        for word, start, end in words(mapped):
            first = start + shifts[bisect_right(positions, start) - 1]
            last = end + shifts[bisect_right(positions, end) - 1]
            yield word, first, last

    return tokenize


def _apply(
    rare: re.Pattern[str], rules: Mapping[str, str], text: str
) -> tuple[str, list[int], list[int]]:
    """The mapped text, and from which of its positions on which shift leads to the original."""
    pieces: list[str] = []
    positions, shifts = [0], [0]
    length = last = 0
    for match in rare.finditer(text):
        key = _key_before(match.end(), rules, text)
        if key is None:
            continue
        start, replacement = match.end() - len(key), rules[key]
        pieces += text[last:start], replacement
        length += start - last + len(replacement)
        last = match.end()
        if last - length != shifts[-1]:
            positions.append(length)
            shifts.append(last - length)
    pieces.append(text[last:])
    return "".join(pieces), positions, shifts


def _key_before(end: int, rules: Mapping[str, str], text: str) -> str | None:
    """The longest key that ends at a place of the text; keys have one or two letters."""
    for key in (text[max(end - 2, 0) : end], text[end - 1]):
        if key in rules:
            return key
    return None
