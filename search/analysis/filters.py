"""Stock token filters in pure Python: one builder per Elasticsearch filter type.

A filter takes and gives the terms that stand at one position: first the word, then what was
added to it. No filter looks beyond one position, so that a whole chain can be remembered per
word. An empty list is a removed word; its position stays empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import Stemmer

from search.analysis import arabic, english, french, swedish
from search.analysis.lists import read_words
from search.analysis.unicode import folding_table

Settings = Mapping[str, Any]


class Term(NamedTuple):
    """A term in the making; a ``keyword`` is not stemmed any more."""

    text: str
    keyword: bool = False


Terms = list[Term]
TokenFilter = Callable[[Terms], Terms]

STOP_LISTS = {
    "_arabic_": "ar",
    "_english_": "en",
    "_french_": "fr",
    "_swedish_": "sv",
    "_turkish_": "tr",
}
"""Elasticsearch's names of its stop lists, and the language whose file holds the same words."""


def _each(change: Callable[[str], str]) -> TokenFilter:
    """A filter that changes every term by itself."""
    return lambda terms: [Term(change(text), keyword) for text, keyword in terms]


def _lowercase(settings: Settings) -> TokenFilter:
    if settings.get("language") == "turkish":
        return _each(lambda text: text.replace("I", "ı").replace("İ", "i").lower())
    return _each(lambda text: text.replace("İ", "i").lower())


def _apostrophe(_settings: Settings) -> TokenFilter:
    apostrophe = re.compile("['\u2019].*", re.DOTALL)
    return _each(lambda text: apostrophe.sub("", text))


def _elision(settings: Settings) -> TokenFilter:
    articles = {article.lower() for article in settings["articles"]}

    def elide(text: str) -> str:
        for index, letter in enumerate(text):
            if letter in "'\u2019":
                return text[index + 1 :] if text[:index].lower() in articles else text
        return text

    return _each(elide)


def _stop(settings: Settings) -> TokenFilter:
    words = frozenset(read_words(STOP_LISTS[settings["stopwords"]], "stop"))
    return lambda terms: [term for term in terms if term.text not in words]


def _length(settings: Settings) -> TokenFilter:
    shortest = settings["min"]
    return lambda terms: [term for term in terms if len(term.text) >= shortest]


def _decimal_digit(_settings: Settings) -> TokenFilter:
    digits = re.compile(r"[^\D0-9]")
    return _each(
        lambda text: digits.sub(lambda match: str(unicodedata.decimal(match.group())), text)
    )


def _pattern_replace(settings: Settings) -> TokenFilter:
    pattern = re.compile(settings["pattern"])
    replacement = settings["replacement"].replace("$", "\\")  # Java writes `$1` for a group
    return _each(lambda text: pattern.sub(replacement, text))


def _keyword_repeat(_settings: Settings) -> TokenFilter:
    return lambda terms: [Term(text, keyword) for text, _ in terms for keyword in (True, False)]


def _stemmer_override(settings: Settings) -> TokenFilter:
    rules: dict[str, str] = {}
    for rule in settings["rules"]:
        words, stem = rule.split("=>")
        for word in words.split(","):
            rules.setdefault(word.strip(), stem.strip())  # the first rule of a word counts

    def override(terms: Terms) -> Terms:
        return [
            term if term.keyword or term.text not in rules else Term(rules[term.text], True)
            for term in terms
        ]

    return override


STEMMERS: dict[str, Callable[[str], str]] = {
    "arabic": arabic.stem,
    "english": english.stem,
    "light_french": french.stem,
    "possessive_english": english.without_possessive,
    "swedish": swedish.stem,
    "turkish": Stemmer.Stemmer("turkish", 0).stemWord,
}
"""Stemmers by the name the stock ``stemmer`` filter has for them."""


def _stemmer(settings: Settings) -> TokenFilter:
    stem = STEMMERS[settings["language"]]
    return lambda terms: [term if term.keyword else Term(stem(term.text)) for term in terms]


def _remove_duplicates(_settings: Settings) -> TokenFilter:
    def unique(terms: Terms) -> Terms:
        first: dict[str, Term] = {}
        for term in terms:
            first.setdefault(term.text, term)
        return list(first.values())

    return unique


def _dictionary_decompounder(settings: Settings) -> TokenFilter:
    words = frozenset(settings["word_list"])
    shortest_word = settings["min_word_size"]
    shortest, longest = settings["min_subword_size"], settings["max_subword_size"]
    only_longest = settings.get("only_longest_match", False)

    def parts(text: str) -> list[str]:
        """The words of the list inside the text.

        If only the longest counts, the search goes on behind it: a part that begins inside
        the part just found is passed over.
        """
        found: list[str] = []
        start = 0
        while start <= len(text) - shortest:
            ends = range(start + shortest, min(start + longest, len(text)) + 1)
            matches = [text[start:end] for end in ends if text[start:end] in words]
            if only_longest and matches:
                found.append(matches[-1])
                start += len(matches[-1])
            else:
                found += matches
                start += 1
        return found

    def decompound(terms: Terms) -> Terms:
        return [
            part
            for term in terms
            for part in (
                term,
                *(
                    Term(text, term.keyword)
                    for text in (parts(term.text) if len(term.text) >= shortest_word else ())
                ),
            )
        ]

    return decompound


BUILDERS: dict[str, Callable[[Settings], TokenFilter]] = {
    "apostrophe": _apostrophe,
    "arabic_normalization": lambda _settings: _each(arabic.normalize),
    "asciifolding": lambda _settings: _each(lambda text: text.translate(folding_table())),
    "decimal_digit": _decimal_digit,
    "dictionary_decompounder": _dictionary_decompounder,
    "elision": _elision,
    "keyword_repeat": _keyword_repeat,
    "length": _length,
    "lowercase": _lowercase,
    "pattern_replace": _pattern_replace,
    "remove_duplicates": _remove_duplicates,
    "stemmer": _stemmer,
    "stemmer_override": _stemmer_override,
    "stop": _stop,
}
"""Builders by stock filter type: settings in, filter out."""
