"""The fields of the two tantivy indexes, and how a text becomes what they hold.

tantivy gets words that are analysed already, joined by spaces. A term carries the language it
was analysed for (``tr|göç``): one field serves all languages, and a word of one never meets
the same letters of another. Each text stands in three fields:

``words``   the analysed terms with their positions;
``folded``  the folded terms with their positions;
``loose``   without positions: further analysed terms of a word (``sv|avfall``, a compound's
            part), and the folded words and stems (``sv~avfall``).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import tantivy

from cms.languages import BY_CODE
from search.analysis import analyze, fold, fold_stems
from search.plan import OTHER

PARTS = ("title", "summary", "facts", "text")
"""The texts of a slice, each in the three fields of `TextForms`."""

NAMES = ("author", "place")
"""Fields of names: folded, with positions."""

GAP = " ".join(["_"] * 64)
"""Stands between two texts of a field: wider than any phrase, so that none spans both."""

_FILLER = "_"
"""Holds the position of a removed stop word, so that phrases keep their distances."""


class TextForms(NamedTuple):
    """A text as the three fields hold it."""

    words: str = ""
    folded: str = ""
    loose: str = ""


FORMS = TextForms._fields
_OPTIONS = {"words": "position", "folded": "position", "loose": "freq"}


@cache
def slices_schema() -> tantivy.Schema:
    """One document per slice: the texts of an edition with one visibility."""
    builder = tantivy.SchemaBuilder()
    for part in PARTS:
        _add_text(builder, part)
    for name in NAMES:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    builder.add_unsigned_field("ordinal", fast=True)
    builder.add_unsigned_field("stamp", indexed=True)
    return builder.build()


@cache
def passages_schema() -> tantivy.Schema:
    """One document per passage."""
    builder = tantivy.SchemaBuilder()
    _add_text(builder, "text")
    builder.add_unsigned_field("ordinal", fast=True)
    builder.add_unsigned_field("slice", indexed=True)
    builder.add_unsigned_field("stamp", indexed=True)
    return builder.build()


def _add_text(builder: tantivy.SchemaBuilder, part: str) -> None:
    for form, option in _OPTIONS.items():
        builder.add_text_field(f"{part}_{form}", tokenizer_name="whitespace", index_option=option)


def language_key(language: str) -> str:
    """The language whose analysis a text gets: its own, or `OTHER`."""
    return language if language in BY_CODE else OTHER


def analysed_term(language: str, term: str) -> str:
    """An analysed term as the fields hold it."""
    return _unbroken(f"{language}|{term}")


def stem_term(language: str, term: str) -> str:
    """A folded word or stem as the field ``loose`` holds it."""
    return _unbroken(f"{language}~{term}")


def _unbroken(term: str) -> str:
    # A narrow no-break space joins digits to one word; tantivy would cut there.
    return term.replace("\u202f", "_")


def text_forms(text: str, language: str) -> TextForms:
    """A text of one language as the fields hold it."""
    key = language_key(language)
    words: list[str] = []
    folded: list[str] = []
    loose: list[str] = []
    for token in fold(text, key):
        forms = _word_forms(text[token.start : token.end], key)
        for target in (words, folded):
            target.extend([_FILLER] * (token.position - len(target)))
        words.append(forms.words)
        folded.append(forms.folded)
        if forms.loose:
            loose.append(forms.loose)
    return TextForms(" ".join(words), " ".join(folded), " ".join(loose))


_word_cache: dict[tuple[str, str], TextForms] = {}
_REMEMBERED_WORDS = 1 << 18


def _word_forms(word: str, language: str) -> TextForms:
    """One word, as written, in its three forms; remembered, because words come again."""
    key = (language, word)
    forms = _word_cache.get(key)
    if forms is None:
        if len(_word_cache) >= _REMEMBERED_WORDS:
            _word_cache.clear()
        forms = _word_cache[key] = _make_word_forms(word, language)
    return forms


def _make_word_forms(word: str, language: str) -> TextForms:
    analysed = [analysed_term(language, token.term) for token in analyze(word, language)]
    stems = [stem_term(language, token.term) for token in fold_stems(word, language)]
    folded = [analysed_term(language, token.term) for token in fold(word, language)]
    return TextForms(
        words=analysed[0] if analysed else _FILLER,
        folded=folded[0] if folded else _FILLER,
        loose=" ".join([*analysed[1:], *stems]),
    )


def names_text(names: Iterable[str]) -> str:
    """Names as a field of `NAMES` holds them: folded by no language's rules."""
    return f" {GAP} ".join(
        " ".join(analysed_term(OTHER, token.term) for token in fold(name, OTHER)) for name in names
    )
