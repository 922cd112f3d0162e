"""The works that match a plan by what it means, ranked together with the best by their words.

Two questions are asked: for the passages near to what is meant and the best works by words; then
for what the words found in all these works, which clauses and filters they pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from search.engines.elasticsearch.asking import (
    NEWEST_FIRST,
    ask,
    for_numbers,
    for_stamps,
    numbers_of,
    stamps_of,
)
from search.engines.elasticsearch.client import Budget
from search.engines.elasticsearch.evidence import (
    edition_languages,
    evidence_requests,
    languages_request,
    read_evidence,
)
from search.engines.elasticsearch.facets import chosen_filters
from search.engines.elasticsearch.kept import Kept
from search.engines.elasticsearch.meaning import Near, near_requests, of_works, read_near
from search.engines.elasticsearch.query import Query, bound_works, matching_works
from search.plan import Plan
from search.ranking.candidates import WordEvidence
from search.ranking.constants import WORKS_BY_WORDS
from search.ranking.fusion import RankedWork, Ranking, rank
from search.stages import stage

_MOST_BOUND = 2000
"""So many works that the clauses leave are looked through by meaning, and no others; where they
leave more, the nearest of all are looked for, and those dropped that the clauses exclude."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ranking of a plan, and those of its works that pass the chosen filters.

    ``complete`` says that no further work matches by its words.
    """

    ranking: Ranking
    passing: tuple[RankedWork, ...]
    complete: bool


def rank_works(budget: Budget, kept: Kept, plan: Plan) -> Ranked:
    """Rank what is near in meaning and the best by words; the plan's facets play no part in it."""
    with stage("candidates"):
        near, by_words, languages = _first(budget, kept, plan)
    works = sorted({*by_words, *(one.work for one in near)})
    with stage("words"):
        bound, passing, evidence = _second(budget, kept, plan, works, languages)
    with stage("ranking"):
        ranking = rank(
            plan,
            kept.statistics,
            of_works(near, bound),
            [one for one in evidence if one.work in bound],
        )
    return Ranked(
        ranking,
        tuple(one for one in ranking.works if one.work in passing),
        complete=not plan.by_words or (bool(plan.words) and len(by_words) < WORKS_BY_WORDS),
    )


def _first(budget: Budget, kept: Kept, plan: Plan) -> tuple[list[Near], list[int], list[str]]:
    """The passages near in meaning; the best works by words, and the languages of editions."""
    bound = _with_its_works(budget, kept, plan)
    requests = near_requests(kept, bound)
    count = len(requests)
    if _asks_for_words(plan):
        best = [{"_score": "desc"}, *NEWEST_FIRST]
        requests.append(for_numbers(matching_works(plan), WORKS_BY_WORDS, sort=best))
        requests.append(languages_request())
    answers = ask(budget, kept.index, requests)
    near = read_near(budget, kept, bound, answers[:count])
    if not _asks_for_words(plan):
        return near, [], []
    best_works, there = answers[count:]
    return near, numbers_of(best_works), edition_languages(there, (one.edition for one in near))


def _with_its_works(budget: Budget, kept: Kept, plan: Plan) -> Plan:
    """The plan with the works that its clauses leave, where they are few."""
    if not plan.clauses:
        return plan
    (answer,) = ask(budget, kept.index, [for_numbers(bound_works(plan), _MOST_BOUND + 1)])
    bound = numbers_of(answer)
    return replace(plan, works=frozenset(bound)) if len(bound) <= _MOST_BOUND else plan


def _second(
    budget: Budget, kept: Kept, plan: Plan, works: list[int], languages: Sequence[str]
) -> tuple[dict[int, str | None], set[int], list[WordEvidence]]:
    """The works that the clauses allow, with their stamps; those that the filters pass; and what
    words found in the editions of some languages."""
    if not works:
        return {}, set(), []
    these: Query = {"terms": {"work": works}}
    bound: Query = {"bool": {"filter": [these, bound_works(plan)]}}
    requests = [for_stamps(bound, len(works)), *evidence_requests(plan, works, languages)]
    if chosen := list(chosen_filters(plan).values()):
        requests.append(for_numbers({"bool": {"filter": [these, *chosen]}}, len(works)))
    answers = ask(budget, kept.index, requests)
    stamps = stamps_of(answers[0])
    evidence = read_evidence(plan, languages, answers[1 : 1 + len(languages)])
    return stamps, set(numbers_of(answers[-1])) if chosen else set(stamps), evidence


def _asks_for_words(plan: Plan) -> bool:
    return plan.by_words and bool(plan.words)
