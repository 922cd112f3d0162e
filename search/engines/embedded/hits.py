"""Hits with their passages: what the results page shows of the works on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

import numpy as np
from tantivy import Query

from cms.languages import CODES
from search.engines.base import FoundPassage, Hit
from search.engines.embedded.columns import Slots
from search.engines.embedded.errors import tantivy_errors
from search.engines.embedded.matching import (
    best_of,
    clause_in_passages,
    labels_in_passages,
    word_in_passages,
)
from search.engines.embedded.reader import Session
from search.engines.embedded.selecting import Selection
from search.plan import Plan
from search.ranking.passages import ChosenPassage, choose_passages
from search.records import LocatorKind

_TOGETHER = 300
"""Passages that are looked at for all works of a page at once: one search instead of ten. A
work that got too few of them, because others have so many, is searched alone."""

_PLACES = {code: place for place, code in enumerate(CODES)}


def build_hits(session: Session, plan: Plan, selection: Selection) -> tuple[Hit, ...]:
    """The hits of the page that the plan asks for."""
    slots = selection.page()
    shown = selection.shown_editions(slots)
    passages = find_passages(session, plan, selection, slots)
    return tuple(
        _hit(session, selection, int(slot), int(edition), found)
        for slot, edition, found in zip(slots, shown, passages, strict=True)
    )


def _hit(
    session: Session,
    selection: Selection,
    slot: int,
    edition: int,
    passages: tuple[FoundPassage, ...],
) -> Hit:
    columns = selection.columns
    row = columns.editions[edition]
    slug, title, summary = session.store.execute(
        "SELECT slug, title, summary FROM editions WHERE edition = ?", (int(row["id"]),)
    ).fetchone()
    year = columns.values_of("year", slot)
    return Hit(
        work=int(columns.works["number"][slot]),
        language=columns.numberings.language.values[row["language"]],
        slug=slug,
        title=title,
        summary=summary,
        kind=columns.values_of("kind", slot)[0],
        year=int(year[0]) if year else None,
        score=selection.score(slot),
        languages=_languages(selection, slot),
        passages=passages,
        reasons=selection.reasons(slot),
    )


def _languages(selection: Selection, slot: int) -> tuple[str, ...]:
    """The languages of a work that the reader may see, in the registry's order."""
    values = selection.columns.numberings.language.values
    seen = [values[number] for number in np.flatnonzero(selection.view.languages[slot])]
    return tuple(sorted(seen, key=lambda code: (_PLACES.get(code, len(_PLACES)), code)))


def find_passages(
    session: Session, plan: Plan, selection: Selection, works: Slots
) -> list[tuple[FoundPassage, ...]]:
    """For each work, its best passages that the reader may see, best first."""
    by_words = _passages_by_words(session, plan, selection, works)
    found = []
    for work, numbers in zip(works.tolist(), by_words, strict=True):
        ranked = selection.ranked.get(work)
        near = ranked.passages if ranked else ()
        chosen = choose_passages(numbers if ranked is None or ranked.by_words else (), near)
        found.append(_read_passages(session, chosen[: plan.passages_per_hit]))
    return found


def _passages_by_words(
    session: Session, plan: Plan, selection: Selection, works: Slots
) -> list[list[int]]:
    """For each work, the passages that hold most of what was asked for, best first."""
    queries = _passage_queries(plan)
    if not queries:
        return [[] for _ in works]
    wanted = plan.passages_per_hit
    together, complete = _best_passages(session, selection, queries, works, _TOGETHER)
    found = []
    for work in works:
        numbers = together.get(int(work), [])
        if len(numbers) < wanted and not complete:
            alone, _ = _best_passages(session, selection, queries, np.array([work]), wanted)
            numbers = alone.get(int(work), [])
        found.append(numbers[:wanted])
    return found


def _passage_queries(plan: Plan) -> list[Query]:
    """What makes a passage worth showing: the words, and the phrases that are asked for."""
    queries = [word_in_passages(word) for word in plan.words]
    queries += [labels_in_passages(expansion) for expansion in plan.expansions]
    queries += [
        clause_in_passages(clause)
        for clause in plan.clauses
        if clause.field == "any" and not clause.negative
    ]
    return [query for query in queries if query is not None]


def _best_passages(
    session: Session, selection: Selection, queries: Sequence[Query], works: Slots, limit: int
) -> tuple[dict[int, list[int]], bool]:
    """The best visible passages of some works, by work, best first; and whether that is all."""
    columns = selection.columns
    work_of = columns.editions["work"][columns.slices["edition"]]
    within = columns.slices["ordinal"][selection.view.slices & np.isin(work_of, works)]
    searcher = session.snapshot.passages
    with tantivy_errors("searching passages"):
        query = best_of(queries, within.tolist())
        hits = searcher.search(query, limit=limit, count=False).hits
        addresses = [address for _, address in hits]
        numbers = cast("list[int]", searcher.fast_field_values("ordinal", addresses))
        slices = searcher.fast_field_values("slice", addresses)
    found: dict[int, list[int]] = {}
    slots = columns.slots_of_slices(np.array(slices, dtype=np.int64))
    for number, slot in zip(numbers, slots, strict=True):
        found.setdefault(int(work_of[slot]), []).append(number)
    return found, len(hits) < limit


def _read_passages(session: Session, chosen: Iterable[ChosenPassage]) -> tuple[FoundPassage, ...]:
    return tuple(
        _passage(row, sentence)
        for number, sentence in chosen
        for row in session.store.execute(
            "SELECT p.language, p.text, p.file, f.label, f.format, p.locator, f.locator_kind,"
            " p.heading FROM passages p LEFT JOIN files f ON f.work = p.work AND f.number = p.file"
            " WHERE p.passage = ?",
            (number,),
        )
    )


def _passage(row: Iterable[object], sentence: int | None) -> FoundPassage:
    language, text, file, label, kind, locator, locator_kind, heading = row
    return FoundPassage(
        language=cast(str, language),
        text=cast(str, text),
        file=cast("int | None", file),
        file_label=cast(str, label or ""),
        file_format=cast(str, kind or ""),
        locator=cast("int | None", locator),
        locator_kind=cast("LocatorKind | None", locator_kind),
        heading=cast(str, heading),
        sentence=sentence,
    )
