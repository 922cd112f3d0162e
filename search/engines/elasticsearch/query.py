"""A plan's words and clauses as Elasticsearch queries.

The plan's terms are analysed already: they are looked up as they are, never analysed again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from search.engines.elasticsearch.mapping import GAP, PARTS, TERMS, has_parts, language_key
from search.engines.weights import ANALYSED, CONCEPT, FOLDED, LOOSE, PART_WEIGHTS
from search.plan import OTHER, Clause, Expansion, Forms, Phrase, Plan, Word

Query = dict[str, Any]
T = TypeVar("T")

EDITIONS, SLICES, LANGUAGES, PASSAGES = "editions", "editions.slices", "languages", "passages"
"""The paths of nested documents."""

MEANING = "meaning"
"""Where a passage's vectors stand: in a document of their own, which is nested in no other."""


def visible(path: str, plan: Plan) -> list[Query]:
    """Filters for what a reader may see of the nested documents of a path, or of `MEANING`."""
    filters: list[Query] = [
        {"terms": {f"{path}.audience": sorted(plan.audiences)}},
        {"range": {f"{path}.visible_from": {"lte": plan.now}}},
        {"range": {f"{path}.visible_until": {"gt": plan.now}}},
    ]
    if path in (LANGUAGES, PASSAGES, MEANING):
        filters.append({"terms": {f"{path}.edition_audience": sorted(plan.audiences)}})
    return filters


def matching_works(plan: Plan, by_meaning: Iterable[int] = ()) -> Query:
    """The works that match a plan, before its filters: those a reader may see, with words and
    clauses. The score is that of the best edition, and of the positive clauses.

    ``by_meaning`` are works that match by that, and hold the clauses.
    """
    found = nested(EDITIONS, matching_editions(plan))
    if others := sorted(by_meaning):
        found = {"bool": {"should": [found, {"terms": {"work": others}}]}}
    return {"bool": {**_bounds(plan), "must": [found, *_positive(plan)]}}


def bound_works(plan: Plan) -> Query:
    """The works in which the clauses hold and which are not left out, whatever their words."""
    edition = nested(EDITIONS, {"bool": {"filter": visible(EDITIONS, plan)}})
    bounds = _bounds(plan)
    return {"bool": {**bounds, "filter": [*bounds["filter"], edition, *_positive(plan)]}}


def matching_editions(plan: Plan) -> Query:
    """Among ``editions``: those a reader may see that hold enough of the words."""
    if not plan.by_words:
        return {"match_none": {}}
    query: Query = {"filter": visible(EDITIONS, plan)}
    required = [
        _word_or_label(number, plan) for number, word in enumerate(plan.words) if word.required
    ]
    if required:
        query["must"] = {"bool": {"should": required, "minimum_should_match": plan.minimum}}
    query["should"] = [typed_word(word, plan) for word in plan.words if not word.required]
    return {"bool": query}


def typed_word(word: Word, plan: Plan) -> Query:
    """Among ``editions``: those with a word in any text that a reader may see."""
    return _in_slices(plan, _word_in_parts(word, plan))


def concept_labels(expansions: Iterable[Expansion], plan: Plan) -> Query:
    """Among ``editions``: those with a label of concepts in any text that a reader may see."""
    return _in_slices(plan, _labels_in_parts(expansions, plan, CONCEPT))


def matching_passages(plan: Plan) -> Query | None:
    """Among ``passages``: those a reader may see that hold any word, phrase or label."""
    found = [_best(_word_in_passage(word, plan)) for word in plan.words]
    found += [_best(_labels_in_passage(expansion, plan)) for expansion in plan.expansions]
    found += [
        _best(_phrase_in_passage(clause, plan))
        for clause in plan.clauses
        if clause.field == "any" and not clause.negative
    ]
    if not found or not plan.by_words:
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


def _bounds(plan: Plan) -> dict[str, list[Query]]:
    """What leaves works out: excluded words, and what a plan limits itself to."""
    filters: list[Query] = []
    if plan.works is not None:
        filters.append({"terms": {"work": sorted(plan.works)}})
    if plan.text_language is not None:
        filters.append(_with_text_in(plan.text_language, plan))
    negative = [_clause(clause, plan) for clause in plan.clauses if clause.negative]
    return {"filter": filters, "must_not": negative}


def _with_text_in(language: str, plan: Plan) -> Query:
    """The works with a text in a language: an edition, a file, or a part of one."""
    texts = []
    for path in (LANGUAGES, PASSAGES):
        own = {"term": {f"{path}.language": language}}
        texts.append(nested(path, {"bool": {"filter": [*visible(path, plan), own]}}))
    return {"bool": {"should": texts}}


def _positive(plan: Plan) -> list[Query]:
    return [_clause(clause, plan) for clause in plan.clauses if not clause.negative]


def _word_or_label(number: int, plan: Plan) -> Query:
    """Among ``editions``: those with a word of the plan, or a label that stands for it.

    A label stands for several words together: each gets its share of what that counts.
    """
    found = list(_word_in_parts(plan.words[number], plan))
    for expansion in plan.expansions:
        if number in expansion.words:
            found += _labels_in_parts([expansion], plan, CONCEPT / len(expansion.words))
    return _in_slices(plan, found)


def _clause(clause: Clause, plan: Plan) -> Query:
    """The works in which a clause holds, whether it is positive or negative."""
    if clause.field in ("author", "place"):
        phrases = _phrase(clause.field, clause.forms[OTHER].folded, 1.0)
        return _best(phrases)
    parts = PARTS if clause.field == "any" else (clause.field,)
    found = (query for part in parts for query in _clause_in_part(part, clause, plan))
    edition = {"must": _in_slices(plan, found), "filter": visible(EDITIONS, plan)}
    return nested(EDITIONS, {"bool": edition})


def _in_slices(plan: Plan, queries: Iterable[Query]) -> Query:
    return nested(SLICES, {"bool": {"must": _best(queries), "filter": visible(SLICES, plan)}})


def _best(queries: Iterable[Query]) -> Query:
    """The best of several places counts."""
    found = list(queries)
    return {"dis_max": {"queries": found}} if found else {"match_none": {}}


def _word_in_parts(word: Word, plan: Plan) -> Iterator[Query]:
    for language, forms in _found_in(word.forms, plan):
        for part in PARTS:
            field = f"{SLICES}.{part}.{language}"
            yield from _forms_in(field, language, forms, PART_WEIGHTS[part])
            yield from _loose_in(field, language, forms, PART_WEIGHTS[part])


def _labels_in_parts(expansions: Iterable[Expansion], plan: Plan, weight: float) -> Iterator[Query]:
    for expansion in expansions:
        for language, labels in _found_in(expansion.labels, plan):
            for part in PARTS:
                field = f"{SLICES}.{part}.{language}"
                for forms in labels:
                    yield from _forms_in(field, language, forms, weight * PART_WEIGHTS[part])


def _clause_in_part(part: str, clause: Clause, plan: Plan) -> Iterator[Query]:
    # An excluded word excludes in any language, a wanted one must be found in the right one.
    found = clause.forms.items() if clause.negative else _found_in(clause.forms, plan)
    for language, forms in found:
        yield from _forms_in(f"{SLICES}.{part}.{language}", language, forms, PART_WEIGHTS[part])


def _word_in_passage(word: Word, plan: Plan) -> Iterator[Query]:
    for language, forms in _found_in(word.forms, plan):
        field = f"{PASSAGES}.text.{language}"
        yield from _forms_in(field, language, forms, 1.0, folded="stems")
        yield from _loose_in(field, language, forms, 1.0)


def _labels_in_passage(expansion: Expansion, plan: Plan) -> Iterator[Query]:
    for language, labels in _found_in(expansion.labels, plan):
        for forms in labels:
            field = f"{PASSAGES}.text.{language}"
            yield from _forms_in(field, language, forms, CONCEPT, folded="stems")


def _phrase_in_passage(clause: Clause, plan: Plan) -> Iterator[Query]:
    for language, forms in _found_in(clause.forms, plan):
        field = f"{PASSAGES}.text.{language}"
        yield from _forms_in(field, language, forms, 1.0, folded="stems")


def _found_in(by_language: Mapping[str, T], plan: Plan) -> Iterator[tuple[str, T]]:
    """What there is for each language whose texts may be found."""
    only = plan.text_language
    for language, value in by_language.items():
        if only is None or language == language_key(only):
            yield language, value


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
