"""A plan's words and clauses as tantivy queries, and what they find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Query

from search.engines.embedded.errors import tantivy_errors
from search.engines.embedded.fields import (
    PARTS,
    analysed_term,
    passages_schema,
    slices_schema,
    stem_term,
)
from search.engines.weights import ANALYSED, CONCEPT, FOLDED, LOOSE, PART_WEIGHTS
from search.plan import OTHER, Clause, Expansion, Forms, Phrase, Word

FORM_WEIGHTS = {"words": ANALYSED, "folded": FOLDED, "loose": LOOSE}
"""How much a match in each of our fields counts."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ordinals with their BM25 scores, in no order."""

    ordinals: NDArray[np.int64]
    scores: NDArray[np.float32]


def find(searcher: tantivy.Searcher, query: Query | None) -> Found:
    """All documents of a query."""
    if query is None or not searcher.num_docs:
        return Found(np.zeros(0, np.int64), np.zeros(0, np.float32))
    with tantivy_errors("searching"):
        hits = searcher.search(query, limit=searcher.num_docs, count=False).hits
        addresses = [address for _, address in hits]
        ordinals = searcher.fast_field_values("ordinal", addresses)
    scores = np.fromiter((score for score, _ in hits), np.float32, len(hits))
    return Found(np.array(ordinals, dtype=np.int64), scores)


def word_in_slices(word: Word) -> Query | None:
    """Slices that have a word in any of their texts: the best of its places counts."""
    return _best(
        query
        for part in PARTS
        for query in _word_in_part(slices_schema(), part, word, PART_WEIGHTS[part])
    )


def word_in_passages(word: Word) -> Query | None:
    """Passages that have a word."""
    return _best(_word_in_part(passages_schema(), "text", word, 1.0))


def labels_in_slices(expansion: Expansion) -> Query | None:
    """Slices in which a label of a concept stands; weighed as words are."""
    return _best(
        query
        for part in PARTS
        for language, labels in expansion.labels.items()
        for forms in labels
        for query in _forms_in_part(slices_schema(), part, language, forms, PART_WEIGHTS[part])
    )


def labels_in_passages(expansion: Expansion) -> Query | None:
    """Passages in which a label of a concept stands."""
    found = _best(
        query
        for language, labels in expansion.labels.items()
        for forms in labels
        for query in _forms_in_part(passages_schema(), "text", language, forms, 1.0)
    )
    return found and Query.boost_query(found, CONCEPT)


def clause_in_slices(clause: Clause) -> Query | None:
    """Slices in which a clause holds, whether it is positive or negative."""
    schema = slices_schema()
    if clause.field in ("author", "place"):
        return _phrase(schema, clause.field, OTHER, clause.forms[OTHER].folded)
    parts = PARTS if clause.field == "any" else (clause.field,)
    return _best(
        query
        for part in parts
        for query in _clause_in_part(schema, part, clause, PART_WEIGHTS[part])
    )


def clause_in_passages(clause: Clause) -> Query | None:
    """Passages in which a phrase stands."""
    return _best(_clause_in_part(passages_schema(), "text", clause, 1.0))


def best_of(queries: Sequence[Query], slices: Sequence[int]) -> Query:
    """Passages of some slices for any of several queries, the scores added up."""
    schema = passages_schema()
    within = Query.term_set_query(schema, "slice", list(slices))
    return Query.boolean_query(
        [
            (Occur.Must, Query.const_score_query(within, 0.0)),
            (Occur.Must, Query.boolean_query([(Occur.Should, query) for query in queries])),
        ]
    )


def _best(queries: Iterable[Query]) -> Query | None:
    found = list(queries)
    return Query.disjunction_max_query(found) if found else None


def _word_in_part(schema: tantivy.Schema, part: str, word: Word, weight: float) -> Iterator[Query]:
    for language, forms in word.forms.items():
        yield from _forms_in_part(schema, part, language, forms, weight)
        loose = [stem_term(language, stem) for stem in forms.stems]
        if len(forms.analysed) == 1:
            loose.append(analysed_term(language, forms.analysed[0][1]))
        for term in loose:
            query = Query.term_query(schema, f"{part}_loose", term, "freq")
            yield Query.boost_query(query, weight * FORM_WEIGHTS["loose"])


def _clause_in_part(
    schema: tantivy.Schema, part: str, clause: Clause, weight: float
) -> Iterator[Query]:
    for language, forms in clause.forms.items():
        yield from _forms_in_part(schema, part, language, forms, weight)


def _forms_in_part(
    schema: tantivy.Schema, part: str, language: str, forms: Forms, weight: float
) -> Iterator[Query]:
    for form, phrase in (("words", forms.analysed), ("folded", forms.folded)):
        query = _phrase(schema, f"{part}_{form}", language, phrase)
        if query:
            yield Query.boost_query(query, weight * FORM_WEIGHTS[form])


def _phrase(schema: tantivy.Schema, field: str, language: str, phrase: Phrase) -> Query | None:
    terms: list[str | tuple[int, str]] = [
        (position, analysed_term(language, term)) for position, term in phrase
    ]
    if len(terms) > 1:
        return Query.phrase_query(schema, field, terms)
    return Query.term_query(schema, field, terms[0][1], "freq") if terms else None
