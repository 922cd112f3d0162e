"""From an address to a plan: what the reader typed and chose, the concepts in it, its meaning."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cms.languages import DEFAULT_LANGUAGE
from publications.access import Reader
from search.address import PAGE_SIZE, PASSAGES_PER_HIT, Address
from search.concepts import find_concepts
from search.engine import audiences_for
from search.expansions import AddedLabel, added_labels
from search.plan import Meant, Plan
from search.query import ParsedQuery, build_plan, parse
from search.query.concepts import FoundConcept
from search.query_vectors import query_vector


@dataclass(frozen=True, slots=True)
class Asking:
    """A search ready to run, and what is to be said of it.

    ``concepts`` are those that the question names, whether or not their labels are searched for.
    ``is_late`` says that the meaning of the question was not known in time.
    """

    parsed: ParsedQuery
    plan: Plan
    concepts: Sequence[FoundConcept] = ()
    is_late: bool = False

    @property
    def related(self) -> list[AddedLabel]:
        """The labels that are searched for beside the typed words."""
        return added_labels(self.plan, self.concepts)


def ask(
    address: Address,
    language: str,
    reader: Reader,
    budget_seconds: float | None = None,
    find: Callable[[ParsedQuery], tuple[FoundConcept, ...]] = find_concepts,
) -> Asking:
    """The search that an address asks for, of a reader on the pages of a language.

    It waits ``budget_seconds`` for the meaning of the question, or as long as a page may. ``find``
    finds the concepts in it, where another glossary than the stored one is tried.
    """
    parsed = parse(address.q)
    found = () if address.exact else find(parsed)
    plan = build_plan(
        parsed,
        language=language or DEFAULT_LANGUAGE,
        audiences=audiences_for(reader),
        now=int(time.time()),
        filters=address.plan_filters(),
        sort=address.sort,
        offset=address.offset,
        size=PAGE_SIZE,
        passages_per_hit=PASSAGES_PER_HIT,
        concepts=found if address.related else (),
        text_language=language if address.own_language else None,
    )
    text = "" if address.exact else meant_text(parsed)
    if not text:
        return Asking(parsed, plan, found)
    vector = query_vector(text, budget_seconds)
    if vector.vector is not None:
        plan = replace(plan, meant=Meant(vector.encoder, vector.vector.astype("<f4").tobytes()))
    return Asking(parsed, plan, found, vector.late)


def meant_text(parsed: ParsedQuery) -> str:
    """What of a question can be compared by meaning; nothing where all of it is meant exactly."""
    if not parsed.words:
        return ""
    phrases = [
        clause.text for clause in parsed.clauses if clause.field == "any" and not clause.negative
    ]
    return " ".join([*parsed.words, *phrases])
