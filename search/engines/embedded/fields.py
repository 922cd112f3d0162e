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
from functools import cache, lru_cache
from typing import NamedTuple

import tantivy

from cms.languages import BY_CODE
from search.analysis import analyze, fold, fold_stems, words_of
from search.engines.spellings import Spelling, spelling
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
    builder.add_unsigned_field("slice", indexed=True, fast=True)
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


def text_forms(text: str, language: str, vocabulary: set[Spelling] | None = None) -> TextForms:
    """A text of one language as the fields hold it; adds its spellings to a vocabulary."""
    key = language_key(language)
    forms = [_word_forms(word, key) for word, _, _ in words_of(text)]
    if vocabulary is not None:
        vocabulary.update([spelling for form in set(forms) if (spelling := form.spelling)])
    return TextForms(
        " ".join([form.words for form in forms]),
        " ".join([form.folded for form in forms]),
        " ".join([form.loose for form in forms if form.loose]),
    )


class _WordForms(NamedTuple):
    """One word, as a text has it, in its three forms, and as a spelling."""

    words: str = _FILLER
    folded: str = _FILLER
    loose: str = ""
    spelling: Spelling | None = None


@lru_cache(maxsize=1 << 18)
def _word_forms(word: str, language: str) -> _WordForms:
    """The forms of a word; remembered, because words come again."""
    analysed = [analysed_term(language, token.term) for token in analyze(word, language)]
    stems = [stem_term(language, token.term) for token in fold_stems(word, language)]
    folded = [token.term for token in fold(word, language)]
    return _WordForms(
        words=analysed[0] if analysed else _FILLER,
        folded=analysed_term(language, folded[0]) if folded else _FILLER,
        loose=" ".join([*analysed[1:], *stems]),
        spelling=spelling(word, folded[0], language) if folded else None,
    )


def names_text(names: Iterable[str]) -> str:
    """Names as a field of `NAMES` holds them: folded by no language's rules."""
    return f" {GAP} ".join(
        " ".join(analysed_term(OTHER, token.term) for token in fold(name, OTHER)) for name in names
    )
