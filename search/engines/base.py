"""The engine's port: what stores and searches records.

Two engines implement it (Elasticsearch, and the embedded one) and pass the same contract
suite, ``tests/search/engines/contract.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from search.plan import Plan
from search.ranking.candidates import Candidate
from search.ranking.statistics import Statistics
from search.records import LocatorKind, Record


class EngineError(Exception):
    """Base of what an engine raises."""


class EngineUnavailable(EngineError):
    """The index cannot be reached, is missing, locked or broken; trying later may help."""


class SchemaMismatch(EngineUnavailable):
    """The index was made by another schema version: it must be rebuilt."""


class IndexLocked(EngineUnavailable):
    """Another process is writing to the index."""


class IndexBlocked(EngineUnavailable):
    """The index takes no changes, whatever they are, though it may be searched."""


Reason = Literal["words", "concepts", "meaning"]
"""Why a work was found."""


@dataclass(frozen=True, slots=True)
class VectorKind:
    """The vectors that an index holds: the name of their encoder, and how many numbers each has."""

    encoder: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage that matched. ``file`` is the file's number, ``None`` for the page's text.

    ``sentence`` is the place of the sentence, counted from 0, that is nearest to the question in
    meaning, for a passage that was found by it.
    """

    language: str
    text: str
    file: int | None = None
    file_label: str = ""
    file_format: str = ""
    locator: int | None = None
    locator_kind: LocatorKind | None = None
    heading: str = ""
    sentence: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One work of the results, shown by the edition nearest to the reader.

    ``languages`` are those of the editions and files that the reader may see. ``reasons`` say why
    it was found, nothing for a plan that asks for all works.
    """

    work: int
    language: str
    slug: str
    title: str
    summary: str
    kind: str
    year: int | None
    score: float
    languages: tuple[str, ...]
    passages: tuple[FoundPassage, ...]
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """A page of hits, with the truth about the whole result set.

    ``facets`` maps each facet to its values and the number of works that choosing that value
    alone would give, most frequent first; a facet's counts leave out its own selection.
    ``at_least`` says that a limit cut the set, so that ``total`` is a lower bound. ``meant`` says
    that meaning took part: not where the index has no vectors of the plan's encoder.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    at_least: bool = False
    meant: bool = False


@dataclass(frozen=True, slots=True)
class TitleSuggestion:
    """A work whose title, seen by the reader, begins a word with what was typed."""

    work: int
    language: str
    slug: str
    title: str


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What an index says of itself, for operators.

    ``vectors`` is the kind of its vectors, ``None`` for an index of words alone.
    """

    name: str
    schema_version: int
    works: int
    passages: int
    size_bytes: int
    vectors: VectorKind | None = None


class NewIndex(Protocol):
    """An index being built beside the serving one. Not visible to any search until swapped."""

    def write(self, records: Iterable[Record]) -> None:
        """Add or replace works; a record without editions removes its work."""

    def describe(self, statistics: Statistics) -> None:
        """Keep what ranking must know of the vectors."""

    def settle(self) -> None:
        """Bring what was written into the form that is quickest to search.

        It may take minutes, so it is done before a swap and not in it. An index that is not
        settled can be searched as well.
        """

    def swap(self) -> None:
        """Make this index the serving one, atomically, and remove the old one.

        After an error the old one still serves, and this one is to be discarded.
        """

    def discard(self) -> None:
        """Remove this index; the serving one stays as it is."""


class Engine(Protocol):
    """Stores and searches records.

    Every method raises ``EngineUnavailable`` (or a subclass) when the index cannot be used.
    """

    def answering(self) -> AbstractContextManager[None]:
        """Within the context all questions share the time of one answer to a reader.

        When it is over they raise ``EngineUnavailable``.
        """

    def search(self, plan: Plan) -> Results:
        """Run a plan."""

    def suggest(
        self, prefix: str, *, language: str, audiences: frozenset[str], now: int, limit: int = 8
    ) -> tuple[TitleSuggestion, ...]:
        """Works whose visible titles hold words beginning as typed, ``language`` first."""

    def spell(self, words: Sequence[str]) -> Mapping[str, str]:
        """Better spellings for words that public texts do not hold, from public texts alone.

        Public here is what everybody may see without any limit of time.
        """

    def passages_of(
        self, works: Sequence[int], plan: Plan
    ) -> Mapping[int, tuple[FoundPassage, ...]]:
        """The best visible passages of some works for a plan; works not held are left out."""

    def candidates(self, plan: Plan) -> Sequence[Candidate]:
        """The visible passages of each language that are nearest to what is meant.

        The languages follow each other, each with its nearest passages first: at most
        ``PASSAGES_PER_LANGUAGE``, and of one text ``PASSAGES_PER_TEXT``. The plan's filters and
        its words play no part. Empty where the plan means nothing, or the index has no vectors of
        its encoder.
        """

    def meaning_of(self, work: int, plan: Plan) -> Sequence[Candidate]:
        """The first passages of a work that the plan's reader may see and that have vectors."""

    def statistics(self) -> Statistics | None:
        """What ranking must know of the vectors; ``None`` for an index without."""

    def describe(self, statistics: Statistics) -> None:
        """Keep what ranking must know of the vectors of the serving index."""

    def write(self, records: Iterable[Record]) -> None:
        """Apply changes to the serving index, durable when it returns.

        A work changes whole or not at all. A record of the same version replaces, one of an
        older version is ignored; so after an error the same records can be sent again. A
        record without editions removes its work and leaves its version behind.
        """

    def versions(self) -> Iterator[tuple[int, int]]:
        """Work and version of every record, for ``search_index check``."""

    def new_index(self, vectors: VectorKind | None = None) -> NewIndex:
        """Begin an index of the present schema beside the serving one.

        It holds vectors of one kind, or none.
        """

    def status(self) -> IndexStatus:
        """What the serving index says of itself."""
