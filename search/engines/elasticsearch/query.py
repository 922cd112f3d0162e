"""A plan's words and clauses as Elasticsearch queries.

The plan's terms are analysed already: they are looked up as they are, never analysed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from search.engines.elasticsearch.mapping import GAP, PARTS, TERMS, has_parts
from search.engines.weights import ANALYSED, FOLDED, LOOSE, PART_WEIGHTS
from search.plan import OTHER, Clause, Forms, Phrase, Plan, Word

Query = dict[str, Any]

EDITIONS, SLICES, LANGUAGES, PASSAGES = "editions", "editions.slices", "languages", "passages"
"""The paths of nested documents."""


def visible(path: str, plan: Plan) -> list[Query]:
    """Filters for what a reader may see of the nested documents of a path."""
    filters: list[Query] = [
        {"terms": {f"{path}.audience": sorted(plan.audiences)}},
        {"range": {f"{path}.visible_from": {"lte": plan.now}}},
        {"range": {f"{path}.visible_until": {"gt": plan.now}}},
    ]
    if path in (LANGUAGES, PASSAGES):
        filters.append({"terms": {f"{path}.edition_audience": sorted(plan.audiences)}})
    return filters


def matching_works(plan: Plan) -> Query:
    """The works that match a plan, before its filters: those a reader may see, with words and
    clauses. The score is that of the best edition, and of the positive clauses."""
    positive = [_clause(clause, plan) for clause in plan.clauses if not clause.negative]
    negative = [_clause(clause, plan) for clause in plan.clauses if clause.negative]
    editions = nested(EDITIONS, matching_editions(plan))
    return {"bool": {"must": [editions, *positive], "must_not": negative}}


def matching_editions(plan: Plan) -> Query:
    """Among ``editions``: those a reader may see that hold enough of the words."""
    query: Query = {"filter": visible(EDITIONS, plan)}
    required = [_word(word, plan) for word in plan.words if word.required]
    if required:
        query["must"] = {"bool": {"should": required, "minimum_should_match": plan.minimum}}
    query["should"] = [_word(word, plan) for word in plan.words if not word.required]
    return {"bool": query}


def matching_passages(plan: Plan) -> Query | None:
    """Among ``passages``: those a reader may see that hold any word or phrase."""
    found = [_best(_word_in_passage(word)) for word in plan.words]
    found += [
        _best(_phrase_in_passage(clause))
        for clause in plan.clauses
        if clause.field == "any" and not clause.negative
    ]
    if not found:
        return None
    return {
        "bool": {
            "filter": visible(PASSAGES, plan),
            "must": {"bool": {"should": found, "minimum_should_match": 1}},
        }
    }


def nested(path: str, query: Query, **options: Any) -> Query:
    """A query for nested documents; the best of them counts."""
    return {"nested": {"path": path, "query": query, "score_mode": "max", **options}}


def _word(word: Word, plan: Plan) -> Query:
    """Among ``editions``: those with a word in any text that a reader may see."""
    return _in_slices(
        plan,
        (query for part in PARTS for query in _word_in_part(part, word)),
    )


def _clause(clause: Clause, plan: Plan) -> Query:
    """The works in which a clause holds, whether it is positive or negative."""
    if clause.field in ("author", "place"):
        phrases = _phrase(clause.field, clause.forms[OTHER].folded, 1.0)
        return _best(phrases)
    parts = PARTS if clause.field == "any" else (clause.field,)
    found = (query for part in parts for query in _clause_in_part(part, clause))
    edition = {"must": _in_slices(plan, found), "filter": visible(EDITIONS, plan)}
    return nested(EDITIONS, {"bool": edition})


def _in_slices(plan: Plan, queries: Iterable[Query]) -> Query:
    return nested(SLICES, {"bool": {"must": _best(queries), "filter": visible(SLICES, plan)}})


def _best(queries: Iterable[Query]) -> Query:
    """The best of several places counts."""
    found = list(queries)
    return {"dis_max": {"queries": found}} if found else {"match_none": {}}


def _word_in_part(part: str, word: Word) -> Iterator[Query]:
    weight = PART_WEIGHTS[part]
    for language, forms in word.forms.items():
        field = f"{SLICES}.{part}.{language}"
        yield from _forms_in(field, language, forms, weight)
        yield from _loose_in(field, language, forms, weight)


def _clause_in_part(part: str, clause: Clause) -> Iterator[Query]:
    for language, forms in clause.forms.items():
        yield from _forms_in(f"{SLICES}.{part}.{language}", language, forms, PART_WEIGHTS[part])


def _word_in_passage(word: Word) -> Iterator[Query]:
    for language, forms in word.forms.items():
        field = f"{PASSAGES}.text.{language}"
        yield from _forms_in(field, language, forms, 1.0, folded="stems")
        yield from _loose_in(field, language, forms, 1.0)


def _phrase_in_passage(clause: Clause) -> Iterator[Query]:
    for language, forms in clause.forms.items():
        field = f"{PASSAGES}.text.{language}"
        yield from _forms_in(field, language, forms, 1.0, folded="stems")


def _forms_in(
    field: str, language: str, forms: Forms, weight: float, *, folded: str = "folded"
) -> Iterator[Query]:
    yield from _phrase(field, forms.analysed, weight * ANALYSED)
    if language != OTHER:
        yield from _phrase(f"{field}.{folded}", forms.folded, weight * FOLDED)


def _loose_in(field: str, language: str, forms: Forms, weight: float) -> Iterator[Query]:
    if language == OTHER:
        return
    for stem in forms.stems:
        yield _term(f"{field}.stems", stem, weight * LOOSE)
    if len(forms.analysed) == 1 and has_parts(language):
        yield _term(f"{field}.parts", forms.analysed[0][1], weight * LOOSE)


def _phrase(field: str, phrase: Phrase, weight: float) -> Iterator[Query]:
    """Texts of a field where terms stand at their distances; nothing for no terms."""
    if len(phrase) == 1:
        yield _term(field, phrase[0][1], weight)
    elif phrase:
        words = [GAP] * (phrase[-1][0] + 1)
        for position, term in phrase:
            words[position] = term
        query = {"query": " ".join(words), "analyzer": TERMS, "boost": weight}
        yield {"match_phrase": {field: query}}


def _term(field: str, term: str, weight: float) -> Query:
    return {"term": {field: {"value": term, "boost": weight}}}
