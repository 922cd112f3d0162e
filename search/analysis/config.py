"""Analysis as data: per language, which stock Elasticsearch components run in which order.

Both engines are built from this. `search.analysis` runs the chains in pure Python for the
embedded engine and for queries; `search.engines.elasticsearch.analysis.index_analysis` turns the
same chains into index settings. Component types and settings are the stock ones of
Elasticsearch 9, nothing else, so that the settings run on an unchanged node.

A language has three analyses:

``analysed``
    the stock analyzer of the language, and our lists around its stemmer;
``folded``
    words as written, without case, accents and spelling variants: no stemming, no stop words;
``stems``
    the folded word and the folded stem beside each other, for readers without the keyboard.

``analysed`` and ``stems`` have a twin for questions that leaves out compound parts: a
question for ``avfallshantering`` must not find every ``hantering``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from search.analysis.lists import read_words
from search.analysis.unicode import (
    compositions,
    folding_table,
    invisible_characters,
    pictographs,
)


@dataclass(frozen=True)
class Component:
    """A named token filter or char filter: its stock ``type`` and its stock ``settings``."""

    name: str
    type: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Chain:
    """One analyzer: char filters, the standard tokenizer, token filters, in order."""

    char_filters: tuple[Component, ...]
    filters: tuple[Component, ...]
    tokenizer: str = "standard"

    def without(self, filter_type: str) -> Chain:
        """The same chain without the filters of one type."""
        kept = tuple(part for part in self.filters if part.type != filter_type)
        return Chain(self.char_filters, kept, self.tokenizer)


@dataclass(frozen=True)
class LanguageAnalysis:
    """The analyses of one language (see the module's docstring)."""

    analysed: Chain
    folded: Chain
    stems: Chain

    @property
    def chains(self) -> dict[str, Chain]:
        """Every chain by the ending of its analyzer's name."""
        return {
            "analysed": self.analysed,
            "analysed_query": self.analysed.without(DECOMPOUNDER),
            "folded": self.folded,
            "stems": self.stems,
            "stems_query": self.stems.without(DECOMPOUNDER),
        }


DECOMPOUNDER = "dictionary_decompounder"

COMPOSE = Component(
    "compose", "mapping", {"mappings": compositions() + invisible_characters() + pictographs()}
)
LOWERCASE = Component("lowercase", "lowercase")
DIGITS = Component("decimal_digit", "decimal_digit")
ARABIC_LETTERS = Component("arabic_normalization", "arabic_normalization")
ASCII = Component("asciifolding", "asciifolding")
NOT_EMPTY = Component("not_empty", "length", {"min": 1})
REPEAT = Component("keyword_repeat", "keyword_repeat")
UNIQUE = Component("remove_duplicates", "remove_duplicates")
FOLDING = (LOWERCASE, DIGITS, ARABIC_LETTERS, ASCII, NOT_EMPTY)

APOSTROPHE = Component("apostrophe", "apostrophe")
POSSESSIVE = Component("english_possessive", "stemmer", {"language": "possessive_english"})
ELISION = Component(
    "french_elision",
    "elision",
    {
        "articles_case": True,
        "articles": [*"cdjlmnst", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"],
    },
)
# `SKR:s`, `EU:s`: the tokenizer keeps a colon between letters, and no stemmer knows it.
COLON_ENDING = Component(
    "swedish_colon", "pattern_replace", {"pattern": ":[a-zåäöA-ZÅÄÖ]{1,4}$", "replacement": ""}
)
# A pattern begins with what a word seldom has: it is tried at every letter of every text.
#
# `belediyedeki` (the one in the municipality) becomes `belediyede`, which the stemmer knows.
RELATIVE_ENDING = Component(
    "turkish_relative",
    "pattern_replace",
    {"pattern": "ki(?<=..[dt][ae]ki)(?:ler(?:i|e|in|de|den)?)?$", "replacement": ""},
)
_BEHIND_CONSONANTS = "|".join(
    f"(?<=[aeiouyåäö][bcdfghjklmnpqrstvxz]{{{count}}}et)" for count in range(1, 6)
)
"""No look behind may be of any length: no word has more than five consonants in a row there."""

# `området` (the area) becomes `områd`, the stem of `område`: Snowball's Swedish stemmer takes
# `-et` off since its third version, the stock one does not. Not where `-et` belongs to the word:
# `myndighet`, `kvalitet`, `paket`, `raket`, `komet`, `planet`, `budget`, `alfabet`, `konkret`.
DEFINITE_ENDING = Component(
    "swedish_definite",
    "pattern_replace",
    {
        "pattern": f"et(?:{_BEHIND_CONSONANTS})"
        "(?<!het)(?<!itet)(?<![prt]aket)(?<!komet)(?<!kret)(?<!arbet)(?<!fabet)(?<!planet)"
        "(?<!magnet)(?<!budget)(?<!internet)(?<!tapet)s?$",
        "replacement": "",
    },
)


def _stop(code: str, name: str) -> Component:
    return Component(f"{code}_stop", "stop", {"stopwords": f"_{name}_"})


def _stemmer(code: str, language: str) -> Component:
    return Component(f"{code}_stemmer", "stemmer", {"language": language})


def _overrides(code: str, purpose: str) -> Component:
    rules = read_words(code, purpose)
    return Component(f"{code}_{purpose}", "stemmer_override", {"rules": list(rules)})


def _also_folded(part: Component) -> Component:
    """An override that also knows its words typed without accents; other filters unchanged.

    Words of three letters stay out: `ısı` (heat) becomes `isi` like `işi` (his work).
    """
    if part.type != "stemmer_override":
        return part
    folded = []
    for rule in part.settings["rules"]:
        words, stem = rule.split("=>")
        plain = [word.strip().translate(folding_table()) for word in words.split(",")]
        if kept := [word for word in plain if len(word) > 3]:
            folded.append(f"{', '.join(kept)} =>{stem}")
    rules = [*part.settings["rules"], *folded]
    return Component(f"{part.name}_folded", part.type, {"rules": rules})


def _analysis(
    *,
    trim: tuple[Component, ...] = (),
    lowercase: tuple[Component, ...] = (LOWERCASE,),
    stop: Component,
    after_stop: tuple[Component, ...] = (),
    stemming: tuple[Component, ...],
) -> LanguageAnalysis:
    """The chains of one language.

    ``trim`` takes off what is not part of the word (an apostrophe's ending, an elided
    article); ``after_stop`` prepares the word for ``stemming``.
    """
    words = (*trim, *lowercase)
    folded_stemming = map(_also_folded, stemming)
    # Every filter is run for every word of a library: none stands where it has nothing to do.
    in_parts = any(part.type == DECOMPOUNDER for part in after_stop)
    unique = (UNIQUE,) if in_parts else ()
    folding = [part for part in FOLDING if part != LOWERCASE]
    return LanguageAnalysis(
        analysed=Chain((COMPOSE,), (*words, stop, *after_stop, *stemming, NOT_EMPTY, *unique)),
        folded=Chain((COMPOSE,), (*trim, *FOLDING)),
        stems=Chain((COMPOSE,), (*words, *after_stop, REPEAT, *folded_stemming, *folding, UNIQUE)),
    )


def _turkish() -> LanguageAnalysis:
    return _analysis(
        trim=(APOSTROPHE,),
        lowercase=(Component("tr_lowercase", "lowercase", {"language": "turkish"}),),
        stop=_stop("tr", "turkish"),
        after_stop=(RELATIVE_ENDING,),
        stemming=(
            _overrides("tr", "overrides"),
            _stemmer("tr", "turkish"),
            _overrides("tr", "stems"),
        ),
    )


def _arabic() -> LanguageAnalysis:
    return _analysis(
        lowercase=(LOWERCASE, DIGITS),
        stop=_stop("ar", "arabic"),
        after_stop=(ARABIC_LETTERS,),
        stemming=(
            _overrides("ar", "overrides"),
            _stemmer("ar", "arabic"),
            _overrides("ar", "stems"),
        ),
    )


# Compounds whose last part says nothing of them: `befolkning` (population) is no `folk` (people).
NOT_CUT = frozenset({"bebyggelse", "befolkning", "livsmedel", "revision"})


def _swedish_decompounders() -> tuple[Component, Component]:
    """The parts that are compounds themselves, then all others.

    Behind a part that it found, a decompounder passes over what begins inside it: in one list
    `dagvatten` (stormwater) would hide `vatten` (water).
    """
    words = read_words("sv", "parts")
    compounds = [
        word for word in words if word not in NOT_CUT and any(part in word[1:] for part in words)
    ]
    others = [word for word in words if word not in compounds]
    return _decompounder("sv_compound_parts", compounds), _decompounder("sv_parts", others)


def _decompounder(name: str, words: list[str]) -> Component:
    return Component(
        name,
        DECOMPOUNDER,
        {
            "word_list": words,
            "min_word_size": 8,
            "min_subword_size": 4,
            "max_subword_size": 15,
            "only_longest_match": True,
        },
    )


def _swedish() -> LanguageAnalysis:
    return _analysis(
        trim=(COLON_ENDING,),
        stop=_stop("sv", "swedish"),
        after_stop=(*_swedish_decompounders(), DEFINITE_ENDING),
        stemming=(
            _overrides("sv", "overrides"),
            _stemmer("sv", "swedish"),
            _overrides("sv", "stems"),
        ),
    )


def _english() -> LanguageAnalysis:
    return _analysis(
        trim=(POSSESSIVE,),
        stop=_stop("en", "english"),
        stemming=(_overrides("en", "overrides"), _stemmer("en", "english")),
    )


def _french() -> LanguageAnalysis:
    return _analysis(
        trim=(ELISION,),
        stop=_stop("fr", "french"),
        stemming=(_stemmer("fr", "light_french"),),
    )


LANGUAGES: dict[str, LanguageAnalysis] = {
    "tr": _turkish(),
    "ar": _arabic(),
    "sv": _swedish(),
    "en": _english(),
    "fr": _french(),
}

OTHER = LanguageAnalysis(*[Chain((COMPOSE,), FOLDING)] * 3)
"""The analysis of a language that has none of its own: folded only."""
