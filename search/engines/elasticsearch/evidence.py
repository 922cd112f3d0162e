"""What the words of a plan found in each edition of some works.

A nested query gives a work one score, so the editions of each language are asked for by
themselves. A score says two things: every required word that is held adds a step, larger than
all of BM25 together, so that whole steps count the words and the rest is BM25.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cms.languages import CODES
from search.engines.elasticsearch.asking import Request, for_numbers
from search.engines.elasticsearch.query import (
    EDITIONS,
    Query,
    concept_labels,
    nested,
    typed_word,
    visible,
)
from search.plan import OTHER, Expansion, Plan
from search.ranking.candidates import WordEvidence

_MOST_PER_WORD = 128
"""More than one word can score: three in a title, times the logarithm of the number of texts."""


_EDITION_LANGUAGE = f"{EDITIONS}.language"
_MOST_LANGUAGES = 1000


def languages_request() -> Request:
    """A search for the languages of all editions; the node remembers its answer."""
    languages = {"terms": {"field": _EDITION_LANGUAGE, "size": _MOST_LANGUAGES}}
    nesting = {"nested": {"path": EDITIONS}, "aggs": {"languages": languages}}
    return {"size": 0, "track_total_hits": False, "aggs": {"editions": nesting}}


def edition_languages(answer: Mapping[str, Any], known: Iterable[str]) -> list[str]:
    """The languages of editions to ask for, told by the answer to `languages_request`.

    They are the registry's, others that are ``known``, and `OTHER` where there are more.
    """
    buckets = answer["aggregations"]["editions"]["languages"]["buckets"]
    there = [bucket["key"] for bucket in buckets]
    named = [language for language in dict.fromkeys([*CODES, *known]) if language in there]
    return named if set(there) <= set(named) else [*named, OTHER]


def evidence_requests(
    plan: Plan, works: Sequence[int], languages: Sequence[str]
) -> Iterator[Request]:
    """A search for the editions of each language; `OTHER` are those of none before it."""
    groups = list(_groups(plan))
    for language in languages:
        named = {"terms": {_EDITION_LANGUAGE: [one for one in languages if one != OTHER]}}
        own: Query = {"term": {_EDITION_LANGUAGE: language}}
        if language == OTHER:
            own = {"bool": {"must_not": named}}
        held = {"should": groups, "minimum_should_match": 1}
        editions = {"bool": {**held, "filter": [*visible(EDITIONS, plan), own]}}
        these = {"terms": {"work": list(works)}}
        query = {"bool": {"filter": these, "must": nested(EDITIONS, editions)}}
        yield for_numbers(query, len(works))


def read_evidence(
    plan: Plan, languages: Sequence[str], answers: Iterable[Mapping[str, Any]]
) -> list[WordEvidence]:
    """What the searches of `evidence_requests` found; nothing for editions that hold no word."""
    step = _step(plan)
    found = []
    for language, answer in zip(languages, answers, strict=True):
        for hit in answer["hits"]["hits"]:
            held = int(hit["_score"] // step)
            rest = hit["_score"] - held * step
            work = hit["fields"]["work"][0]
            found.append(WordEvidence(work, language, held, rest, matches=held >= plan.minimum))
    return found


def _groups(plan: Plan) -> Iterator[Query]:
    """Finds the words that belong together by concepts, and each other word by itself."""
    named: dict[tuple[int, ...], list[Expansion]] = defaultdict(list)
    for expansion in plan.expansions:
        named[expansion.words].append(expansion)
    grouped = {number for numbers in named for number in numbers}
    for number in range(len(plan.words)):
        if number not in grouped:
            yield _typed(number, plan)
    for numbers, expansions in named.items():
        typed = {"bool": {"should": [_typed(number, plan) for number in numbers]}}
        held = sum(plan.words[number].required for number in numbers)
        labels = _stepped(concept_labels(expansions, plan), held * _step(plan))
        yield {"dis_max": {"queries": [typed, labels]}}


def _typed(number: int, plan: Plan) -> Query:
    word = plan.words[number]
    found = typed_word(word, plan)
    return _stepped(found, _step(plan)) if word.required else found


def _stepped(query: Query, step: float) -> Query:
    """The query with a step added to its score."""
    return {"function_score": {"query": query, "weight": step, "boost_mode": "sum"}}


def _step(plan: Plan) -> float:
    """A power of two, for then a float of 24 bits keeps as much of the rest as it can."""
    return float(1 << (_MOST_PER_WORD * len(plan.words)).bit_length())
