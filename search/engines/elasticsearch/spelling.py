"""Better spellings, from the words of public texts.

The suggester proposes words that the index has, those of replaced documents included; so each is
counted in the works that are there before it is offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz.distance import OSA

from search.engines.elasticsearch.client import Budget
from search.engines.spellings import correctable, readings_anywhere, wrong_letters

_PROPOSALS = 50
_PATTERN_LENGTH = 900
"""A pattern of at most 1000 characters is allowed."""


@dataclass(slots=True)
class _Typed:
    """A word to be spelt better: as typed, and folded."""

    text: str
    word: str
    proposals: list[str] = field(default_factory=list)

    @property
    def distance(self) -> int:
        return wrong_letters(self.word)

    def rank(self, word: str) -> tuple[int, bool]:
        """How far another word is: by letters, then whether it begins with another one."""
        return OSA.distance(self.word, word), word[0] != self.word[0]


def better_spellings(budget: Budget, index: str, words: Sequence[str]) -> dict[str, str]:
    """The best spelling for each word that public texts do not hold, where there is one."""
    typed = [_Typed(text, word) for text in words if (word := correctable(text))]
    if not typed:
        return {}
    answer = budget.ask(lambda es: es.search(index=index, **_propose(typed)))
    for number, one in enumerate(typed):
        if not answer["aggregations"]["held"]["buckets"][str(number)]["doc_count"]:
            one.proposals = _near(one, answer["suggest"][str(number)])
    typed = [one for one in typed if one.proposals]
    if not typed:
        return {}
    answer = budget.ask(lambda es: es.search(index=index, **_count(typed)))
    found = {
        one.text: _best(one, answer["aggregations"][str(number)]["written"]["buckets"])
        for number, one in enumerate(typed)
    }
    return {text: written for text, written in found.items() if written}


def _propose(typed: Sequence[_Typed]) -> dict[str, Any]:
    """Asks which words are held, and for words that are near."""
    return {
        "size": 0,
        "aggs": {
            "held": {
                "filters": {
                    "filters": {
                        str(number): {"terms": {"spelling": sorted(readings_anywhere(one.text))}}
                        for number, one in enumerate(typed)
                    }
                }
            }
        },
        "suggest": {str(number): _suggester(one) for number, one in enumerate(typed)},
    }


def _suggester(one: _Typed) -> dict[str, Any]:
    options = {
        "field": "spelling",
        "suggest_mode": "always",
        "max_edits": one.distance,
        "prefix_length": 0,
        "min_word_length": len(one.word),
        "max_term_freq": 0.99,
        "accuracy": 0.0,
        "size": _PROPOSALS,
    }
    return {"text": one.word, "term": options}


def _near(one: _Typed, suggestions: Iterable[Mapping[str, Any]]) -> list[str]:
    """The proposed words near enough, nearest and most frequent first."""
    options = [option for suggestion in suggestions for option in suggestion["options"]]
    near = [option for option in options if one.rank(option["text"])[0] <= one.distance]
    near.sort(key=lambda option: (*one.rank(option["text"]), -option["freq"]))
    kept: list[str] = []
    for option in near:
        if len("|".join([*kept, option["text"]])) < _PATTERN_LENGTH:
            kept.append(option["text"])
    return kept


def _count(typed: Sequence[_Typed]) -> dict[str, Any]:
    """Asks how many works hold each proposal, in each of its written forms."""
    return {
        "size": 0,
        "aggs": {
            str(number): {
                "filter": {"terms": {"spelling": one.proposals}},
                "aggs": {
                    "written": {
                        "terms": {
                            "field": "written",
                            "include": f"({'|'.join(one.proposals)}) .*",
                            "size": 1000,
                        }
                    }
                },
            }
            for number, one in enumerate(typed)
        },
    }


def _best(one: _Typed, buckets: Iterable[Mapping[str, Any]]) -> str | None:
    """The nearest word, then the most frequent, as it is written most often."""
    forms: dict[str, dict[str, int]] = {}
    for bucket in buckets:
        word, _, written = bucket["key"].partition(" ")
        forms.setdefault(word, {})[written] = bucket["doc_count"]
    if not forms:
        return None
    best = min(forms, key=lambda word: (*one.rank(word), -sum(forms[word].values()), word))
    return min(forms[best], key=lambda written: (-forms[best][written], written))
