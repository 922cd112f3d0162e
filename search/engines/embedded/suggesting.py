"""Titles for what a reader has typed so far."""

from __future__ import annotations

import sqlite3

import numpy as np

from search.analysis import fold
from search.engines.base import TitleSuggestion
from search.engines.embedded.columns import Slots, View
from search.engines.embedded.fields import language_key
from search.engines.embedded.reader import Session
from search.plan import Plan

_LAST_CHARACTER = "\U0010ffff"


def suggest_titles(
    session: Session, prefix: str, plan: Plan, limit: int
) -> tuple[TitleSuggestion, ...]:
    """Works with a visible title in which a word begins as the last typed one, and all others are.

    Titles in the plan's language come first, then those that begin as typed, then newer works.
    """
    typed = [token.term for token in fold(prefix, language_key(plan.language))]
    if not typed or limit <= 0:
        return ()
    places = _places(session.store, typed)
    view = View(session.snapshot.columns, plan)
    columns = view.columns
    ids = columns.editions["id"]
    slots = np.flatnonzero(view.editions & np.isin(ids, list(places)))
    inside = np.array([places[int(number)] > 0 for number in ids[slots]], dtype=bool)
    return tuple(
        _suggestion(session, int(slot)) for slot in _ranked(view, plan, slots, inside)[:limit]
    )


def _places(store: sqlite3.Connection, typed: list[str]) -> dict[int, int]:
    """Editions whose titles fit, each with the place of the typed beginning in its title."""
    *whole, last = typed
    found: dict[int, int] = {}
    for edition, place in store.execute(
        "SELECT edition, place FROM title_words WHERE word >= ? AND word < ?",
        (last, last + _LAST_CHARACTER),
    ):
        found[edition] = min(place, found.get(edition, place))
    for word in whole:
        held = dict(store.execute("SELECT edition, place FROM title_words WHERE word = ?", (word,)))
        found = {
            edition: min(place, held[edition])
            for edition, place in found.items()
            if edition in held
        }
    return found


def _ranked(view: View, plan: Plan, slots: Slots, inside: np.ndarray) -> Slots:
    """Editions in the order to show them, one for each work."""
    columns = view.columns
    works = columns.editions["work"][slots]
    wanted = columns.numberings.language.find(plan.language)
    foreign = columns.editions["language"][slots] != wanted
    order = np.lexsort(
        (
            -columns.works["number"][works],
            -columns.works["date"][works],
            inside,
            foreign,
        )
    )
    _, first = np.unique(works[order], return_index=True)
    return slots[order[np.sort(first)]]


def _suggestion(session: Session, slot: int) -> TitleSuggestion:
    columns = session.snapshot.columns
    row = columns.editions[slot]
    slug, title = session.store.execute(
        "SELECT slug, title FROM editions WHERE edition = ?", (int(row["id"]),)
    ).fetchone()
    return TitleSuggestion(
        work=int(columns.works["number"][row["work"]]),
        language=columns.numberings.language.values[row["language"]],
        slug=slug,
        title=title,
    )
